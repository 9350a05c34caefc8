//! The answer to a user event.

use alloc::{string::String, vec::Vec};

use super::{Answer, DataType, StateChange, state};

/// Takes a user event, and perhaps replies to the client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reply {
    /// The event is taken; the client hears nothing.
    #[default]
    Nothing,
    /// The client gets text.
    Text(String),
    /// The client gets JSON; this is its text.
    Json(String),
    /// The client gets bytes.
    Binary(Vec<u8>),
}

impl Reply {
    /// The answer.
    pub fn answer(self, state: &StateChange) -> Answer {
        let (data_type, body) = match self {
            Self::Nothing => return head(None, state),
            Self::Text(text) => (DataType::Text, text.into_bytes()),
            Self::Json(json) => (DataType::Json, json.into_bytes()),
            Self::Binary(bytes) => (DataType::Binary, bytes),
        };
        Answer {
            body,
            ..head(Some(data_type), state)
        }
    }
}

/// The answer without its body, which may stay with the host.
pub(crate) fn head(data_type: Option<DataType>, state: &StateChange) -> Answer {
    let answer = match data_type {
        None => Answer::empty(),
        Some(data_type) => Answer::with_body(200, data_type.content_type(), Vec::new()),
    };
    answer.with_header(state::HEADER, state.header())
}
