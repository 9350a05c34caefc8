//! The state of a connection: a JSON object that the service keeps for it and sends with its events.
//!
//! In here: changes of the state, and base64 in both directions. Not in here: parsing its JSON (`bodies.rs`).

use alloc::string::String;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::response::EventResponse;
use crate::{
    bridge::write,
    core::events::{refusal::RefusalCause, response::write_state},
    error::Result,
};

/// The service pads the state; others may not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The change that a response makes to the state of the connection.
///
/// The state is a JSON object that the service keeps for the connection. It is sent as a header with every event and with
/// the response: more than 8 KiB in base64 is an error with the code `StateTooLarge`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StateChange {
    /// The state does not change.
    #[default]
    Keep,
    /// The new state, as the text of a JSON object.
    Replace(String),
    /// The new state is empty.
    Clear,
}

impl StateChange {
    /// The value of the header; none if the state does not change.
    pub(super) fn header(&self) -> Result<Option<String>> {
        let json = match self {
            Self::Keep => return Ok(None),
            Self::Replace(json) => json,
            Self::Clear => "{}",
        };
        let (header, ()) = write(|sink| write_state(json.as_bytes(), sink))?;
        Ok(Some(header))
    }
}

/// The JSON text in the header of an event.
pub(super) fn read_state(header: &str) -> Result<String, EventResponse> {
    let bytes = BASE64.decode(header).ok();
    let json = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    json.ok_or_else(malformed_state)
}

/// The state is not base64 of a JSON object.
pub(super) fn malformed_state() -> EventResponse {
    EventResponse::refuse(RefusalCause::State, "", "")
}
