//! Where the service is, and the reverse proxy in front of it where there is one.
//!
//! In here: the origin of a resource and the prefix of a proxy, held in the one spelling that URL parsers keep,
//! so that the audience of a token equals the URL that arrives. Not in here: paths below them (`operation.rs`).

use alloc::string::{String, ToString};
use core::fmt;

use crate::{
    error::{Error, Result, unexpected},
    json::decimal,
};

/// The origin of a Web PubSub resource: `https://name.webpubsub.azure.com`, or `http://127.0.0.1:8080` for a
/// local one. Letters in lower case, a default port left out, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    secure: bool,
    authority: String,
}

impl Endpoint {
    /// Reads an endpoint: a scheme, a host, perhaps a port, and nothing else but a slash at the end.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidEndpoint`.
    pub fn parse(text: &str) -> Result<Self> {
        let (secure, rest) = split_scheme(text)?;
        Ok(Self {
            secure,
            authority: authority(rest.trim_end_matches('/'), secure)?,
        })
    }

    /// The same endpoint at another port.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        let host = match self.authority.rsplit_once(':') {
            Some((host, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => host.to_string(),
            _ => core::mem::take(&mut self.authority),
        };
        self.authority = at_port(host, port, self.secure);
        self
    }

    /// Whether requests go over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host is this machine, where a plain connection shows nothing to anybody else.
    pub fn is_loopback(&self) -> bool {
        let host = match self.authority.rsplit_once(':') {
            Some((host, _)) if !self.authority.ends_with(']') => host,
            _ => &self.authority,
        };
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || (is_ipv4(host) && host.starts_with("127."))
    }

    /// `host` or `host:port`.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether nobody between here and there can read what is sent, or the caller allows it on this machine.
    pub(crate) fn is_private(&self, allowed: bool) -> bool {
        self.secure || (allowed && self.is_loopback())
    }

    /// The path of a link of the service's, at this endpoint: the service may know itself by another host than
    /// the one it is reached by, behind a proxy or a custom domain.
    pub(crate) fn rebased(&self, link: &str) -> Result<String> {
        let path = split_url(link).and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
        match path {
            Some(path) if path.starts_with("/api/") => Ok([&self.origin(), path].concat()),
            _ => Err(unexpected("a link to a page of the service")),
        }
    }

    /// Refuses a URL that is not of the service.
    pub(crate) fn check_own(&self, url: &str) -> Result<()> {
        if url
            .strip_prefix(&*self.origin())
            .is_some_and(|path| path.starts_with('/'))
        {
            return Ok(());
        }
        Err(Error::invalid(
            "InvalidPath",
            "The request leads away from the service: give a path that begins with one /",
        ))
    }

    /// `https://host` or `http://host:port`.
    pub fn origin(&self) -> String {
        self.url(if self.secure { "https" } else { "http" })
    }

    /// The same origin with a WebSocket's scheme.
    pub(crate) fn websocket_origin(&self) -> String {
        self.url(if self.secure { "wss" } else { "ws" })
    }

    fn url(&self, scheme: &str) -> String {
        [scheme, "://", &self.authority].concat()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

/// A reverse proxy in front of the service, for example Azure API Management: scheme, host, port and a path
/// prefix, all of which requests keep. Tokens are still signed for the service's own URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseProxy {
    endpoint: Endpoint,
    prefix: String,
}

impl ReverseProxy {
    /// Reads the address of a proxy.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidEndpoint`.
    pub fn parse(text: &str) -> Result<Self> {
        let (secure, rest) = split_scheme(text)?;
        let (host, prefix) = match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
            Some((host, path)) => (host, path.trim_end_matches('/')),
            None => (rest, ""),
        };
        // No `%`: an escaped dot is a dot to URL parsers.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
        let folded = |segment: &str| matches!(segment, "" | "." | "..");
        if !prefix.bytes().all(plain) || prefix.split('/').skip(1).any(folded) {
            return Err(invalid(
                "its path may hold letters, digits and - . _ ~, and no segment that URLs fold away",
            ));
        }
        Ok(Self {
            endpoint: Endpoint {
                secure,
                authority: authority(host, secure)?,
            },
            prefix: prefix.into(),
        })
    }

