//! The simple protocol: a frame is a payload, and the query says what becomes of it.

use axum::extract::ws;

use super::session::{Session, fault};
use crate::connection::Close;
use crate::error::ApiError;
use crate::hub::{Except, Target};
use crate::message::{Message, Metadata, Origin, Payload};
use crate::names;
use crate::permissions::Permission;
use crate::rest::Query;

/// The name of the event that a simple client's frames become.
const EVENT: &str = "message";

/// What becomes of a simple client's frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mode {
    SendEvent,
    SendToGroup { group: String, no_echo: bool },
}

impl Mode {
    /// From `webpubsub_mode`, `group` and `noEcho` in the query.
    pub(super) fn from_query(query: &Query) -> Result<Self, ApiError> {
        match query.first("webpubsub_mode") {
            None => Ok(Self::SendEvent),
            Some(mode) if mode.eq_ignore_ascii_case("sendEvent") => Ok(Self::SendEvent),
            Some(mode) if mode.eq_ignore_ascii_case("sendToGroup") => Ok(Self::SendToGroup {
                group: names::group(query.first("group").unwrap_or_default())?,
                no_echo: query
                    .first("noEcho")
                    .is_some_and(|value| !value.eq_ignore_ascii_case("false")),
            }),
            Some(mode) => Err(ApiError::invalid(
                "webpubsub_mode",
                format!("The value '{mode}' is not valid. Use sendEvent or sendToGroup."),
            )),
        }
    }
}

/// The frame that carries a message.
pub(super) fn message(message: &Message) -> ws::Message {
    match &message.payload {
        Payload::Text(text) => ws::Message::text(text.as_str()),
        Payload::Json(json) => ws::Message::text(json.get()),
        Payload::Binary(bytes) | Payload::Protobuf(bytes) => ws::Message::Binary(bytes.clone()),
    }
}

/// Handles one frame. An error closes the connection.
pub(super) async fn receive(session: &Session, frame: ws::Message) -> Result<(), Close> {
    let payload = match frame {
        ws::Message::Text(text) => Payload::Text(text.to_string()),
        ws::Message::Binary(bytes) => Payload::Binary(bytes),
        _ => return Ok(()),
    };
    let message = Message {
        payload,
        metadata: Metadata::default(),
    };
    match &session.mode {
        Mode::SendEvent => match session.user_event(EVENT, message).await {
            Ok(()) => Ok(()),
            Err(failure) => Err(Close {
                code: ws::close_code::ERROR,
                reason: failure.to_string(),
            }),
        },
        Mode::SendToGroup { group, no_echo } => {
            if !session.allows(Permission::SendToGroup, group) {
                let reason = format!("The client does not have permission to send to group '{group}'.");
                return Err(fault(ws::close_code::POLICY, reason));
            }
            let from = Origin::Group {
                group,
                from_user: session.connection.user_id.as_deref(),
            };
            let own = [session.connection.id.clone()];
            let excluded: &[String] = if *no_echo { &own } else { &[] };
            session.hub.send(
                Target::Group(group),
                Except {
                    excluded,
                    filter: None,
                },
                from,
                &message,
            );
            Ok(())
        }
    }
}
