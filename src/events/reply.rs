//! The answer to a user event.

use alloc::{string::String, vec::Vec};

use super::{Answer, DataType, StateChange};

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
            Self::Nothing => return state.apply(Answer::empty()),
            Self::Text(text) => (DataType::Text, text.into_bytes()),
            Self::Json(json) => (DataType::Json, json.into_bytes()),
            Self::Binary(bytes) => (DataType::Binary, bytes),
        };
        state.apply(Answer::with_body(200, data_type.content_type(), body))
    }
}
