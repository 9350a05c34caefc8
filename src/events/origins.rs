//! Which services may send events: the handshake, and the same comparison for every event.
//!
//! In here: `WebHook-Request-Origin`, which may name several hosts, joined by commas or as several headers, when
//! a resource has replicas or a domain of its own.

use alloc::{boxed::Box, string::String, vec::Vec};

use super::{
    Answer, Head,
    answer::{MISSING, fault},
};
use crate::{
    endpoint::Endpoint,
    error::{Error, Result},
};

pub(super) const ORIGIN: &str = "WebHook-Request-Origin";
const ALLOWED: &str = "WebHook-Allowed-Origin";

/// The hosts that may send events; any when there are none.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowed(Vec<String>);

impl Allowed {
    pub(super) fn parse(endpoints: Vec<String>) -> Result<Self> {
        let mut hosts = Vec::new();
        for endpoint in endpoints {
            hosts.push(host(&endpoint).ok_or(Error::invalid(
                "InvalidEndpoint",
                "An allowed endpoint is neither a URL like https://name.webpubsub.azure.com nor a host",
            ))?);
        }
        if hosts.is_empty() {
            return Err(Error::invalid(
                "InvalidEndpoint",
                "The list of allowed endpoints is empty, so that no event could ever come: leave it out to allow all",
            ));
        }
        Ok(Self(hosts))
    }

    /// What is answered to the handshake.
    pub(super) fn handshake(&self, head: &Head<'_>) -> Answer {
        match self.check(head) {
            // The service compares with its own host. Which of several that is, is not known, and a list is not read.
            Ok(only) => Answer::with_status(200).with_header(ALLOWED, only.unwrap_or("*").into()),
            Err(refusal) => *refusal,
        }
    }

    /// Refuses a request none of whose origins is allowed. Gives the origin that was compared, if there is but one.
    pub(super) fn check<'a>(&self, head: &Head<'a>) -> Result<Option<&'a str>, Box<Answer>> {
        let mut words = String::from("Events are not taken from");
        let (mut only, mut count, mut allowed) = (None, 0, self.0.is_empty());
        for value in head.all(ORIGIN) {
            for origin in value.split(',') {
                let origin = origin.trim();
                if !origin.is_empty() {
                    count += 1;
                    words.push(' ');
                    words.push_str(origin);
                    if host(origin).is_some_and(|host| self.0.contains(&host)) {
                        allowed = true;
                        only = Some(origin);
                    }
                }
            }
        }
        if count == 0 {
            return Err(Box::new(fault(400, ORIGIN, MISSING)));
        }
        if allowed {
            return Ok(only.filter(|_| count == 1));
        }
        words.push_str(". The allowed endpoints are:");
        for host in &self.0 {
            words.push(' ');
            words.push_str(host);
        }
        Err(Box::new(Answer::text(403, words)))
    }
}

/// A host, in the one spelling that is compared, out of a URL or a bare host.
fn host(text: &str) -> Option<String> {
    let mut url = String::new();
    if crate::endpoint::split_url(text).is_none() {
        url.push_str("https://");
    }
    url.push_str(text);
    Endpoint::parse(&url)
        .ok()
        .map(|endpoint| endpoint.authority().into())
}
