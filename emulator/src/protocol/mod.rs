//! What clients and the service say to each other: frames to requests, messages and outcomes to frames.
//!
//! Each format has its own module. All of it is pure: nothing here knows a connection, a hub or a socket, so a
//! protocol is added by adding a module and a row in [`Protocol`].

mod encoded;
mod json;
pub(crate) mod mqtt;
mod notice;
mod protobuf;
mod request;
mod simple;

use axum::extract::ws::close_code;

pub(crate) use axum::extract::ws::Message as Frame;
pub(crate) use encoded::Encoded;
pub(crate) use notice::Notice;
pub(crate) use request::{Fault, FaultName, Incoming, Invocation, Request, StreamRequest, UserError};
pub(crate) use simple::Mode;

/// A WebSocket close, with the reason that also goes into the `disconnected` message and event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Close {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Close {
    pub(crate) fn new(code: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }

    /// What a REST close does: code 1000 and the caller's reason.
    pub(crate) fn by_server(reason: &str) -> Self {
        Self::new(close_code::NORMAL, reason)
    }
}

/// How the outcome of a request reaches the client.
#[derive(Debug)]
pub(crate) enum Reply {
    Frame(Frame),
    /// The protocol has no other way to say it.
    Close(Close),
    Nothing,
}

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Frames carry payloads and nothing else.
    Simple,
    /// `json.webpubsub.azure.v1`.
    Json,
    /// `json.reliable.webpubsub.azure.v1`.
    ReliableJson,
    /// `protobuf.webpubsub.azure.v1`.
    Protobuf,
    /// `protobuf.reliable.webpubsub.azure.v1`.
    ReliableProtobuf,
}

/// How frames look; the reliable form of a protocol has the same frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Simple,
    Json,
    Protobuf,
}

/// What a client is told first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Connected<'a> {
    pub(crate) connection_id: &'a str,
    pub(crate) user_id: Option<&'a str>,
    /// Part of the reliable protocols.
    pub(crate) reconnection_token: Option<&'a str>,
}

impl Protocol {
    /// The subprotocols that are served.
    pub(crate) const SUBPROTOCOLS: [&str; 4] = [
        json::SUBPROTOCOL,
        json::RELIABLE_SUBPROTOCOL,
        protobuf::SUBPROTOCOL,
        protobuf::RELIABLE_SUBPROTOCOL,
    ];

    /// The protocol of a subprotocol name that is served here.
    pub(crate) fn named(subprotocol: &str) -> Option<Self> {
        [
            Self::Json,
            Self::ReliableJson,
            Self::Protobuf,
            Self::ReliableProtobuf,
        ]
        .into_iter()
        .zip(Self::SUBPROTOCOLS)
        .find(|(_, name)| subprotocol.eq_ignore_ascii_case(name))
        .map(|(protocol, _)| protocol)
    }

    /// Whether messages are numbered and kept until the client has acknowledged them.
    pub(crate) fn is_reliable(self) -> bool {
        matches!(self, Self::ReliableJson | Self::ReliableProtobuf)
    }

    fn format(self) -> Format {
        match self {
            Self::Simple => Format::Simple,
            Self::Json | Self::ReliableJson => Format::Json,
            Self::Protobuf | Self::ReliableProtobuf => Format::Protobuf,
        }
    }

    /// The frame that opens a session, where the protocol has one.
    pub(crate) fn connected(self, connected: &Connected<'_>) -> Option<Frame> {
        match self.format() {
            Format::Simple => None,
            Format::Json => Some(json::connected(connected)),
            Format::Protobuf => Some(protobuf::connected(connected)),
        }
    }

    /// The frame that precedes a close by the service, where the protocol has one.
    pub(crate) fn disconnected(self, reason: &str) -> Option<Frame> {
        match self.format() {
            Format::Simple => None,
            Format::Json => Some(json::disconnected(reason)),
            Format::Protobuf => Some(protobuf::disconnected(reason)),
        }
    }

    /// Reads a frame; control frames are no request. An error closes the connection.
    pub(crate) fn read(self, mode: &Mode, frame: Frame) -> Result<Option<Incoming>, Close> {
        match self.format() {
            Format::Simple => Ok(simple::read(mode, frame)),
            Format::Json => json::read(frame),
            Format::Protobuf => protobuf::read(frame),
        }
    }

    /// Says what became of a request.
    pub(crate) fn reply(self, ack_id: Option<u64>, outcome: Result<(), Fault>) -> Reply {
        match self.format() {
            Format::Simple => simple::reply(outcome),
            Format::Json => json::reply(ack_id, outcome),
            Format::Protobuf => protobuf::reply(ack_id, outcome),
        }
    }

    /// Answers a ping of the protocol's own.
    pub(crate) fn pong(self) -> Option<Frame> {
        match self.format() {
            Format::Simple => None,
            Format::Json => Some(json::pong()),
            Format::Protobuf => Some(protobuf::pong()),
        }
    }

    /// The frame that carries a notice, where the protocol has one.
    pub(crate) fn notice(self, notice: &Notice<'_>) -> Option<Frame> {
        match self.format() {
            Format::Simple => None,
            Format::Json => Some(json::notice(notice)),
            Format::Protobuf => Some(protobuf::notice(notice)),
        }
    }
}
