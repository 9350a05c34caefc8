//! WebSocket clients: how they connect, what they may say, and how messages look to them.
//!
//! `upgrade` decides whether a client may connect, `session` runs its socket, `simple` and `json` are the two
//! protocols. Everything about other connections goes through the hub.

mod json;
mod json_requests;
mod session;
mod simple;
mod upgrade;

use axum::extract::ws;

use crate::connection::Connection;
use crate::message::{Message, Origin};

pub(crate) use upgrade::{connect, connect_legacy};

/// The subprotocol that JSON clients ask for.
pub(crate) const JSON_SUBPROTOCOL: &str = "json.webpubsub.azure.v1";

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Frames carry payloads and nothing else.
    Simple,
    /// `json.webpubsub.azure.v1`.
    Json,
}

impl Protocol {
    /// By the subprotocol agreed on; one that is not ours is a simple client's own affair.
    fn of(subprotocol: Option<&str>) -> Self {
        match subprotocol {
            Some(name) if name.eq_ignore_ascii_case(JSON_SUBPROTOCOL) => Self::Json,
            _ => Self::Simple,
        }
    }

    /// The frame that carries a message.
    pub(crate) fn message(self, origin: Origin<'_>, message: &Message) -> ws::Message {
        match self {
            Self::Simple => simple::message(message),
            Self::Json => json::message(origin, message),
        }
    }

    /// The frame that opens a session, where the protocol has one.
    fn connected(self, connection: &Connection) -> Option<ws::Message> {
        match self {
            Self::Simple => None,
            Self::Json => Some(json::connected(&connection.id, connection.user_id.as_deref())),
        }
    }

    /// The frame that precedes a close by the service, where the protocol has one.
    fn disconnected(self, reason: &str) -> Option<ws::Message> {
        match self {
            Self::Simple => None,
            Self::Json => Some(json::disconnected(reason)),
        }
    }
}
