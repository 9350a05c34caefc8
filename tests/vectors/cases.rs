//! The cases of a vector: its input and its expected output, as README.md describes them.

use base64::Engine as _;
use serde_json::{Map, Value, json};
use webpubsub_edge::{Error, error::InvalidInput};

/// Runs every case that is for Rust; fails with all whose output is not the expected one.
pub(crate) async fn check(vectors: &str, observe: impl AsyncFn(Value) -> Value) {
    let vectors: Vec<Value> = serde_json::from_str(vectors).unwrap();
    let mut failures = Vec::new();
    for vector in vectors {
        let name = vector["name"].as_str().unwrap().to_owned();
        for mut case in cases(vector) {
            let expected = case.as_object_mut().unwrap().remove("expected");
            let output = observe(case.clone()).await;
            if Some(&output) != expected.as_ref() {
                let expected = expected.unwrap_or_default();
                failures.push(format!(
                    "{name}\n  expected {expected}\n  got      {output}\n  for      {case}"
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} cases failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn cases(mut vector: Value) -> impl Iterator<Item = Value> {
    let members = vector.as_object_mut().unwrap();
    members.remove("name");
    let cases = match members.remove("cases") {
        Some(Value::Array(cases)) => cases,
        _ => vec![json!({})],
    };
    let merged = move |own| write_out(merge(vector.clone(), own));
    cases
        .into_iter()
        .map(merged)
        .filter(|case| case.get("only").is_none_or(|only| only == "rust"))
}

/// What all cases share, with the members of one: objects merge at any depth, other values are replaced.
fn merge(shared: Value, own: Value) -> Value {
    match (shared, own) {
        (Value::Object(mut all), Value::Object(own)) => {
            for (name, value) in own {
                let shared = all.remove(&name).unwrap_or_default();
                all.insert(name, merge(shared, value));
            }
            Value::Object(all)
        }
        (_, own) => own,
    }
}

/// A value with every `{ first, repeat, times, then }` in it written out.
fn write_out(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(write_out).collect(),
        Value::Object(members) if members.contains_key("repeat") => {
            let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
            let times = members["times"].as_u64().unwrap() as usize;
            (text("first").to_owned() + &text("repeat").repeat(times) + text("then")).into()
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, write_out(value)))
            .collect(),
        other => other,
    }
}

/// An object without the members that are null, or are empty lists or objects.
pub(crate) fn without_empty(value: Value) -> Value {
    let Value::Object(members) = value else {
        return value;
    };
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    members
        .into_iter()
        .filter(|(_, value)| !is_empty(value))
        .collect()
}

/// An error as vectors have it.
pub(crate) fn error_of(error: &Error) -> Value {
    let mut members = Map::new();
    members.insert("kind".into(), format!("{:?}", error.kind()).into());
    members.insert("code".into(), error.code().into());
    members.insert("message".into(), error.to_string().into());
    if let Some(status) = error.status() {
        members.insert("status".into(), status.into());
    }
    if let Error::InvalidInput(input) = error
        && InvalidInput::is_out_of_range(input)
    {
        members.insert("outOfRange".into(), true.into());
    }
    members.into()
}

/// A list of texts; nothing without one.
pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?;
    Some(
        items
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect(),
    )
}

/// The members of an object as pairs of texts.
pub(crate) fn pairs(value: &Value) -> Vec<(String, String)> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect()
}

/// The bytes of a text, or of base64 in an object.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone().into_bytes(),
        other => base64_decode(other["base64"].as_str().unwrap()),
    }
}

const BASE64: base64::engine::GeneralPurpose = base64::engine::general_purpose::STANDARD;

/// Decodes base64.
pub(crate) fn base64_decode(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap()
}

/// Encodes as base64.
pub(crate) fn base64_encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Decodes base64url, as tokens have it.
pub(crate) fn base64url_decode(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .unwrap()
}
