//! The endpoint of the service, and a reverse proxy in front of it.
//!
//! In here: the canonical text of either, owned. Not in here: parsing, and which hosts are safe (`core/endpoint.rs`).

use alloc::string::String;
use core::fmt;

use crate::{
    bridge::write_text,
    core::endpoint::{Address, Base},
    error::Result,
};

/// The origin of a Web PubSub resource: `https://name.webpubsub.azure.com`, or `http://127.0.0.1:8080` for a local
/// service. It is in lower case, without a default port and without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Parses an endpoint: a scheme, a host, an optional port, and nothing else except a trailing slash.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidEndpoint`.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self::new(&Address::endpoint(text.as_bytes())?))
    }

    pub(crate) fn new(address: &Address<'_>) -> Self {
        Self(write_text(|sink| address.write(sink)))
    }

    /// Whether requests go over TLS.
    pub fn is_secure(&self) -> bool {
        self.base().is_secure()
    }

    /// Whether the host is this machine, so that a plain connection exposes nothing to others.
    pub fn is_loopback(&self) -> bool {
        self.base().is_loopback()
    }

    /// The origin as text: `https://host` or `http://host:port`.
    pub fn origin(&self) -> String {
        self.0.clone()
    }

    pub(crate) fn base(&self) -> Base<'_> {
        Base(self.0.as_bytes())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A reverse proxy in front of the service, for example Azure API Management: scheme, host, port and a path prefix, all
/// of which requests keep. Tokens are still signed for the service's own URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseProxy(String);

impl ReverseProxy {
    /// Parses the address of a proxy.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidEndpoint`.
    pub fn parse(text: &str) -> Result<Self> {
        let address = Address::proxy(text.as_bytes())?;
        Ok(Self(write_text(|sink| address.write(sink))))
    }

    pub(crate) fn base(&self) -> Base<'_> {
        Base(self.0.as_bytes())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
