//! Where the service is, and the reverse proxy in front of it where there is one.
//!
//! In here: reading the address of either, and the one spelling in which it is kept: the one that URL parsers keep, so
//! that the audience of a token equals the URL that arrives. Not in here: paths below it (`operation.rs`).

use super::error::Fault;
use super::sink::Sink;
use super::text::{cut, equal, has_one_of, index_of, is_dots, is_made_of, number, same, split_first, take};

/// An address that was read: `scheme://host[:port][/path]`.
#[derive(Clone, Copy)]
pub struct Address<'a> {
    secure: bool,
    /// In any letter case.
    host: &'a [u8],
    /// 0 for the scheme's own.
    port: u32,
    /// Without a slash at the end.
    path: &'a [u8],
}

impl<'a> Address<'a> {
    /// Reads an endpoint: a scheme, a host, perhaps a port, and nothing else but a slash at the end.
    pub fn endpoint(text: &'a [u8]) -> Result<Self, Fault> {
        Self::read(text, false, false)
    }

    /// Reads the address of a reverse proxy, which may have a path.
    pub fn proxy(text: &'a [u8]) -> Result<Self, Fault> {
        Self::read(text, true, false)
    }

    /// Reads a URL of the service, or its bare host.
    pub fn endpoint_or_host(text: &'a [u8]) -> Result<Self, Fault> {
        Self::read(text, false, split_url(text).is_none())
    }

    #[inline(never)]
    fn read(text: &'a [u8], may_have_path: bool, is_bare: bool) -> Result<Self, Fault> {
        let mut address = Self {
            secure: true,
            host: text.trim_ascii(),
            port: 0,
            path: b"",
        };
        if !is_bare {
            let (scheme, rest) = split_url(address.host).ok_or(Fault::EndpointScheme)?;
            let index = index_of(scheme, b"http,https", same).ok_or(Fault::EndpointScheme)?;
            address.secure = index == 1;
            address.host = rest;
        }
        address.host = without_slashes(address.host);
        if may_have_path {
            let (host, _) = split_first(address.host, b'/');
            (address.host, address.path) = address.host.split_at_checked(host.len()).unwrap_or_default();
            check_path(address.path)?;
        }
        if has_one_of(address.host, b"/?#@\\") {
            return Err(Fault::EndpointExtra);
        }
        let colon = address
            .host
            .iter()
            .rposition(|byte| *byte == b':')
            .unwrap_or(address.host.len());
        if !address.host.ends_with(b"]") {
            let (host, port) = address.host.split_at_checked(colon).unwrap_or_default();
            address.host = host;
            if !port.is_empty() {
                address = address.at(port.get(1..).unwrap_or_default(), Fault::EndpointPort)?;
            }
        }
        if is_canonical(address.host) {
            Ok(address)
        } else {
            Err(Fault::EndpointHost)
        }
    }

    /// The same address at another port, 1 to 65535.
    pub fn at(self, digits: &[u8], fault: Fault) -> Result<Self, Fault> {
        let port = number(digits);
        if port == 0 || port > 65535 {
            return Err(fault);
        }
        let usual = if self.secure { 443 } else { 80 };
        Ok(Self {
            port: if port == usual { 0 } else { port },
            ..self
        })
    }

    /// Whether both are the same host at the same port, whatever the scheme and the path.
    pub fn is_same_host(&self, other: &Self) -> bool {
        same(self.host, other.host) && self.port == other.port
    }

    /// Whether nobody between here and there can read what is sent: TLS, or this machine.
    pub fn is_private(&self) -> bool {
        self.secure || is_loopback(self.host)
    }

    /// Writes the address in the spelling that URL parsers keep, without a trailing slash: the text of a [`Base`].
    pub fn write(&self, sink: &mut Sink<'_>) {
        sink.text(if self.secure { b"https://" } else { b"http://" });
        self.write_authority(sink);
        sink.text(self.path);
    }

    /// Writes `host` or `host:port`.
    pub fn write_authority(&self, sink: &mut Sink<'_>) {
        sink.lower(self.host);
        if self.port > 0 {
            sink.byte(b':');
            sink.number(self.port);
        }
    }
}

/// An address as [`Address::write`] wrote it, for whoever keeps it as text.
#[derive(Clone, Copy)]
pub struct Base<'a>(pub &'a [u8]);

