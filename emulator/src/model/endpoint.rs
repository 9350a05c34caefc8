//! Scheme, host and port of a service: what comes before the path in its URLs.

use std::fmt;

use serde::Deserialize;
use url::{Position, Url};

/// An endpoint, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Endpoint {
    is_tls: bool,
    authority: String,
}

impl Endpoint {
    /// The endpoint of a listener.
    pub(crate) fn listening(is_tls: bool, authority: impl fmt::Display) -> Self {
        Self {
            is_tls,
            authority: authority.to_string(),
        }
    }

    /// Host, and port unless it is the scheme's own.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// The host without a port; an IPv6 address without brackets.
    pub(crate) fn host(&self) -> String {
        let url = Url::parse(&self.to_string()).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or(&self.authority);
        host.trim_matches(['[', ']']).to_owned()
    }

    /// The same scheme at another host.
    pub(crate) fn at(&self, authority: &str) -> Self {
        Self {
            is_tls: self.is_tls,
            authority: authority.to_owned(),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fault = "a public endpoint is http:// or https://, a host, and perhaps a port; nothing else";
        let url = Url::parse(&text).map_err(|error| format!("{fault} ({error})"))?;
        let is_tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(fault.to_owned()),
        };
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let is_bare = matches!(&url[Position::AfterPort..], "" | "/") && url.username().is_empty();
        if authority.is_empty() || !is_bare || url.password().is_some() {
            return Err(fault.to_owned());
        }
        Ok(Self {
            is_tls,
            authority: authority.to_owned(),
        })
    }
}
