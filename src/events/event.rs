//! Events: which kinds there are, and what the head of a request says of one.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use super::{
    Answer, Head,
    answer::fault,
    origins::ORIGIN,
    signature::SIGNATURE,
    state::{self, STATE},
};

/// An event of the service, verified. Its body is yet to be read.
#[derive(Clone)]
pub struct Event<'a> {
    kind: Kind,
    head: Head<'a>,
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
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Binary => "application/octet-stream",
        }
    }
}

impl Kind {
    /// Whether the service waits for the answer.
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::Connect | Self::User(_))
    }
}

const VERSION: &str = "ce-awpsversion";
const TYPE: &str = "ce-type";
const HUB: &str = "ce-hub";
const CONNECTION_ID: &str = "ce-connectionId";
const EVENT_NAME: &str = "ce-eventName";
const USER_ID: &str = "ce-userId";
const SUBPROTOCOL: &str = "ce-subprotocol";
const ID: &str = "ce-id";
const TIME: &str = "ce-time";
const SOURCE: &str = "ce-source";
const PHYSICAL_CONNECTION_ID: &str = "ce-physicalConnectionId";
const SESSION_ID: &str = "ce-sessionId";
const CONTENT_TYPE: &str = "Content-Type";

const PREFIX: &str = "azure.webpubsub.";

/// The type of an event, without its prefix, of a request that claims to be one of the service.
pub(super) fn claimed_type<'a>(head: &Head<'a>) -> Result<Option<&'a str>, Box<Answer>> {
    if head.get(TYPE).is_none() && head.get(VERSION).is_none() {
        return Ok(None);
    }
    let Some(name) = head.required(TYPE)?.strip_prefix(PREFIX) else {
        return Ok(None);
    };
    if !head.required(VERSION)?.starts_with('1') {
        return Err(Box::new(fault(
            400,
            VERSION,
            " names a version that is not known here: 1.0 is.",
        )));
    }
    Ok(Some(name))
}

/// Whether a request is, or claims to be, the service asking whether it may send events.
pub(super) fn is_handshake(head: &Head<'_>) -> bool {
    head.get(ORIGIN).is_some() || head.get(VERSION).is_some()
}

pub(super) fn hub<'a>(head: &Head<'a>) -> Result<&'a str, Box<Answer>> {
    head.required(HUB)
}

/// Checks that every header which is read later came once at most, and gives the connection id.
pub(super) fn checked_connection<'a>(head: &Head<'a>) -> Result<&'a str, Box<Answer>> {
    const ONCE: [&str; 10] = [
        EVENT_NAME,
        USER_ID,
        SUBPROTOCOL,
        ID,
        TIME,
        SOURCE,
        STATE,
        PHYSICAL_CONNECTION_ID,
        SESSION_ID,
        CONTENT_TYPE,
    ];
    for name in ONCE {
        head.one(name)?;
    }
    head.required(CONNECTION_ID)
}

/// What the type of an event says, and for user events its content type; nothing for a type that is not known.
pub(super) fn kind_of(name: &str, head: &Head<'_>) -> Option<Kind> {
    Some(match name {
        "sys.connect" => Kind::Connect,
        "sys.connected" => Kind::Connected,
        "sys.disconnected" => Kind::Disconnected,
        "gp.joined" => Kind::GroupJoined,
        "gp.left" => Kind::GroupLeft,
        name if name.starts_with("user.") => Kind::User(data_type(head)),
        _ => return None,
    })
}

impl<'a> Event<'a> {
    pub(super) fn new(kind: Kind, head: Head<'a>) -> Self {
        Self { kind, head }
    }

