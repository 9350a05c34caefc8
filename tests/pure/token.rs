//! Tokens, as `jsonwebtoken` reads them.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, crypto, decode, decode_header};
use serde_json::{Map, Value, json};
use webpubsub_edge::{
    AccessKey, ClientAccess, ClientAccessToken, Endpoint, Error, Hub, token::request_token,
};

use crate::refused;

const KEY: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH";
const NOW: Duration = Duration::from_secs(1_629_183_374);

/// A token of the official .NET client's tests, signed with that key.
const OFFICIAL: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJkZGQiLCJuYmYiOjE2MjkxODMzNzQsImV4cCI6MTYyOTE4Njk3NCwiaWF0IjoxNjI5MTgzMzc0LCJhdWQiOiJodHRwOi8vbG9jYWxob3N0OjgwODAvY2xpZW50L2h1YnMvY2hhdCJ9.tqD8ykjv5NmYw6gzLKglUAv-c-AVWu-KNZOptRKkgMM";

fn key() -> AccessKey {
    AccessKey::new(KEY).unwrap()
}

fn sign(access: &ClientAccess, endpoint: &str, hub: &str) -> Result<ClientAccessToken, Error> {
    access.sign(
        &key(),
        &Endpoint::parse(endpoint).unwrap(),
        &Hub::new(hub).unwrap(),
        NOW,
    )
}

/// The claims of a token whose signature is right, whenever it ends.
fn claims(token: &str) -> Map<String, Value> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_aud = false;
    validation.validate_exp = false;
    decode(token, &DecodingKey::from_secret(KEY.as_bytes()), &validation)
        .unwrap()
        .claims
}

/// The signature is that of the key's text over all before it.
fn check_signature(token: &str) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let expected = crypto::sign(
        signed.as_bytes(),
        &EncodingKey::from_secret(KEY.as_bytes()),
        Algorithm::HS256,
    );
    assert_eq!(signature, expected.unwrap());
}

#[test]
fn signatures_are_those_of_the_official_clients() {
    check_signature(OFFICIAL);
    let official = claims(OFFICIAL);
    let access = ClientAccess {
        user_id: Some("ddd".into()),
        ..ClientAccess::default()
    };
    let ours = sign(&access, "http://localhost:8080", "chat").unwrap().token;
    check_signature(&ours);
    assert_eq!(
        ours.split('.').next(),
        OFFICIAL.split('.').next(),
        "the same header"
    );
    let mut same = claims(&ours);
    same.insert("nbf".into(), official["nbf"].clone());
    assert_eq!(
        same, official,
        "but nbf, which the JavaScript and Python clients leave out too"
    );
}

#[test]
fn a_request_token_is_for_one_url() {
    let url = "https://a/api/hubs/chat/:send?api-version=2024-12-01&filter=userId%20eq%20%27a%27";
    let token = request_token(&key(), url, NOW).unwrap();
    check_signature(&token);
    assert_eq!(decode_header(&token).unwrap(), Header::new(Algorithm::HS256));
    let expected = json!({"aud": url, "iat": NOW.as_secs(), "exp": NOW.as_secs() + 3600});
    assert_eq!(Value::Object(claims(&token)), expected);
    assert!(request_token(&key(), url, Duration::MAX).is_ok());
    let stopped = request_token(&key(), url, Duration::ZERO).unwrap_err();
    assert_eq!(stopped.code(), "ClockStopped");
}

#[test]
fn options_that_the_service_would_reject_are_refused() {
    type Change = fn(&mut ClientAccess);
    let changes: [(Change, (&str, bool)); 9] = [
        (|a| a.user_id = Some("..".into()), ("InvalidUserId", false)),
        (|a| a.user_id = Some(" ".into()), ("InvalidUserId", false)),
        (|a| a.user_id = Some("u".repeat(1025)), ("InvalidUserId", true)),
        (
            |a| a.groups = vec!["a".into(), String::new()],
            ("InvalidGroup", false),
        ),
        (
            |a| a.roles = vec!["webpubsub.sendToGroup".into(), " ".into()],
            ("InvalidRole", false),
        ),
        (|a| a.lifetime = Duration::ZERO, ("InvalidExpiration", true)),
        (
            |a| a.lifetime = Duration::from_millis(999),
            ("InvalidExpiration", true),
        ),
        (
            |a| a.lifetime = Duration::from_secs(2_147_483_648),
            ("InvalidExpiration", true),
        ),
        (|a| a.lifetime = Duration::MAX, ("InvalidExpiration", true)),
    ];
    for (change, expected) in changes {
        let mut access = ClientAccess::default();
        change(&mut access);
        assert_eq!(refused(sign(&access, "https://a", "chat")), expected);
    }
}

#[test]
fn debug_output_has_no_key_and_no_token() {
    let token = sign(&ClientAccess::default(), "https://a", "chat").unwrap();
    let shown = format!("{:?} {:#?} {token:?} {token:#?}", key(), key());
    for secret in [KEY, &token.token, token.token.rsplit('.').next().unwrap()] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("wss://a/client/hubs/chat"), "the rest is");
}
