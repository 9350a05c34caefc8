use url::{Host, Url};

use crate::core::access_key::AccessKey;
use crate::core::connection_string::ConnectionString;
use crate::core::endpoint::{Address, Base};
use crate::sinks::text_of;
use crate::{Input, Target};

pub(crate) const CONNECTION_STRING: Target = Target {
    name: "connection_string",
    texts: &[
        r"(((Endpoint|endpoint|AccessKey|ACCESSKEY|Port|Version|Name|) ?=? ?(https?://(a\.example|127\.0\.0\.1)(:[0-9]{1,5})?/?|[A-Za-z0-9+/]{1,8}={0,2}|[0-9.]{0,5}| |\u{a0})|\PC{0,3}) ?;?){0,5}",
    ],
    check: |input| {
        let text = input.text(0);
        let parsed = ConnectionString::parse(text.as_bytes());
        let expected = read(text);
        match (parsed, expected) {
            (Ok(parsed), Some((endpoint, port, key))) => {
                assert_eq!(parsed.access_key.expose(), key.as_bytes());
                let base = text_of(|sink| parsed.endpoint.write(sink));
                let (url, named) = (check_address(&parsed.endpoint), Url::parse(endpoint));
                if let (Some(url), Ok(named)) = (url, named) {
                    assert_eq!(url.host(), named.host());
                    let port = if port.is_empty() {
                        named.port_or_known_default()
                    } else {
                        port.parse().ok()
                    };
                    assert_eq!(url.port_or_known_default(), port, "{text}");
                }
                let again = format!("Endpoint={base};AccessKey={key};Version=1.0;");
                let again = ConnectionString::parse(again.as_bytes()).map_err(|fault| fault.code());
                let again =
                    again.unwrap_or_else(|code| panic!("{text}: its own spelling is refused: {code}"));
                assert_eq!(text_of(|sink| again.endpoint.write(sink)), base);
                assert_eq!(again.access_key.expose(), key.as_bytes());
            }
            (Err(fault), None) => {
                let code = fault.code();
                assert!(
                    ["InvalidConnectionString", "InvalidAccessKey"].contains(&code),
                    "{text}: {code}"
                );
            }
            (parsed, expected) => {
                panic!(
                    "{text:?} is accepted: {}, has all members: {}",
                    parsed.is_ok(),
                    expected.is_some()
                );
            }
        }
    },
};

/// Endpoint, port and key of a connection string that is to be accepted.
fn read(text: &str) -> Option<(&str, &str, &str)> {
    let mut members = Vec::new();
    for member in text
        .split(';')
        .map(str::trim_ascii)
        .filter(|member| !member.is_empty())
    {
        let (name, value) = member.split_once('=')?;
        members.push((name.trim_ascii().to_ascii_lowercase(), value.trim_ascii()));
    }
    let member = |name: &str| {
        let mut values = members
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| *value);
        match (values.next(), values.next()) {
            (None, _) => Some(None),
            (Some(value), None) if !value.is_empty() => Some(Some(value)),
            _ => None,
        }
    };
    let (endpoint, key, port) = (member("endpoint")??, member("accesskey")??, member("port")?);
    member("version")?;
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && matches!(port.parse(), Ok(1..=65535));
    let is_accepted =
        Address::endpoint(endpoint.as_bytes()).is_ok() && !key.trim().is_empty() && port.is_none_or(is_port);
    is_accepted.then_some((endpoint, port.unwrap_or_default(), key))
}

pub(crate) const ENDPOINT: Target = Target {
    name: "endpoint",
    texts: &[ADDRESS, ADDRESS],
    check: |input| {
        let texts = [input.text(0), input.text(1)];
        for text in texts {
            for read in [Address::endpoint, Address::proxy, Address::endpoint_or_host] {
                if let Ok(address) = read(text.as_bytes()) {
                    check_address(&address);
                }
            }
            if is_canonical(text) {
                assert!(Address::endpoint(text.as_bytes()).is_ok(), "{text:?} is refused");
            }
        }
        if let [Ok(a), Ok(b)] = texts.map(|text| Address::endpoint_or_host(text.as_bytes()))
            && let (Some(x), Some(y)) = (check_address(&a), check_address(&b))
        {
            let is_same = x.host() == y.host() && x.port() == y.port();
            assert_eq!(a.is_same_host(&b), is_same, "{texts:?}");
        }
    },
};