    /// What happened.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hub, as the service writes it.
    pub fn hub(&self) -> &'a str {
        self.text(HUB)
    }

    /// The connection. For MQTT it is the client id, which the client chose itself.
    pub fn connection_id(&self) -> &'a str {
        self.text(CONNECTION_ID)
    }

    /// `connect`, `connected`, `disconnected`, `joined`, `left`, or the name of the user event.
    pub fn event_name(&self) -> &'a str {
        let by_type = || self.text(TYPE).splitn(4, '.').last();
        self.head.get(EVENT_NAME).or_else(by_type).unwrap_or_default()
    }

    /// The user; none for an anonymous connection.
    pub fn user_id(&self) -> Option<&'a str> {
        self.head.get(USER_ID)
    }

    /// What `WebHook-Request-Origin` says: the host of the service, or several, joined by commas.
    pub fn origin(&self) -> String {
        self.joined(ORIGIN)
    }

    /// What `ce-signature` says.
    pub fn signature(&self) -> String {
        self.joined(SIGNATURE)
    }

    /// The subprotocol of the connection.
    pub fn subprotocol(&self) -> Option<&'a str> {
        self.head.get(SUBPROTOCOL)
    }

    /// The number of the event on its connection, from `ce-id`.
    pub fn id(&self) -> Option<&'a str> {
        self.head.get(ID)
    }

    /// When it happened, from `ce-time`: `2026-01-31T12:00:00Z`.
    pub fn time(&self) -> Option<&'a str> {
        self.head.get(TIME)
    }

    /// Where it happened, from `ce-source`: `/hubs/{hub}/client/{connectionId}`.
    pub fn source(&self) -> Option<&'a str> {
        self.head.get(SOURCE)
    }

    /// The state of the connection as it travels: base64, by convention of a JSON object.
    pub fn state(&self) -> Option<&'a str> {
        self.head.get(STATE)
    }

    /// The state of the connection: the text of a JSON object.
    ///
    /// # Errors
    /// The answer, 400, for a state that is not base64 of text.
    pub fn state_json(&self) -> Result<Option<String>, Answer> {
        self.state().map(state::decode).transpose()
    }

    /// The media type of the body, without parameters.
    pub fn content_type(&self) -> Option<&'a str> {
        media_type(&self.head)
    }

    /// What the client sent along, from `X-WebPubSub-Metadata-*`: names, in whatever case they came, and values.
    pub fn metadata(&self) -> Vec<(&'a str, &'a str)> {
        self.head.below("x-webpubsub-metadata-").collect()
    }

    /// The network connection of an MQTT client; none for other clients.
    pub fn physical_connection_id(&self) -> Option<&'a str> {
        let is_mqtt = self
            .subprotocol()
            .is_none_or(|name| name.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("mqtt")));
        self.head.get(PHYSICAL_CONNECTION_ID).filter(|_| is_mqtt)
    }

    /// The session of an MQTT client; none on connect.
    pub fn session_id(&self) -> Option<&'a str> {
        self.head.get(SESSION_ID)
    }

    /// The user properties of the MQTT message behind a user event, from `mqtt-*`.
    pub fn user_properties(&self) -> Vec<(&'a str, &'a str)> {
        self.head.below("mqtt-").collect()
    }

    fn text(&self, name: &'static str) -> &'a str {
        self.head.get(name).unwrap_or_default()
    }

    fn joined(&self, name: &'static str) -> String {
        let mut joined = String::new();
        for value in self.head.all(name) {
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(value);
        }
        joined
    }
}

/// Shows neither the signature, which could be used again, nor the state.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("hub", &self.hub())
            .field("connection_id", &self.connection_id())
            .field("event_name", &self.event_name())
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

fn media_type<'a>(head: &Head<'a>) -> Option<&'a str> {
    head.get(CONTENT_TYPE)?.split(';').next().map(str::trim)
}

fn data_type(head: &Head<'_>) -> DataType {
    match media_type(head) {
        Some(name) if name.eq_ignore_ascii_case("text/plain") => DataType::Text,
        Some(name) if name.eq_ignore_ascii_case("application/json") => DataType::Json,
        // An MQTT client may name any media type.
        _ => DataType::Binary,
    }
}
