//! Vectors of responses: what is sent for a decision of a handler.

use serde_json::{Value, json};
use webpubsub_edge::Error;
use webpubsub_edge::events::{ConnectResponse, EventResponse, Refusal, Reply, StateChange};

use crate::cases::{base64_decode, error_of, texts};
use crate::events::response_of;

/// The response to an event of whose handler the decision is known; or the error of a decision that is none.
pub(crate) fn observe(case: &Value) -> Value {
    match response(case) {
        Ok(response) => json!({"response": response_of(&response)}),
        Err(error) => json!({"error": error_of(&error)}),
    }
}

fn response(case: &Value) -> Result<EventResponse, Error> {
    let state = match &case["state"] {
        Value::Null => StateChange::Keep,
        Value::Object(members) if members.is_empty() => StateChange::Clear,
        state => StateChange::Replace(state.to_string()),
    };
    let version = case["mqttVersion"]
        .as_u64()
        .map(|version| u8::try_from(version).unwrap());
    let decision = &case["decision"];
    if decision["fails"] == true {
        return Refusal::failed().response(version);
    }
    if decision["refuse"].is_object() {
        return refusal(&decision["refuse"]).response(version);
    }
    if decision["accept"].is_object() {
        let offered = texts(&case["offered"]).unwrap_or_default();
        return acceptance(&decision["accept"], &offered).response(&state);
    }
    reply(&decision["reply"]).response(&state)
}

fn acceptance(accept: &Value, offered: &[String]) -> ConnectResponse {
    let mut response = ConnectResponse::new();
    if let Some(id) = accept["userId"].as_str() {
        response = response.user_id(id);
    }
    if let Some(groups) = texts(&accept["groups"]) {
        response = response.groups(&groups);
    }
    if let Some(roles) = texts(&accept["roles"]) {
        response = response.roles(&roles);
    }
    if let Some(chosen) = accept["subprotocol"].as_str() {
        response = response.subprotocol(chosen, offered);
    }
    if let Some(properties) = properties(accept) {
        response = response.user_properties(&properties);
    }
    response
}

fn refusal(refuse: &Value) -> Refusal {
    let number = |name: &str| refuse[name].as_u64();
    let mut refusal = match number("mqttCode") {
        Some(code) => Refusal::mqtt(u8::try_from(code).unwrap()),
        None => Refusal::status(u16::try_from(number("status").unwrap()).unwrap()),
    };
    if let Some(reason) = refuse["reason"].as_str() {
        refusal = refusal.detail(reason);
    }
    if let Some(properties) = properties(refuse) {
        refusal = refusal.user_properties(&properties);
    }
    refusal
}

fn properties(value: &Value) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let properties = value["userProperties"].as_array()?;
    Some(
        properties
            .iter()
            .map(|property| (text(&property["name"]), text(&property["value"])))
            .collect(),
    )
}

fn reply(reply: &Value) -> Reply {
    if let Some(text) = reply["text"].as_str() {
        Reply::Text(text.into())
    } else if let Some(base64) = reply["base64"].as_str() {
        Reply::Binary(base64_decode(base64))
    } else if let Some(json) = reply.get("json") {
        Reply::Json(json.to_string())
    } else {
        Reply::Nothing
    }
}