impl<'a> Base<'a> {
    /// The address: `https://host`, `http://host:8080`, or that of a proxy with its path.
    pub fn text(self) -> &'a [u8] {
        self.0
    }

    /// Whether requests go over TLS.
    pub fn is_secure(self) -> bool {
        self.0.starts_with(b"https")
    }

    /// Whether the host is this machine, where a plain connection shows nothing to anybody else.
    #[inline(always)]
    pub fn is_loopback(self) -> bool {
        Address::proxy(self.0).is_ok_and(|address| is_loopback(address.host))
    }

    /// Whether a request may be sent there. Over http it may be read and changed on its way: one that is signed for its URL
    /// goes to this machine, and to others when the user allows it; one with a bearer token, which is good for every
    /// request, only to this machine when the user allows it.
    pub fn check_private(self, is_bearer: bool, insecure_allowed: bool) -> Result<(), Fault> {
        let is_loopback = self.is_loopback();
        if self.is_secure() {
            Ok(())
        } else if is_bearer {
            (insecure_allowed && is_loopback)
                .then_some(())
                .ok_or(Fault::InsecureConnection)
        } else {
            (insecure_allowed || is_loopback)
                .then_some(())
                .ok_or(Fault::InsecureRequest)
        }
    }

    /// Writes the same address with the scheme of WebSockets.
    pub fn write_websocket(self, sink: &mut Sink<'_>) {
        sink.text(b"ws");
        sink.text(self.0.strip_prefix(b"http").unwrap_or_default());
    }
}

/// The scheme of a URL and what is behind its `://`.
pub fn split_url(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (scheme, rest) = cut(text, b':')?;
    Some((scheme, rest.strip_prefix(b"//")?))
}

/// The host of a URL, with its port if it has one: all of the URL that an error may show.
pub fn host_of(mut url: &[u8]) -> &[u8] {
    // Behind the scheme and the empty part between two slashes.
    take(&mut url, b'/');
    take(&mut url, b'/');
    take(&mut url, b'/')
}

/// Checks the path of a proxy.
fn check_path(path: &[u8]) -> Result<(), Fault> {
    let mut segments = path.get(1..).unwrap_or_default();
    while !segments.is_empty() {
        let segment = take(&mut segments, b'/');
        // No `%`: an escaped dot is a dot to URL parsers.
        if segment.is_empty() || is_dots(segment) || !is_made_of(segment, b"-._~") {
            return Err(Fault::ProxyPath);
        }
    }
    Ok(())
}

fn without_slashes(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let [most @ .., b'/'] = rest {
        rest = most;
    }
    rest
}

fn is_loopback(host: &[u8]) -> bool {
    let mut labels = host;
    let mut last = host;
    while !labels.is_empty() {
        last = take(&mut labels, b'.');
    }
    same(last, b"localhost") || equal(host, b"[::1]") || (host.starts_with(b"127.") && is_ipv4(host))
}

/// Whether a host, in any letter case, is in the spelling that URL parsers keep.
fn is_canonical(host: &[u8]) -> bool {
    if let [b'[', ip @ .., b']'] = host {
        return is_ipv6(ip);
    }
    let mut labels = host;
    let mut last = host;
    while !labels.is_empty() {
        last = take(&mut labels, b'.');
        if last.is_empty() || !is_made_of(last, b"-_") {
            return false;
        }
    }
    // A host that ends in a number is an IPv4 address to URL parsers, which rewrite other spellings of it.
    let is_number = match last {
        [b'0', b'x' | b'X', hex @ ..] => hex.iter().all(u8::is_ascii_hexdigit),
        digits => digits.iter().all(u8::is_ascii_digit),
    };
    !host.ends_with(b".") && (!is_number || is_ipv4(host))
}

/// Four numbers in the one spelling that URL parsers keep.
fn is_ipv4(host: &[u8]) -> bool {
    let mut parts = host;
    let mut count = 0;
    while !parts.is_empty() {
        let part = take(&mut parts, b'.');
        let is_byte = number(part) < 256;
        if !is_byte || (part.len() > 1 && part.starts_with(b"0")) {
            return false;
        }
        count += 1;
    }
    count == 4 && !host.ends_with(b".")
}

/// An IPv6 address in the spelling that URL parsers keep: `::` for its zeros, and no zeros elsewhere.
fn is_ipv6(ip: &[u8]) -> bool {
    if ip.starts_with(b":") != ip.starts_with(b"::") || ip.ends_with(b":") != ip.ends_with(b"::") {
        return false;
    }
    // One `:` less at the start, so that exactly one group is empty where the zeros are.
    let mut rest = ip.strip_prefix(b":").unwrap_or(ip);
    let (mut groups, mut empty) = (0, 0);
    while !rest.is_empty() {
        let group = take(&mut rest, b':');
        groups += 1;
        if group.is_empty() {
            empty += 1;
        } else if group.len() > 4 || group.starts_with(b"0") || !group.iter().all(u8::is_ascii_hexdigit) {
            return false;
        }
    }
    matches!((empty, groups), (0, 8) | (1, 2..=7))
}
