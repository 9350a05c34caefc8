//! The bodies of events, typed, for Rust hosts.
//!
//! In here: what `serde_json` reads them into; a body that does not fit is an [`Answer`] that says so.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Answer, DataType, Event, state};

/// What a client brings along that wants to connect.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Connect {
    /// The claims of its token, each with all of its values.
    #[serde(deserialize_with = "nullable")]
    pub claims: BTreeMap<String, Vec<String>>,
    /// The query of its URL.
    #[serde(deserialize_with = "nullable")]
    pub query: BTreeMap<String, Vec<String>>,
    /// The headers of its request.
    #[serde(deserialize_with = "nullable")]
    pub headers: BTreeMap<String, Vec<String>>,
    /// The subprotocols that it offers.
    #[serde(deserialize_with = "nullable")]
    pub subprotocols: Vec<String>,
    /// The certificates that it showed.
    #[serde(deserialize_with = "nullable")]
    pub client_certificates: Vec<Certificate>,
    /// The CONNECT packet of an MQTT client.
    pub mqtt: Option<MqttConnect>,
}

/// A certificate that a client showed.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Certificate {
    /// Its SHA-1 thumbprint, in hexadecimal.
    pub thumbprint: String,
    /// The certificate, in PEM.
    pub content: Option<String>,
}

/// What a CONNECT packet says.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttConnect {
    /// 4 for MQTT 3.1.1, 5 for MQTT 5.0: what [`Refusal::answer`](super::Refusal::answer) takes.
    pub protocol_version: u8,
    /// Whether the client wants a new session.
    pub clean_start: Option<bool>,
    /// The user name.
    pub username: Option<String>,
    /// The password, in base64. Not printed.
    pub password: Option<String>,
    /// The user properties.
    #[serde(default, deserialize_with = "properties")]
    pub user_properties: Vec<(String, String)>,
}

impl core::fmt::Debug for MqttConnect {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MqttConnect")
            .field("protocol_version", &self.protocol_version)
            .field("clean_start", &self.clean_start)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// How a client left.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Disconnected {
    /// Why, where there is something to say.
    pub reason: Option<String>,
    /// How an MQTT client left.
    pub mqtt: Option<MqttDisconnected>,
}

/// How an MQTT client left.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttDisconnected {
    /// Whether the client ended the connection.
    pub initiated_by_client: bool,
    /// The DISCONNECT packet, of whichever side; none when the connection broke.
    pub disconnect_packet: Option<MqttDisconnect>,
}

/// What a DISCONNECT packet says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttDisconnect {
    /// The reason code of MQTT 5.0; 0 for MQTT 3.1.1.
    pub code: u8,
    /// The user properties.
    #[serde(default, deserialize_with = "properties")]
    pub user_properties: Vec<(String, String)>,
}

/// Which group a connection has joined or left.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct GroupChange {
    /// The name of the group.
    pub group: String,
}

macro_rules! read_from_json {
    ($($name:ident, $what:literal;)*) => {$(
        impl $name {
            /// Reads the body.
            ///
            /// # Errors
            /// The answer, 400, for a body that is something else.
            pub fn read(body: &[u8]) -> Result<Self, Answer> {
                // A list of the members would do for serde.
                let object = body.trim_ascii_start().starts_with(b"{");
                read(if object { body } else { &[] }, $what)
            }
        }
    )*};
}

read_from_json! {
    Connect, "The body is not the JSON object of a connect event.";
    Disconnected, "The body is not the JSON object of a disconnected event.";
    GroupChange, "The body is not the JSON object of a group event: it names no group.";
}

/// What a client sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Text.
    Text(String),
    /// JSON.
    Json(Value),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Data {
    /// Reads the body of a user event.
    ///
    /// # Errors
    /// The answer, 400, for a body that is not what its content type says.
    pub fn read(data_type: DataType, body: Vec<u8>) -> Result<Self, Answer> {
        match data_type {
            DataType::Binary => Ok(Self::Binary(body)),
            DataType::Json => read(&body, "The body of the user event is not JSON.").map(Self::Json),
            DataType::Text => String::from_utf8(body)
                .map(Self::Text)
                .map_err(|_| Answer::text(400, "The body of the user event is not text in UTF-8.")),
        }
    }
}

impl Event<'_> {
    /// The state of the connection; empty when there is none.
    ///
    /// # Errors
    /// The answer, 400, for a state that is not base64 of a JSON object.
    pub fn states(&self) -> Result<Map<String, Value>, Answer> {
        let Some(json) = self.state_json()? else {
            return Ok(Map::new());
        };
        serde_json::from_str(&json).map_err(|_| state::malformed())
    }
}

fn read<T: DeserializeOwned>(body: &[u8], wrong: &'static str) -> Result<T, Answer> {
    serde_json::from_slice(body).map_err(|_| Answer::text(400, wrong))
}

/// The service writes null for what there is none of.
fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(input: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(input).map(Option::unwrap_or_default)
}

fn properties<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<(String, String)>, D::Error> {
    #[derive(Deserialize)]
    struct Property {
        name: String,
        value: String,
    }
    let properties: Vec<Property> = nullable(input)?;
    Ok(properties
        .into_iter()
        .map(|property| (property.name, property.value))
        .collect())
}
