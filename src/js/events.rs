//! The webhook handler: the head of a request in as text, what it comes to out as text.
//!
//! In here: what decides. Bodies, contexts and answers are made of the host's own values by `pkg/lib/`.

#![expect(unreachable_pub, reason = "exports are public to JavaScript")]

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use wasm_bindgen::prelude::*;

use super::errors::thrown;
use crate::{
    access_key::AccessKey,
    error::Result,
    events::{Answer, Builder, DataType, Handler, Head, Kind, Verdict, mqtt},
    json::decimal,
    names::UserId,
};

type JsResult<T> = core::result::Result<T, JsValue>;

/// The handler of the events of one hub.
#[wasm_bindgen]
pub struct EventCore(Handler);

#[wasm_bindgen]
impl EventCore {
    /// A handler. `keys` are the access keys of now, which are read anew for each event; `asks` says that they
    /// are there to be asked for.
    #[wasm_bindgen(constructor)]
    pub fn new(
        hub: String,
        path: Option<String>,
        allowed_endpoints: Option<Vec<String>>,
        connection_string: Option<String>,
        keys: Vec<String>,
        asks: bool,
        skips_verification: bool,
    ) -> JsResult<EventCore> {
        let builder = Builder {
            hub,
            path,
            allowed_endpoints,
            connection_string,
            keys_per_event: asks || !keys.is_empty(),
            skips_verification,
            ..Builder::default()
        };
        access_keys(keys)
            .and_then(|_| builder.build())
            .map(Self)
            .map_err(thrown)
    }

    /// The path that it listens at.
    #[wasm_bindgen(getter)]
    pub fn path(&self) -> String {
        self.0.path().to_owned()
    }

    /// Judges a request: nothing if it is not for this handler; `?` if it takes keys to tell; the name of a
    /// handler, for user events with the type of the data behind; or a status with the words behind it, 200
    /// with the origin that may send events.
    ///
    /// `headers` holds a line for each, `name:value`; no header has a line break.
    pub fn receive(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        keys: Option<Vec<String>>,
    ) -> JsResult<Option<String>> {
        let keys = keys.map(access_keys).transpose().map_err(thrown)?;
        let lines = headers.split('\n').filter_map(|line| line.split_once(':'));
        let head = Head::of_texts(method, path, lines.map(|(name, value)| (name, Some(value))));
        Ok(Some(match self.0.judge(&head, keys.as_deref()) {
            Verdict::NotMine => return Ok(None),
            Verdict::NeedsKeys => "?".to_owned(),
            Verdict::Answer(answer) => words(&answer),
            Verdict::Event(kind) => handler(kind).to_owned(),
        }))
    }
}

fn access_keys(keys: Vec<String>) -> Result<Vec<AccessKey>> {
    let mut read = Vec::new();
    for key in keys {
        read.push(AccessKey::new(key)?);
    }
    Ok(read)
}

fn words(answer: &Answer) -> String {
    let mut words = String::new();
    decimal(answer.status().into(), &mut words);
    let body = core::str::from_utf8(answer.body()).unwrap_or_default();
    words.push_str(answer.header_value().unwrap_or(body));
    words
}

fn handler(kind: Kind) -> &'static str {
    match kind {
        Kind::Connect => "handleConnect",
        Kind::Connected => "onConnected",
        Kind::Disconnected => "onDisconnected",
        Kind::GroupJoined => "onGroupJoined",
        Kind::GroupLeft => "onGroupLeft",
        Kind::User(DataType::Text) => "handleUserEvent text",
        Kind::User(DataType::Json) => "handleUserEvent json",
        Kind::User(DataType::Binary) => "handleUserEvent binary",
    }
}

/// The HTTP status for a code of a CONNACK packet.
#[wasm_bindgen(js_name = mqttStatusOf)]
pub fn mqtt_status_of(code: u8) -> u16 {
    mqtt::status_of(code)
}

/// The code of a CONNACK packet for an HTTP status, in a version of MQTT.
#[wasm_bindgen(js_name = mqttCodeOf)]
pub fn mqtt_code_of(status: u16, version: u8) -> u8 {
    mqtt::code_of(status, version)
}

/// Refuses what cannot be the id of a user.
#[wasm_bindgen(js_name = checkUserId)]
pub fn check_user_id(id: &str) -> JsResult<()> {
    UserId::new(id).map(drop).map_err(thrown)
}
