//! What clients and the service say to each other: frames to requests, messages and outcomes to frames.
//!
//! Each protocol has its own file. All of it is pure: nothing here knows a connection, a hub or a socket, so a
//! protocol is added by adding a file and a row in [`Protocol`].

mod encoded;
mod json;
mod request;
mod simple;

use axum::extract::ws::close_code;

use crate::model::{Message, Origin};

pub(crate) use axum::extract::ws::Message as Frame;
pub(crate) use encoded::Encoded;
pub(crate) use request::{Fault, FaultName, Incoming, Request};
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
}

impl Protocol {
    /// The subprotocols that are served.
    pub(crate) const SUBPROTOCOLS: [&str; 1] = [json::SUBPROTOCOL];

    /// The protocol of a subprotocol name that is served here.
    pub(crate) fn named(subprotocol: &str) -> Option<Self> {
        subprotocol
            .eq_ignore_ascii_case(json::SUBPROTOCOL)
            .then_some(Self::Json)
    }

    /// The frame that carries a message.
    pub(crate) fn message(self, origin: Origin<'_>, message: &Message) -> Frame {
        match self {
            Self::Simple => simple::message(message),
            Self::Json => json::message(origin, message),
        }
    }

    /// The frame that opens a session, where the protocol has one.
    pub(crate) fn connected(self, connection_id: &str, user_id: Option<&str>) -> Option<Frame> {
        match self {
            Self::Simple => None,
            Self::Json => Some(json::connected(connection_id, user_id)),
        }
    }

    /// The frame that precedes a close by the service, where the protocol has one.
    pub(crate) fn disconnected(self, reason: &str) -> Option<Frame> {
        match self {
            Self::Simple => None,
            Self::Json => Some(json::disconnected(reason)),
        }
    }

    /// Reads a frame; control frames are no request. An error closes the connection.
    pub(crate) fn read(self, mode: &Mode, frame: Frame) -> Result<Option<Incoming>, Close> {
        match self {
            Self::Simple => Ok(simple::read(mode, frame)),
            Self::Json => json::read(frame),
        }
    }

    /// Says what became of a request.
    pub(crate) fn reply(self, ack_id: Option<u64>, outcome: Result<(), Fault>) -> Reply {
        match self {
            Self::Simple => simple::reply(outcome),
            Self::Json => json::reply(ack_id, outcome),
        }
    }

    /// Answers a ping of the protocol's own.
    pub(crate) fn pong(self) -> Option<Frame> {
        match self {
            Self::Simple => None,
            Self::Json => Some(json::pong()),
        }
    }
}
