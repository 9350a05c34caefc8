//! `ce-signature`: whether an event comes from somebody who knows an access key.

use super::super::access_key::AccessKey;
use super::super::given::{Given, Parameter, Place};
use super::super::text::{cut, hex_byte, same, take};
use super::head::{Head, Header, MAX_ENTRIES};
use super::refusal::{RefusalCause, RequestRefusal};

/// Checks every `sha256=…` entry against every key, each comparison in constant time.
pub(super) fn verify<'a, G: Given<'a>>(
    head: &Head<'a, G>,
    settings: &impl Given<'a>,
) -> Result<(), RequestRefusal> {
    if !settings.has(Parameter::AccessKeys) {
        return Err(RequestRefusal::of(RefusalCause::NoKeys));
    }
    let mut cause = RefusalCause::SignatureMissing;
    let (mut place, mut count) = (Place::default(), 0);
    while let Some(mut signatures) = head.next(Header::Signature, &mut place) {
        if cause == RefusalCause::SignatureMissing {
            cause = RefusalCause::SignatureMalformed;
        }
        while !signatures.is_empty() {
            count += 1;
            if count > MAX_ENTRIES {
                return Err(RequestRefusal::about(
                    RefusalCause::HeaderTooLong,
                    Header::Signature,
                ));
            }
            let Some(signature) = parse(take(&mut signatures, b',')) else {
                continue;
            };
            let mut place = Place::default();
            while let Some(key) = settings.next(Parameter::AccessKeys, &mut place) {
                if AccessKey::new(key)
                    .is_ok_and(|key| key.verify(head.value(Header::ConnectionId), &signature))
                {
                    return Ok(());
                }
            }
            cause = RefusalCause::SignatureWrong;
        }
    }
    Err(RequestRefusal::of(cause))
}

#[inline(always)]
fn parse(entry: &[u8]) -> Option<[u8; 32]> {
    let (algorithm, digits) = cut(entry.trim_ascii(), b'=')?;
    let mut signature = [0; 32];
    if !same(algorithm, b"sha256") || digits.len() != 2 * signature.len() {
        return None;
    }
    for (byte, digits) in signature.iter_mut().zip(digits.chunks(2)) {
        *byte = hex_byte(digits)?;
    }
    Some(signature)
}
