//! The bodies of events, typed.
//!
//! In here: what `serde_json` parses them into, member by member. Members that are missing or null have their default.
//! Not in here: the texts of refusals (`core/events/refusal.rs`).

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    event::{DataType, Event},
    response::EventResponse,
    state::malformed_state,
};
use crate::{core::events::refusal::RefusalCause, json::Object};

/// The body of a connect event.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Connect {
    /// The claims of the client's token, each with all of its values.
    pub claims: BTreeMap<String, Vec<String>>,
    /// The query of the client's URL.
    pub query: BTreeMap<String, Vec<String>>,
    /// The headers of the client's request.
    pub headers: BTreeMap<String, Vec<String>>,
    /// The subprotocols that the client offers.
    pub subprotocols: Vec<String>,
    /// The client's certificates.
    pub client_certificates: Vec<Certificate>,
    /// The CONNECT packet of an MQTT client.
    pub mqtt: Option<MqttConnect>,
}

impl Connect {
    /// Parses the body.
    ///
    /// # Errors
    /// The response, 400, for a body that is not the JSON object of a connect event.
    pub fn read(body: &[u8]) -> Result<Self, EventResponse> {
        let mut members = Members::read("connect", body)?;
        let certificates: Vec<Object<Certificate>> = members.take("clientCertificates")?;
        let mqtt: Option<Object<MqttConnect>> = members.take("mqtt")?;
        Ok(Self {
            claims: members.take("claims")?,
            query: members.take("query")?,
            headers: members.take("headers")?,
            subprotocols: members.take("subprotocols")?,
            client_certificates: certificates.into_iter().map(|Object(it)| it).collect(),
            mqtt: mqtt.map(|Object(it)| it),
        })
    }
}

/// A certificate of a client.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Certificate {
    /// Its SHA-1 thumbprint, in hexadecimal.
    pub thumbprint: Option<String>,
    /// The certificate, in PEM.
    pub content: Option<String>,
}

/// The CONNECT packet of an MQTT client.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct MqttConnect {
    /// 4 for MQTT 3.1.1, 5 for MQTT 5.0: the argument of [`Refusal::response`](super::Refusal::response).
    pub protocol_version: Option<u8>,
    /// Whether the client wants a new session.
    pub clean_start: Option<bool>,
    /// The user name.
    pub username: Option<String>,
    /// The password, in base64. Not printed.
    pub password: Option<String>,
    /// The user properties.
    #[serde(deserialize_with = "properties")]
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

/// The body of a disconnected event.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Disconnected {
    /// The reason, if there is one.
    pub reason: Option<String>,
    /// How an MQTT client disconnected.
    pub mqtt: Option<MqttDisconnected>,
}

impl Disconnected {
    /// Parses the body. An empty one has no members.
    ///
    /// # Errors
    /// The response, 400, for a body that is not the JSON object of a disconnected event.
    pub fn read(body: &[u8]) -> Result<Self, EventResponse> {
        let mut members = Members::read_or_empty("disconnected", body)?;
        let mqtt: Option<Object<MqttDisconnected>> = members.take("mqtt")?;
        Ok(Self {
            reason: members.take("reason")?,
            mqtt: mqtt.map(|Object(it)| it),
        })
    }
}

/// How an MQTT client disconnected.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct MqttDisconnected {
    /// Whether the client ended the connection.
    pub initiated_by_client: Option<bool>,
    /// The DISCONNECT packet, of either side; none if the connection was lost.
    #[serde(deserialize_with = "object")]
    pub disconnect_packet: Option<MqttDisconnect>,
}

/// A DISCONNECT packet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct MqttDisconnect {
    /// The reason code of MQTT 5.0; 0 for MQTT 3.1.1.
    pub code: Option<u8>,
    /// The user properties.
    #[serde(deserialize_with = "properties")]
    pub user_properties: Vec<(String, String)>,
}

/// The body of a group event: which group a connection has joined or left.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GroupChange {
    /// The name of the group.
    pub group: String,
}

impl GroupChange {
    /// Parses the body of the event of this name.
    ///
    /// # Errors
    /// The response, 400, for a body that is not the JSON object of a group event.
    pub fn read(event_name: &str, body: &[u8]) -> Result<Self, EventResponse> {
        let group: Option<String> = Members::read_or_empty(event_name, body)?.take("group")?;
        let group = group.ok_or_else(|| EventResponse::refuse(RefusalCause::BodyNoGroup, event_name, ""))?;
        Ok(Self { group })
    }
}

/// The data of a user event.
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
    /// The response, 400, for a body that is not of this type.
    pub fn read(data_type: DataType, body: Vec<u8>) -> Result<Self, EventResponse> {
        if data_type == DataType::Binary {
            return Ok(Self::Binary(body));
        }
        let text =
            String::from_utf8(body).map_err(|_| EventResponse::refuse(RefusalCause::BodyNotText, "", ""))?;
        if data_type == DataType::Text {
            return Ok(Self::Text(text));
        }
        let json = serde_json::from_str(without_mark(&text));
        json.map(Self::Json)
            .map_err(|_| EventResponse::refuse(RefusalCause::BodyNotJson, "", ""))
    }
}

impl Event<'_> {
    /// The state of the connection; an empty map if none was stored.
    ///
    /// # Errors
    /// The response, 400, for a state that is not base64 of a JSON object.
    pub fn states(&self) -> Result<Map<String, Value>, EventResponse> {
        let Some(json) = self.state_json()? else {
            return Ok(Map::new());
        };
        serde_json::from_str(without_mark(&json)).map_err(|_| malformed_state())
    }
}

/// The members of a body.
struct Members<'a> {
    event_name: &'a str,
    members: Map<String, Value>,
}

impl<'a> Members<'a> {
    fn read(event_name: &'a str, body: &[u8]) -> Result<Self, EventResponse> {
        let text = core::str::from_utf8(body).unwrap_or_default();
        let members = serde_json::from_str(without_mark(text));
        let members =
            members.map_err(|_| EventResponse::refuse(RefusalCause::BodyNotObject, event_name, ""))?;
        Ok(Self { event_name, members })
    }

    /// The same, where an empty body has no members.
    fn read_or_empty(event_name: &'a str, body: &[u8]) -> Result<Self, EventResponse> {
        Self::read(event_name, if body.is_empty() { b"{}" } else { body })
    }

    /// Takes a member; the service writes null for absent ones.
    fn take<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T, EventResponse> {
        let value = self.members.remove(name).unwrap_or_default();
        let member: Result<Option<T>, _> = serde_json::from_value(value);
        let member =
            member.map_err(|_| EventResponse::refuse(RefusalCause::BodyMember, self.event_name, name))?;
        Ok(member.unwrap_or_default())
    }
}

/// JSON text without the byte order mark in front of it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn properties<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<(String, String)>, D::Error> {
    #[derive(Deserialize)]
    struct Property {
        name: String,
        value: String,
    }
    let properties: Option<Vec<Object<Property>>> = Deserialize::deserialize(input)?;
    let properties = properties.unwrap_or_default().into_iter();
    Ok(properties.map(|Object(it)| (it.name, it.value)).collect())
}

fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(input: D) -> Result<Option<T>, D::Error> {
    let object: Option<Object<T>> = Deserialize::deserialize(input)?;
    Ok(object.map(|Object(it)| it))
}
