//! Connection strings: what is read out of them, and that nothing of them is ever repeated.

use jsonwebtoken::{DecodingKey, Validation, decode};
use proptest::prelude::*;
use serde_json::Value;
use std::time::Duration;
use webpubsub_edge::{ClientAccess, ConnectionString, Hub};

use crate::{refused, words};

/// Where a client of the hub `hub` connects to.
fn base_url(text: &str) -> String {
    let ConnectionString { endpoint, access_key } = ConnectionString::parse(text).unwrap();
    let hub = Hub::new("hub").unwrap();
    let token = ClientAccess::default().sign(&access_key, &endpoint, &hub, Duration::from_secs(1));
    token.unwrap().base_url
}

#[test]
fn the_endpoint_is_scheme_host_and_port() {
    for (text, endpoint, client) in [
        (
            "Endpoint=http://host;AccessKey=K;Version=1.0;Port=8080;",
            "http://host:8080",
            "ws://host:8080",
        ),
        (
            "Endpoint=http://localhost;Port=8080;AccessKey=K;Version=1.0;",
            "http://localhost:8080",
            "ws://localhost:8080",
        ),
        (
            "Endpoint=https://a;AccessKey=K;Version=1.0;",
            "https://a",
            "wss://a",
        ),
        (
            "Endpoint=https://A.Example/;AccessKey=K",
            "https://a.example",
            "wss://a.example",
        ),
        (
            "Endpoint=https://a:99;AccessKey=K;Port=8080",
            "https://a:8080",
            "wss://a:8080",
        ),
        (
            "Endpoint=https://a:99;AccessKey=K;Port=443",
            "https://a",
            "wss://a",
        ),
        (
            "Endpoint=http://[::1];AccessKey=K;Port=81",
            "http://[::1]:81",
            "ws://[::1]:81",
        ),
    ] {
        let parsed = ConnectionString::parse(text).unwrap();
        assert_eq!(parsed.endpoint.origin(), endpoint, "{text}");
        assert_eq!(base_url(text), format!("{client}/client/hubs/hub"), "{text}");
    }
}

#[test]
fn names_are_found_in_any_order_and_letter_case() {
    for text in [
        "accesskey=K;ENDPOINT=https://a",
        " AccessKey = K ;; Endpoint = https://a ; version = 1.0 ; ",
        "Endpoint=https://a;Unknown=1;AccessKey=K;unknown=2;other=;",
    ] {
        assert_eq!(base_url(text), "wss://a/client/hubs/hub", "{text}");
    }
}

#[test]
fn a_key_may_hold_what_separates_names_from_values() {
    let parsed = ConnectionString::parse("Endpoint=https://a;AccessKey=a=b+/==;Version=1.0").unwrap();
    let hub = Hub::new("hub").unwrap();
    let now = Duration::from_secs(jsonwebtoken::get_current_timestamp());
    let token = ClientAccess::default()
        .sign(&parsed.access_key, &parsed.endpoint, &hub, now)
        .unwrap();
    let mut validation = Validation::default();
    validation.set_audience(&["https://a/client/hubs/hub"]);
    decode::<Value>(&token.token, &DecodingKey::from_secret(b"a=b+/=="), &validation).unwrap();
}

#[test]
fn what_is_malformed_is_named() {
    for (text, wrong) in [
        ("", "missing endpoint"),
        (";;", "missing endpoint"),
        ("AccessKey=K;Version=1.0;", "missing endpoint"),
        ("Endpoint=https://a;Version=1.0;", "missing access key"),
        ("Endpoint=;AccessKey=K", "empty Endpoint"),
        ("Endpoint=https://a;AccessKey=", "empty AccessKey"),
        ("Endpoint=https://a;AccessKey= ;", "empty AccessKey"),
        ("Endpoint=https://a;AccessKey=K;Port=", "empty Port"),
        ("Endpoint=https://a;AccessKey=K;nonsense", "not name=value"),
        ("https://a", "not name=value"),
        (
            "Endpoint=https://a;endpoint=https://b;AccessKey=K",
            "more than one Endpoint",
        ),
        (
            "Endpoint=https://a;AccessKey=K;ACCESSKEY=L",
            "more than one AccessKey",
        ),
        (
            "Endpoint=https://a;AccessKey=K;Port=1;Port=1",
            "more than one Port",
        ),
        (
            "Endpoint=https://a;AccessKey=K;Version=1;Version=2",
            "more than one Version",
        ),
        ("Endpoint=a;AccessKey=K", "its Endpoint is not"),
        ("Endpoint=ftp://a;AccessKey=K", "its Endpoint is not"),
        ("Endpoint=https://a/path;AccessKey=K", "its Endpoint is not"),
        ("Endpoint=https://user@a;AccessKey=K", "its Endpoint is not"),
        ("Endpoint=https://a;AccessKey=K;Port=0", "its Port is not"),
        ("Endpoint=https://a;AccessKey=K;Port=65536", "its Port is not"),
        ("Endpoint=https://a;AccessKey=K;Port=+80", "its Port is not"),
        ("Endpoint=https://a;AccessKey=K;Port=abc", "its Port is not"),
    ] {
        assert_eq!(
            refused(ConnectionString::parse(text)),
            ("InvalidConnectionString", false),
            "{text}"
        );
        let message = words(ConnectionString::parse(text));
        assert!(message.contains(wrong), "{text}: {message}");
        assert!(
            message.contains("copy it from Keys in the portal"),
            "{text}: {message}"
        );
    }
}

proptest! {
    #[test]
    fn no_part_of_a_malformed_one_is_repeated(
        key in "[A-Za-z0-9+/]{16,44}={0,2}",
        name in "AccessKey|accesskey|Key|Endpoint|Port|Version|",
        equals in "=|",
        rest in "(Endpoint=(https://)?[a-z]{0,3};)?(AccessKey=;)?(Port=[0-9x]{0,6};)?[=;a-zA-Z]{0,4}",
    ) {
        for text in [format!("{name}{equals}{key};{rest}"), format!("{rest};{name}{equals}{key}")] {
            let parsed = ConnectionString::parse(&text);
            let message = parsed.as_ref().err().map(ToString::to_string).unwrap_or_default();
            let shown = format!("{parsed:?} {message}");
            prop_assert!(!shown.contains(&key), "{}", shown);
            prop_assert!(!shown.contains(&text), "{}", shown);
        }
    }

    #[test]
    fn anything_is_read_or_refused(text in "\\PC{0,64}") {
        if let Err(error) = ConnectionString::parse(&text) {
            prop_assert_eq!(error.code(), "InvalidConnectionString");
        }
    }
}
