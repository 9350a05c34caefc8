use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use url::Url;

use crate::bridge::Values;
use crate::core::access_key::AccessKey;
use crate::core::endpoint::Base;
use crate::core::error::Fault;
use crate::core::given::Parameter;
use crate::core::token::{ClientAccess, ClientProtocol, write_request_token};
use crate::names::{is_group, is_hub, is_id};
use crate::sinks::{written, written_text};
use crate::{Input, Target};

pub(crate) const TOKEN: Target = Target {
    name: "token",
    texts: &[
        "\\PC{0,20}[a-z]\\PC{0,80}",
        "https://\\PC{0,40}",
        "1[0-9]{9}|1[0-9]{9}|[0-9]{1,10}",
        "[a-zA-Z][a-zA-Z0-9_`,.\\[\\]]{0,6}",
        "[a-z]{0,8}|\\PC{0,20}|.{0,20}",
        "[^\\s].{0,20}|",
        "[^\\s.].{0,20}",
        "[0-9]{1,8}|[0-9]{1,10}",
        "default|default|Mqtt|SOCKETIO|[a-z]{0,2}",
        "\\PC{0,6}|alg|typ",
        "\\PC{0,6}",
        "|[0-9]{1,3}",
    ],
    check: |input| {
        let Ok(key) = AccessKey::new(input.text(0).as_bytes()) else {
            assert!(input.text(0).trim().is_empty(), "the key is refused");
            return;
        };
        request_token(key, input.text(1), input.number(2));
        if is_hub(input.text(3)) {
            client_access(key, input);
        }
    },
};

/// A clock that stands before some time in 2001 does not run.
const EARLIEST: u32 = 1_000_000_000;

fn request_token(key: AccessKey<'_>, url: &str, now: u32) {
    let (output, result) = written_text(|sink| {
        sink.text(url.as_bytes());
        write_request_token(key, 0, url.len(), now, sink)
    });
    assert_eq!(result.is_ok(), now >= EARLIEST);
    if result.is_err() {
        return;
    }
    let token = output
        .strip_prefix(url)
        .unwrap_or_else(|| panic!("the URL is overwritten: {output}"));
    let (header, claims) = read_jwt(key.expose(), token);
    assert_eq!(header, json!({ "alg": "HS256", "typ": "JWT" }));
    assert_eq!(
        claims,
        json!({ "aud": url, "iat": now, "exp": now.saturating_add(3600) })
    );
}

fn client_access(key: AccessKey<'_>, input: &Input<'_>) {
    let now = input.number(2);
    let [hub, user, role, group, lifetime, protocol, name, member] =
        [3, 4, 5, 6, 7, 8, 9, 10].map(|index| input.text(index));
    let mut values = Values::default();
    values.push(Parameter::UserId, user);
    let roles = vec![role; 1 + input.number(11).min(999) as usize];
    values.set(Parameter::Roles, roles.clone());
    values.push(Parameter::Groups, group);
    values.push(Parameter::LifetimeSeconds, lifetime);
    values.push(Parameter::ClientProtocol, protocol);
    values.push_pair(Parameter::JwtHeader, name, json!(member).to_string());
    let given = &values;
    let (endpoint, clients) = ("https://a.example", "https://p.example:8443/edge");
    let (fields, result) = written_text(|sink| {
        let access = ClientAccess::new(&given)?;
        access.write(
            key,
            Base(endpoint.as_bytes()),
            Base(clients.as_bytes()),
            hub.as_bytes(),
            now,
            sink,
        )?;
        Ok((access.protocol(), access.minutes()))
    });
    let seconds = lifetime
        .parse()
        .ok()
        .filter(|seconds: &u32| (1..=i32::MAX as u32).contains(seconds));
    let is_digits = lifetime.bytes().all(|byte| byte.is_ascii_digit());
    let is_valid = (user.is_empty() || is_id(user)) && !role.trim().is_empty() && is_group(group);
    let parsed = ClientProtocol::parse(Some(protocol.as_bytes()));
    let expected = match (is_valid && is_digits, seconds, parsed) {
        (true, Some(seconds), Ok(protocol)) if now >= EARLIEST => Some((seconds, protocol)),
        _ => None,
    };
    let (protocol, minutes) = match result {
        Ok(done) => done,
        Err(Fault::TokenTooLarge) => {
            let length = json!([roles, user, group, member]).to_string().len();
            return assert!(length > 2 * 1024, "{length} bytes are too many");
        }
        Err(fault) => return assert!(expected.is_none(), "refused: {}", fault.code()),
    };
    let (seconds, _) = expected.unwrap_or_else(|| panic!("it is accepted: {fields}"));
    assert_eq!(minutes, (seconds / 60).max(1));
    let [token, base_url, url] = fields.split('\0').collect::<Vec<_>>()[..] else {
        panic!("there are not three fields: {fields}")
    };
    let kind = match protocol {
        ClientProtocol::Default => "client",
        ClientProtocol::Mqtt => "clients/mqtt",
        ClientProtocol::SocketIo => "clients/socketio",
    };
    let parsed = Url::parse(base_url).unwrap_or_else(|error| panic!("{base_url}: {error}"));
    assert_eq!(parsed.as_str(), base_url, "URL parsers rewrite it");
    let path = parsed
        .path()
        .strip_prefix(&format!("/edge/{kind}/hubs/"))
        .unwrap_or_else(|| panic!("{base_url}"));
    assert_eq!(
        percent_encoding::percent_decode_str(path).decode_utf8_lossy(),
        hub
    );
    assert_eq!(
        (parsed.scheme(), parsed.host_str(), parsed.port()),
        ("wss", Some("p.example"), Some(8443))
    );
    assert_eq!(url, format!("{base_url}?access_token={token}"));
    assert!(url.len() <= 12 * 1024, "the service rejects it");
    let (header, claims) = read_jwt(key.expose(), token);
    let mut members = json!({ "alg": "HS256", "typ": "JWT" });
    if name != "alg" && name != "typ" {
        members[name] = member.into();
    }
    assert_eq!(header, members);
    let aud = format!("{endpoint}/{kind}/hubs/{path}");
    let mut expected = json!({
        "aud": aud,
        "iat": now,
        "exp": now.saturating_add(seconds),
        "role": roles,
        "webpubsub.group": [group],
    });
    if !user.is_empty() {
        expected["sub"] = user.into();
    }
    assert_eq!(claims, expected);
}

/// Header and claims of a compact JWT that a key signed with HS256; panics for any other.
fn read_jwt(key: &[u8], token: &str) -> (Value, Value) {
    let decode = |part: &str| {
        BASE64_URL_SAFE_NO_PAD
            .decode(part)
            .unwrap_or_else(|error| panic!("{part}: {error}"))
    };
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("it has not three parts: {token}")
    };
    assert_eq!(
        decode(signature),
        hmac_of(key, format!("{header}.{claims}").as_bytes()),
        "the signature is wrong"
    );
    let json = |part| serde_json::from_slice(&decode(part)).unwrap_or_else(|error| panic!("{part}: {error}"));
    (json(header), json(claims))
}

/// HMAC-SHA256.
pub(crate) fn hmac_of(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize());
    mac.map(|mac| mac.into_bytes().to_vec()).unwrap_or_default()
}
