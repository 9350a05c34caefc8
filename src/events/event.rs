//! Events: which kinds there are, and what the head of a request says of one.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    Answer, Head,
    head::{METADATA, MQTT},
    origins::ORIGIN,
    state,
};

/// An event of the service, verified. Its body is yet to be read.
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// Which connection it is about.
    pub context: Context,
    /// The media type of the body, in lower case and without parameters.
    pub content_type: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A client wants to connect. The service waits for the answer.
    Connect,
    /// A client has connected.
    Connected,
    /// A client has disconnected, or was accepted and never came.
    Disconnected,
    /// A connection has joined a group.
    GroupJoined,
    /// A connection has left a group.
    GroupLeft,
    /// A client has sent something to the server. The service waits for the answer.
    User(DataType),
}

/// What a client sent, or gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// Text, in UTF-8.
    Text,
    /// JSON.
    Json,
    /// Bytes; among them a protobuf `Any`, told by the content type `application/x-protobuf`.
    Binary,
}

impl DataType {
    fn of(content_type: Option<&str>) -> Self {
        match content_type {
            Some("text/plain") => Self::Text,
            Some("application/json") => Self::Json,
            // An MQTT client may name any media type.
            _ => Self::Binary,
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Binary => "application/octet-stream",
        }
    }
}

const PREFIX: &str = "azure.webpubsub.";

impl Kind {
    /// Whether the service waits for the answer.
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::Connect | Self::User(_))
    }

    /// The kind that a `ce-type` names; nothing for one that is not known.
    fn of(name: &str, content_type: Option<&str>) -> Option<Self> {
        match name {
            "sys.connect" => Some(Self::Connect),
            "sys.connected" => Some(Self::Connected),
            "sys.disconnected" => Some(Self::Disconnected),
            "gp.joined" => Some(Self::GroupJoined),
            "gp.left" => Some(Self::GroupLeft),
            name => name
                .strip_prefix("user.")
                .map(|_| Self::User(DataType::of(content_type))),
        }
    }
}

/// Which connection an event is about, and which event it is.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Context {
    /// The hub, as the service writes it.
    pub hub: String,
    /// The connection. For MQTT it is the client id, which the client chose itself.
    pub connection_id: String,
    /// The user; none for an anonymous connection.
    pub user_id: Option<String>,
    /// `connect`, `connected`, `disconnected`, `joined`, `left`, or the name of the user event.
    pub event_name: String,
    /// What `WebHook-Request-Origin` says: the host of the service, or several, joined by commas.
    pub origin: String,
    /// What `ce-signature` says; empty when there is none and signatures are not verified.
    pub signature: String,
    /// The subprotocol of the connection.
    pub subprotocol: Option<String>,
    /// The state of the connection, as JSON: see `Context::states`.
    pub state: Option<String>,
    /// The number of the event on its connection, from `ce-id`.
    pub id: Option<String>,
    /// When it happened, from `ce-time`: `2026-01-31T12:00:00Z`.
    pub time: Option<String>,
    /// Where it happened, from `ce-source`: `/hubs/{hub}/client/{connectionId}`.
    pub source: Option<String>,
    /// What the client sent along, from `X-WebPubSub-Metadata-*`; names in lower case.
    pub metadata: Vec<(String, String)>,
    /// What only MQTT connections have.
    pub mqtt: Option<MqttContext>,
}

/// Shows neither the signature, which could be used again, nor the state.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("hub", &self.hub)
            .field("connection_id", &self.connection_id)
            .field("user_id", &self.user_id)
            .field("event_name", &self.event_name)
            .field("origin", &self.origin)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What only MQTT connections have.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct MqttContext {
    /// The network connection.
    pub physical_connection_id: String,
    /// The session; none on connect.
    pub session_id: Option<String>,
    /// The user properties of the message behind a user event, from `mqtt-*`; names in lower case.
    pub user_properties: Vec<(String, String)>,
}

/// An event by its head, of a kind that may not be known. Not verified.
pub(super) struct Claimed {
    pub(super) kind: Option<Kind>,
    pub(super) context: Context,
    content_type: Option<String>,
}

/// What `ce-type` says without its prefix, when the request claims to be an event of the service.
pub(super) fn claimed_type<'a>(head: &'a Head<'_>) -> Result<Option<&'a str>, Answer> {
    const VERSION: &str = "ce-awpsversion";
    let versioned = head.has(VERSION);
    let Some(name) = head.one("ce-type")? else {
        return if versioned {
            head.required("ce-type").map(Some)
        } else {
            Ok(None)
        };
    };
    let Some(name) = name.strip_prefix(PREFIX) else {
        return Ok(None);
    };
    let version = head.required(VERSION)?;
    if version != "1" && !version.starts_with("1.") {
        return Err(Answer::text(
            400,
            "The header ce-awpsversion names a version that is not known here: 1.0 is.",
        ));
    }
    Ok(Some(name))
}

impl Claimed {
    /// Reads the head of an event whose type and hub are known already.
    pub(super) fn read(head: &Head<'_>, name: &str, hub: &str) -> Result<Self, Answer> {
        let media_type = head
            .one("content-type")?
            .and_then(|value| value.split(';').next());
        let content_type = media_type.map(|media_type| media_type.trim().to_ascii_lowercase());
        let subprotocol = head.owned("ce-subprotocol")?;
        let context = Context {
            hub: hub.into(),
            connection_id: head.required("ce-connectionId")?.into(),
            user_id: head.owned("ce-userId")?,
            event_name: match head.one("ce-eventName")? {
                Some(name) => name.into(),
                None => name
                    .split_once('.')
                    .map(|(_, name)| name.into())
                    .unwrap_or_default(),
            },
            origin: head.all(ORIGIN)?.join(", "),
            signature: head.all("ce-signature")?.join(","),
            state: head.one(state::HEADER)?.map(state::decode).transpose()?,
            id: head.owned("ce-id")?,
            time: head.owned("ce-time")?,
            source: head.owned("ce-source")?,
            metadata: head.below(METADATA),
            mqtt: match head.owned("ce-physicalConnectionId")? {
                Some(physical_connection_id) if subprotocol.as_deref().is_none_or(is_mqtt) => {
                    Some(MqttContext {
                        physical_connection_id,
                        session_id: head.owned("ce-sessionId")?,
                        user_properties: head.below(MQTT),
                    })
                }
                _ => None,
            },
            subprotocol,
        };
        Ok(Self {
            kind: Kind::of(name, content_type.as_deref()),
            context,
            content_type,
        })
    }

    /// The event, once it is verified; nothing for a kind that is not known.
    pub(super) fn verified(self) -> Option<Event> {
        self.kind.map(|kind| Event {
            kind,
            context: self.context,
            content_type: self.content_type,
        })
    }
}

fn is_mqtt(subprotocol: &str) -> bool {
    subprotocol.to_ascii_lowercase().contains("mqtt")
}
