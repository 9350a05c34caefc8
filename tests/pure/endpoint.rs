//! Endpoints: held in the spelling that URL parsers keep, or refused.

use std::net::Ipv6Addr;

use proptest::prelude::*;
use url::Url;
use webpubsub_edge::{Endpoint, ReverseProxy};

use crate::{refused, words};

#[test]
fn spellings_of_one_origin_become_one() {
    for (text, origin) in [
        (
            "https://name.webpubsub.azure.com",
            "https://name.webpubsub.azure.com",
        ),
        (
            " HTTPS://Name.WebPubSub.Azure.com/ ",
            "https://name.webpubsub.azure.com",
        ),
        ("https://a:443", "https://a"),
        ("http://a:80/", "http://a"),
        ("https://a:80", "https://a:80"),
        ("http://a:00081", "http://a:81"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]"),
        ("http://my_host-1", "http://my_host-1"),
        ("http://1a2b3c", "http://1a2b3c"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
    ] {
        let endpoint = Endpoint::parse(text).unwrap();
        assert_eq!(
            (endpoint.origin().as_str(), endpoint.to_string().as_str()),
            (origin, origin)
        );
        assert_eq!(endpoint.is_secure(), origin.starts_with("https"));
    }
}

#[test]
fn what_is_no_origin_is_refused() {
    for text in [
        "",
        "a",
        "//a",
        "a:1",
        "https:/a",
        "https://",
        "ftp://a",
        "https://a b",
        "https://a/b",
        "https://a?b",
        "https://a#b",
        "https://u@a",
        "https://u:p@a",
        "https://a\\b",
        "https://a:",
        "https://a:0",
        "https://a:65536",
        "https://a:8x",
        "https://:80",
        "https://a..b",
        "https://.a",
        "https://a.",
        "https://münchen.example",
        "https://a%2eb",
        "http://127.1",
        "http://127.0.0.01",
        "http://1",
        "http://0x7f",
        "http://0x",
        "http://256.0.0.1",
        "http://1.2.3.4.5",
        "http://[",
        "http://[]",
        "http://[::1",
        "http://::1",
        "http://[::1]x",
        "http://[1]",
        "http://[:1]",
        "http://[::1::]",
        "http://[::1:]",
        "http://[:1:2:3:4:5:6:7:8]",
        "http://[1:2:3:4:5:6:7]",
        "http://[1::2:3:4:5:6:7:8]",
        "http://[1::2:3:4:5:6:7]",
        "http://[::2:3:4:5:6:7:8]",
        "http://[0:0::1]",
        "http://[::01]",
        "http://[::12345]",
        "http://[::g]",
        "http://[::1.2.3.4]",
        "http://[::1%25eth0]",
    ] {
        assert_eq!(
            refused(Endpoint::parse(text)),
            ("InvalidEndpoint", false),
            "{text}"
        );
        assert!(
            words(Endpoint::parse(text)).contains("https://name.webpubsub.azure.com"),
            "{text}"
        );
    }
}

#[test]
fn this_machine_is_known() {
    for host in [
        "localhost",
        "LOCALHOST:1",
        "a.localhost",
        "127.0.0.1",
        "127.1.2.3:80",
        "[::1]",
        "[::1]:8080",
    ] {
        assert!(
            Endpoint::parse(&format!("http://{host}")).unwrap().is_loopback(),
            "{host}"
        );
    }
    for host in [
        "a",
        "localhost.example",
        "128.0.0.1",
        "127.example",
        "127.0.0.1.example",
        "[::2]",
        "xlocalhost",
    ] {
        assert!(
            !Endpoint::parse(&format!("http://{host}")).unwrap().is_loopback(),
            "{host}"
        );
    }
}

#[test]
fn a_proxy_may_have_a_path_that_urls_keep() {
    for text in [
        "http://a",
        "http://a/",
        "https://a:8443/api/v1",
        "https://a/x.y_z~1-2/",
        "https://a/...",
    ] {
        ReverseProxy::parse(text).unwrap();
    }
    for text in [
        "a",
        "https://",
        "https://u@a/b",
        "https://a/b?c",
        "https://a/b#c",
        "https://a/b c",
        "https://a/%2e",
        "https://a/.",
        "https://a/../b",
        "https://a/b/./c",
        "https://a//b",
        "https://a/b\\c",
        "https://a/é",
    ] {
        assert_eq!(
            refused(ReverseProxy::parse(text)),
            ("InvalidEndpoint", false),
            "{text}"
        );
    }
}

/// That a URL parser leaves it as it is, also with a path behind it.
fn kept(endpoint: &Endpoint) -> Result<(), TestCaseError> {
    let url = endpoint.origin() + "/api/health";
    let parsed = Url::parse(&url);
    prop_assert!(parsed.is_ok(), "{}: {:?}", url, parsed);
    prop_assert_eq!(parsed.map(String::from), Ok(url));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn an_endpoint_that_is_taken_is_kept_by_url_parsers(
        scheme in "https?|HTTPS",
        host in "[a-zA-Z0-9._-]{1,8}|[0-9a-fx.]{1,12}|\\[[0-9a-f:]{2,12}\\]|[a-z]{0,3}[/:@?#%\\\\ é\\[\\].]{1,2}[a-z]{0,3}",
        port in "|:[0-9]{1,6}",
    ) {
        // Which labels are punycode is not ours to know; a wrong one fails where the request is sent.
        prop_assume!(!host.to_ascii_lowercase().contains("xn--"));
        if let Ok(endpoint) = Endpoint::parse(&format!("{scheme}://{host}{port}")) {
            kept(&endpoint)?;
        }
    }

    #[test]
    fn an_ipv6_address_is_taken_in_its_shortest_form(segments: [u16; 8], zeros in 0_usize..9, from in 0_usize..8) {
        let mut segments = segments.map(|segment| segment.max(1));
        segments.iter_mut().skip(from).take(zeros).for_each(|segment| *segment = 0);
        let address = Ipv6Addr::from(segments).to_string();
        let taken = Endpoint::parse(&format!("http://[{address}]"));
        // A group of zeros alone, all zeros, and an IPv4 address inside have other spellings too.
        let run = zeros.min(8 - from);
        if run != 1 && run != 8 && !address.contains('.') {
            kept(&taken.unwrap())?;
        } else if let Ok(endpoint) = taken {
            kept(&endpoint)?;
        }
    }
}