    /// Where a request for this URL of the service goes.
    pub(crate) fn rebase(&self, url: &str, service: &str) -> Option<String> {
        url.strip_prefix(service)
            .map(|path| [&self.endpoint.origin(), &*self.prefix, path].concat())
    }

    /// Where a client connects to, in place of the service.
    pub(crate) fn websocket_base(&self) -> String {
        [self.endpoint.websocket_origin(), self.prefix.clone()].concat()
    }

    /// The proxy's own origin.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}

/// Four numbers in the one spelling that URL parsers keep.
fn is_ipv4(host: &str) -> bool {
    let byte = |part: &str| {
        part == "0" || (!part.starts_with('0') && part.len() < 4 && parse_port(part).is_some_and(|n| n < 256))
    };
    host.split('.').count() == 4 && host.split('.').all(byte)
}

/// A host with its port, left out when it is the scheme's own.
fn at_port(mut host: String, port: u16, secure: bool) -> String {
    if port != if secure { 443 } else { 80 } {
        host.push(':');
        decimal(port.into(), &mut host);
    }
    host
}

fn invalid(wrong: &str) -> Error {
    Error::invalid(
        "InvalidEndpoint",
        [
            "The endpoint is malformed: ",
            wrong,
            ". Give one like https://name.webpubsub.azure.com",
        ]
        .concat(),
    )
}

/// The scheme of a URL and what is behind its `://`. Not by a search for that text, whose code is large.
pub(crate) fn split_url(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

fn split_scheme(text: &str) -> Result<(bool, &str)> {
    let (scheme, rest) =
        split_url(text.trim_ascii()).ok_or_else(|| invalid("it has no scheme, https:// or http://"))?;
    if scheme.eq_ignore_ascii_case("https") {
        Ok((true, rest))
    } else if scheme.eq_ignore_ascii_case("http") {
        Ok((false, rest))
    } else {
        Err(invalid("its scheme is neither https nor http"))
    }
}

/// Checks `host[:port]` and puts it in the spelling that URL parsers keep.
fn authority(text: &str, secure: bool) -> Result<String> {
    if text.bytes().any(|b| b"/?#@\\".contains(&b)) {
        return Err(invalid("it has more than a scheme, a host and a port"));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let host = canonical(host.to_ascii_lowercase()).ok_or_else(|| {
        invalid("its host is empty or not spelled as URLs have it (names in punycode, numbers in their shortest form)")
    })?;
    match port {
        None => Ok(host),
        Some(port) => match parse_port(port) {
            Some(port) => Ok(at_port(host, port, secure)),
            None => Err(invalid("its port is not a number from 1 to 65535")),
        },
    }
}

/// A host in lower case, in the spelling that URL parsers keep.
fn canonical(host: String) -> Option<String> {
    if let Some(ip) = host.strip_prefix('[') {
        return ip.strip_suffix(']').is_some_and(is_ipv6).then_some(host);
    }
    let name = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    // A host that ends in a number is an IPv4 address to URL parsers, which rewrite other spellings of it.
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let number = |label: &str| digits(label) || label.strip_prefix("0x").is_some_and(hex);
    let known = host.bytes().all(name)
        && !host.split('.').any(str::is_empty)
        && (is_ipv4(&host) || !host.rsplit('.').next().is_some_and(number));
    known.then_some(host)
}

/// An IPv6 address in the spelling that URL parsers keep: `::` for its zeros, and no zeros elsewhere.
fn is_ipv6(ip: &str) -> bool {
    // One `:` less at an end that has two, so that exactly one group is empty where the zeros are.
    let trimmed = match (ip.strip_prefix(':'), ip.strip_suffix(':')) {
        (Some(rest), _) if rest.starts_with(':') => rest,
        (None, Some(rest)) if rest.ends_with(':') => rest,
        (None, None) => ip,
        _ => return false,
    };
    let hex = |group: &str| {
        group.len() < 5 && !group.starts_with('0') && group.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let groups = trimmed.split(':').count();
    let empty = trimmed.split(':').filter(|group| group.is_empty()).count();
    trimmed.split(':').all(hex) && matches!((empty, groups), (0, 8) | (1, 2..=7))
}

/// A port in plain decimal digits.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok().filter(|port| *port > 0)
    } else {
        None
    }
}
