//! Endpoints: held in the spelling that URL parsers keep, or refused.

use std::net::Ipv6Addr;

use proptest::prelude::*;
use url::Url;
use webpubsub_edge::Endpoint;

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
    fn url_parsers_keep_an_accepted_endpoint(
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
    fn an_ipv6_address_is_accepted_in_its_shortest_form(segments: [u16; 8], zeros in 0_usize..9, from in 0_usize..8) {
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
