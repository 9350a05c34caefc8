//! The state of a connection: a JSON object that the service keeps with it and sends with its events.
//!
//! In here: base64 on both ways. Not in here: the parsing of JSON, which is the host's.

use alloc::string::String;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{Answer, answer::fault};

pub(super) const STATE: &str = "ce-connectionState";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What becomes of the state of the connection with this answer.
///
/// It travels as a header, with every event and with the answer: keep it to a few kilobytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StateChange {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes this JSON object.
    Replace(String),
    /// It becomes empty.
    Clear,
}

impl StateChange {
    pub(super) fn apply(&self, answer: Answer) -> Answer {
        let json = match self {
            Self::Keep => return answer,
            Self::Replace(json) => json,
            // No header means that the state stays, and an empty one may be dropped on the way.
            Self::Clear => "{}",
        };
        answer.with_header(STATE, BASE64.encode(json))
    }
}

/// The JSON text in the header of an event.
pub(super) fn decode(header: &str) -> Result<String, Answer> {
    let bytes = BASE64.decode(header).map_err(|_| malformed())?;
    String::from_utf8(bytes).map_err(|_| malformed())
}

/// The state is not what it is by convention.
pub(super) fn malformed() -> Answer {
    fault(400, STATE, " is not base64 of a JSON object.")
}
