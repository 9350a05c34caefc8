//! The simple protocol: a frame is a payload, and the query of the handshake says what becomes of it.

use axum::extract::ws::close_code;

use super::{Close, Fault, FaultName, Frame, Incoming, Reply, Request};
use crate::http::{ApiError, Query};
use crate::model::{Message, Metadata, Origin, Payload, names};

/// The name of the event that a simple client's frames become.
const EVENT: &str = "message";

/// What becomes of a simple client's frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    SendEvent,
    SendToGroup { group: String, no_echo: bool },
}

impl Mode {
    /// From `webpubsub_mode`, `group` and `noEcho` in the query.
    pub(crate) fn from_query(query: &Query) -> Result<Self, ApiError> {
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

/// The frame that carries a message; the end of a stream has no payload.
pub(super) fn message(origin: Origin<'_>, message: &Message) -> Option<Frame> {
    if matches!(origin, Origin::Stream { part, .. } if part.is_end) {
        return None;
    }
    Some(match &message.payload {
        Payload::Text(text) => Frame::text(text.as_str()),
        Payload::Json(json) => Frame::text(json.get()),
        Payload::Binary(bytes) | Payload::Protobuf(bytes) => Frame::Binary(bytes.clone()),
    })
}

/// Every data frame is a request of the client's mode.
pub(super) fn read(mode: &Mode, frame: Frame) -> Option<Incoming> {
    let payload = match frame {
        Frame::Text(text) => Payload::Text(text.to_string()),
        Frame::Binary(bytes) => Payload::Binary(bytes),
        _ => return None,
    };
    let message = Message {
        payload,
        metadata: Metadata::default(),
        time_to_live: None,
    };
    let request = match mode {
        Mode::SendEvent => Request::Event {
            name: EVENT.to_owned(),
            message,
        },
        Mode::SendToGroup { group, no_echo } => Request::SendToGroup {
            group: group.clone(),
            no_echo: *no_echo,
            message,
        },
    };
    Some(Incoming {
        ack_id: None,
        request: Ok(request),
    })
}

/// A failure can be told only by closing.
pub(super) fn reply(outcome: Result<(), Fault>) -> Reply {
    match outcome {
        Ok(()) => Reply::Nothing,
        Err(Fault { name, message }) => Reply::Close(Close::new(
            match name {
                FaultName::InternalServerError => close_code::ERROR,
                _ => close_code::POLICY,
            },
            message,
        )),
    }
}
