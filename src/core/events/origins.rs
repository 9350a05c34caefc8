//! Which services may send events: the handshake, and the same comparison for every event.
//!
//! In here: `WebHook-Request-Origin`, which may name several hosts, joined by commas or as several headers, when a resource
//! has replicas or a domain of its own.

use super::super::endpoint::Address;
use super::super::error::Fault;
use super::super::given::{Given, Parameter, Place};
use super::super::text::take;
use super::head::{Head, Header, MAX_ENTRIES};
use super::refusal::{RefusalCause, RequestRefusal};

/// Checks the endpoints that are allowed: URLs or hosts. `given` says whether there is a list.
pub(super) fn check_allowed<'a>(is_given: bool, given: &impl Given<'a>) -> Result<(), Fault> {
    if is_given && !given.has(Parameter::AllowedEndpoints) {
        return Err(Fault::AllowedEndpoints);
    }
    let mut place = Place::default();
    while let Some(endpoint) = given.next(Parameter::AllowedEndpoints, &mut place) {
        Address::endpoint_or_host(endpoint).map_err(|_| Fault::AllowedEndpoint)?;
    }
    Ok(())
}

/// Refuses a request none of whose origins is allowed. Gives the origin that was compared, if there is but one: the service
/// compares with its own host, which of several that is, is not known, and a list is not read.
pub(super) fn check<'a, G: Given<'a>>(
    head: &Head<'a, G>,
    settings: &impl Given<'a>,
) -> Result<Option<&'a [u8]>, RequestRefusal> {
    let any = !settings.has(Parameter::AllowedEndpoints);
    let (mut count, mut allowed) = (0, None);
    let mut place = Place::default();
    while let Some(mut origins) = head.next(Header::Origin, &mut place) {
        while !origins.is_empty() {
            let origin = take(&mut origins, b',').trim_ascii();
            if !origin.is_empty() {
                count += 1;
                if count > MAX_ENTRIES {
                    return Err(RequestRefusal::about(RefusalCause::HeaderTooLong, Header::Origin));
                }
                if !any && is_allowed(origin, settings) {
                    allowed = Some(origin);
                }
            }
        }
    }
    if count == 0 {
        return Err(RequestRefusal::about(RefusalCause::HeaderMissing, Header::Origin));
    }
    if !any && allowed.is_none() {
        return Err(RequestRefusal::about(RefusalCause::Origin, Header::Origin));
    }
    Ok(allowed.filter(|_| count == 1))
}

fn is_allowed<'a>(origin: &[u8], settings: &impl Given<'a>) -> bool {
    let Ok(origin) = Address::endpoint_or_host(origin) else {
        return false;
    };
    let mut place = Place::default();
    while let Some(endpoint) = settings.next(Parameter::AllowedEndpoints, &mut place) {
        if Address::endpoint_or_host(endpoint).is_ok_and(|allowed| allowed.is_same_host(&origin)) {
            return true;
        }
    }
    false
}