const ADDRESS: &str = r"((https?|HTTPS|wss)://)?([a-zA-Z0-9._-]{1,8}|(a\.example|localhost|A\.localhost|127\.0\.0\.1)|[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fx.]{1,12}|\[[0-9a-f:]{2,12}\]|\[[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}\]|\[(([0-9a-f]{1,3}:){1,4})?:([0-9a-f]{1,3}:){0,2}[0-9a-f]\]|[a-z]{0,3}[/:@?#%\\ é\[\].]{1,2}[a-z]{0,3})(:[0-9]{1,6})?(/[a-zA-Z0-9._~%-]{0,4}){0,3}";

/// Checks that URL parsers keep an address, and that it is what it says of itself. Gives its URL, unless it has a name in
/// punycode: which of these are right is not the core's to know, and a wrong one fails where the request is sent.
pub(crate) fn check_address(address: &Address<'_>) -> Option<Url> {
    let base = text_of(|sink| address.write(sink));
    let read = Address::proxy(base.as_bytes()).map_err(|fault| fault.code());
    let read = read.unwrap_or_else(|code| panic!("{base}: its own spelling is refused: {code}"));
    assert_eq!(text_of(|sink| read.write(sink)), base, "it changes again");
    assert!(read.is_same_host(address));
    if base.contains("xn--") {
        return None;
    }
    let whole = format!("{base}/api/health");
    let url = Url::parse(&whole).unwrap_or_else(|error| panic!("{whole}: {error}"));
    assert_eq!(url.as_str(), whole, "URL parsers rewrite it");
    assert_eq!(
        (url.username(), url.password(), url.query(), url.fragment()),
        ("", None, None, None)
    );
    let authority = text_of(|sink| address.write_authority(sink));
    assert!(
        base.starts_with(&format!("{}://{authority}", url.scheme())),
        "{base}"
    );
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => panic!("{base} has no host"),
    };
    let is_secure = url.scheme() == "https";
    let base = Base(base.as_bytes());
    assert_eq!(
        (base.is_secure(), base.is_loopback()),
        (is_secure, is_loopback),
        "{url}"
    );
    assert_eq!(address.is_private(), is_secure || is_loopback, "{url}");
    // Whether a bearer token is sent, whether http is allowed, whether the request may go there.
    for (is_bearer, is_allowed, is_sent) in [
        (true, false, is_secure),
        (true, true, is_secure || is_loopback),
        (false, false, is_secure || is_loopback),
        (false, true, true),
    ] {
        assert_eq!(
            base.check_private(is_bearer, is_allowed).is_ok(),
            is_sent,
            "{url}"
        );
    }
    let socket = text_of(|sink| base.write_websocket(sink));
    let socket = Url::parse(&socket).unwrap_or_else(|error| panic!("{socket}: {error}"));
    assert_eq!(socket.scheme(), if is_secure { "wss" } else { "ws" });
    assert_eq!((socket.host(), socket.port()), (url.host(), url.port()));
    Some(url)
}

/// Whether a text is an endpoint in the one spelling that URL parsers keep, which is to be accepted.
fn is_canonical(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_kept = url.as_str().strip_suffix('/') == Some(text) && url.origin().ascii_serialization() == text;
    is_kept
        && matches!(url.scheme(), "http" | "https")
        && url.port() != Some(0)
        && match url.host() {
            Some(Host::Domain(name)) => {
                let is_label = |label: &str| {
                    !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                };
                name.split('.').all(is_label)
            }
            Some(Host::Ipv4(_)) => true,
            // Zeros have to be one run that `::` stands for.
            Some(Host::Ipv6(ip)) => {
                let zeros: Vec<_> = (0..8).filter(|at| ip.segments()[*at] == 0).collect();
                let is_run = zeros.windows(2).all(|pair| pair[1] == pair[0] + 1);
                zeros.is_empty() || (is_run && (2..8).contains(&zeros.len()))
            }
            None => false,
        }
}
