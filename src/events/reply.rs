//! Replies to user events.
//!
//! In here: the data of a reply. Not in here: its status and content type (`core/events/response.rs`).

use alloc::{string::String, vec::Vec};

use super::{response::EventResponse, state::StateChange};
use crate::{
    core::events::{response::reply, verdict::DataType},
    error::Result,
};

/// Accepts a user event, optionally with data for the client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reply {
    /// The event is acknowledged; the client receives nothing.
    #[default]
    Nothing,
    /// The client receives text.
    Text(String),
    /// The client receives JSON, given as text.
    Json(String),
    /// The client receives bytes.
    Binary(Vec<u8>),
}

impl Reply {
    /// The response.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `StateTooLarge`.
    pub fn response(self, state: &StateChange) -> Result<EventResponse> {
        let (data_type, body) = match self {
            Self::Nothing => (None, Vec::new()),
            Self::Text(text) => (Some(DataType::Text), text.into_bytes()),
            Self::Json(json) => (Some(DataType::Json), json.into_bytes()),
            Self::Binary(bytes) => (Some(DataType::Binary), bytes),
        };
        Ok(EventResponse::new(reply(data_type), body).with_state(state.header()?))
    }
}
