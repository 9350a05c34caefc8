use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::bridge::Values;
use crate::core::events::mqtt;
use crate::core::events::response::{
    FAILED, Refused, ResponseHead, write_acceptance, write_refusal, write_state,
};
use crate::core::given::Parameter;
use crate::names::{is_group, is_id};
use crate::sinks::{text_of, written_text};
use crate::{Input, Target};

pub(crate) const RESPONSE: Target = Target {
    name: "response",
    texts: &[
        "[a-z]{0,8}",
        "\\PC{0,6}|[. ]{0,2}",
        "\\PC{0,6}|[. ]{0,2}",
        "\\PC{0,6}",
        "a|b|\\PC{0,3}",
        "a|b|\\PC{0,3}",
        "\\PC{0,6}|.{0,6}",
        "[0-9]{1,3}",
        "|3|4|5|[0-9]{0,3}",
        "\\PC{0,3}",
        ".{0,6}",
    ],
    check: |input| {
        acceptance(input);
        refusals(input);
        let state = input.text(6);
        let (header, result) = written_text(|sink| write_state(state.as_bytes(), sink));
        assert_eq!(header, BASE64_STANDARD.encode(state));
        assert_eq!(result.is_ok(), header.len() <= 8 * 1024);
    },
};

/// Reads a body with the head that it was written with.
fn read(body: &str, head: ResponseHead) -> Value {
    if body.is_empty() {
        assert_eq!(head, ResponseHead::EMPTY);
        return Value::Null;
    }
    let content_type: &[u8] = b"application/json; charset=utf-8";
    assert_eq!(head.content_type, Some(content_type));
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn acceptance(input: &Input<'_>) {
    // Each letter says that a member is given.
    let has = |letter: char| input.text(0).contains(letter);
    let [user, group, role, offered, chosen] = [1, 2, 3, 4, 5].map(|index| input.text(index));
    let mut values = Values::default();
    let mut expected = json!({});
    for (letter, parameter, value) in [
        ('u', Parameter::UserId, user),
        ('g', Parameter::Groups, group),
        ('r', Parameter::Roles, role),
        ('o', Parameter::OfferedSubprotocols, offered),
        ('s', Parameter::Subprotocol, chosen),
    ] {
        if has(letter) {
            values.push(parameter, value);
        }
    }
    for (letter, parameter) in [
        ('h', Parameter::GroupsGiven),
        ('t', Parameter::RolesGiven),
        ('p', Parameter::UserPropertiesGiven),
    ] {
        if has(letter) {
            values.push(parameter, "");
        }
    }
    let properties: Vec<_> = input.pairs(9).collect();
    for (name, value) in &properties {
        values.push_pair(Parameter::UserProperty, *name, *value);
    }
    let mut body = None;
    let (written, result) = written_text(|sink| write_acceptance(&&values, sink));
    let is_valid = (!has('u') || user.is_empty() || is_id(user))
        && (!has('g') || is_group(group))
        && (!has('s') || has('o') && offered == chosen);
    assert_eq!(result.is_ok(), is_valid, "{written}");
    let Ok(head) = result else { return };
    if written != "{}" {
        body = Some(read(&written, head));
    } else {
        assert_eq!(head, ResponseHead::EMPTY);
    }
    let mut member = |name: &str, is_given: bool, value: Value| {
        if is_given {
            expected[name] = value;
        }
    };
    let list = |letter, value: &str| if has(letter) { json!([value]) } else { json!([]) };
    member("userId", has('u'), user.into());
    member("groups", has('g') || has('h'), list('g', group));
    member("roles", has('r') || has('t'), list('r', role));
    member("subprotocol", has('s'), chosen.into());
    member(
        "mqtt",
        has('p'),
        json!({ "userProperties": objects(&properties) }),
    );
    assert_eq!(body.unwrap_or(json!({})), expected);
}

fn objects(properties: &[(&str, &str)]) -> Vec<Value> {
    properties
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn refusals(input: &Input<'_>) {
    let reason = input.text(6);
    let properties: Vec<_> = input.pairs(9).collect();
    let mut values = Values::default();
    values.push(Parameter::Reason, reason);
    values.push(Parameter::UserPropertiesGiven, "");
    for (name, value) in &properties {
        values.push_pair(Parameter::UserProperty, *name, *value);
    }
    let number = input.number(7);
    let version = u8::try_from(input.number(8)).ok().filter(|_| input.flag(8));
    let status = u16::try_from(number).unwrap_or_default();
    let code = u8::try_from(number).unwrap_or_default();
    for refused in [Refused::Failed, Refused::Status(status), Refused::Mqtt(code)] {
        let (body, result) = written_text(|sink| write_refusal(refused, version, &&values, sink));
        let is_refusal = match refused {
            Refused::Failed => true,
            Refused::Status(status) => (400..600).contains(&status),
            Refused::Mqtt(code) => mqtt::status_of(code, version.unwrap_or_default()).is_some(),
        };
        assert_eq!(result.is_ok(), is_refusal, "{refused:?}");
        let Ok(head) = result else { continue };
        assert!(
            (400..600).contains(&head.status),
            "{} refuses nobody",
            head.status
        );
        let said = if refused == Refused::Failed {
            FAILED
        } else {
            reason
        };
        match (refused, version) {
            (Refused::Failed | Refused::Status(_), None) => assert_eq!(body, said),
            (refused, _) => {
                let body = read(&body, head);
                assert_eq!(body["mqtt"]["reason"], said);
                assert_eq!(body["mqtt"]["userProperties"], json!(objects(&properties)));
                let sent = body["mqtt"]["code"].as_u64();
                assert!(sent.is_some_and(|code| code > 0), "0 is success");
                if let Refused::Mqtt(code) = refused {
                    assert_eq!(sent, Some(code.into()));
                }
            }
        }
    }
    assert_ne!(
        mqtt::code_of(status, version.unwrap_or_default()),
        0,
        "0 is success"
    );
}
