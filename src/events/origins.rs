//! Which services may send events: the handshake, and the same comparison for every event.
//!
//! In here: `WebHook-Request-Origin`, which may name several hosts, joined by commas or as several headers, when
//! a resource has replicas or a domain of its own.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::{Answer, Head};
use crate::{
    endpoint::Endpoint,
    error::{Error, Result},
};

pub(super) const ORIGIN: &str = "WebHook-Request-Origin";
const ALLOWED: &str = "WebHook-Allowed-Origin";

/// The hosts that may send events; any when there is no list.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowed(Option<Vec<String>>);

impl Allowed {
    pub(super) fn parse<S: AsRef<str>>(endpoints: impl IntoIterator<Item = S>) -> Result<Self> {
        let hosts: Option<Vec<String>> = endpoints.into_iter().map(|e| host(e.as_ref())).collect();
        match hosts {
            None => Err(Error::invalid(
                "InvalidEndpoint",
                "An allowed endpoint is neither a URL like https://name.webpubsub.azure.com nor a host",
            )),
            Some(hosts) if hosts.is_empty() => Err(Error::invalid(
                "InvalidEndpoint",
                "The list of allowed endpoints is empty, so that no event could ever come: leave it out to allow all",
            )),
            hosts => Ok(Self(hosts)),
        }
    }

    /// What is answered to the handshake.
    pub(super) fn handshake(&self, head: &Head<'_>) -> Result<Answer, Answer> {
        let origins = requested(head)?;
        self.check(&origins)?;
        let allowed = match origins.as_slice() {
            // The service compares with its own host, which is this one.
            [only] if self.0.is_some() => *only,
            // Which of several it compares with is not known, and a list is not read.
            _ => "*",
        };
        let answer = Answer {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        };
        Ok(answer.with_header(ALLOWED, Some(allowed.into())))
    }

    /// Refuses origins none of which is allowed.
    pub(super) fn check(&self, origins: &[&str]) -> Result<(), Answer> {
        let Some(allowed) = &self.0 else { return Ok(()) };
        if origins
            .iter()
            .filter_map(|origin| host(origin))
            .any(|origin| allowed.contains(&origin))
        {
            return Ok(());
        }
        let mut words = String::from("Events from ");
        words.push_str(&origins.join(", "));
        words.push_str(" are not taken here. The allowed endpoints are: ");
        words.push_str(&allowed.join(", "));
        words.push('.');
        Err(Answer::text(403, words))
    }
}

/// The origins that a request names, as it writes them.
pub(super) fn requested<'a>(head: &'a Head<'_>) -> Result<Vec<&'a str>, Answer> {
    let values = head.all(ORIGIN)?;
    let origins: Vec<&str> = values
        .into_iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|o| !o.is_empty())
        .collect();
    if origins.is_empty() {
        return head.required(ORIGIN).map(|_| origins);
    }
    Ok(origins)
}

/// A host, in the one spelling that is compared, out of a URL or a bare host.
fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let endpoint = match text.contains("://") {
        true => Endpoint::parse(text),
        false => Endpoint::parse(&["https://", text].concat()),
    };
    endpoint.ok().map(|endpoint| endpoint.authority().to_string())
}
