//! Streams: one logical message that a client sends to a group piece by piece.
//!
//! What a stream does belongs to the client's session; how its frames look, to the protocols.

/// The place of a message in a stream, as receivers see it.
#[derive(Debug, Clone)]
pub(crate) struct StreamPart {
    pub(crate) stream_id: String,
    /// The first piece has 1.
    pub(crate) sequence_id: u64,
    /// Whether this is the end, which carries no data of its own.
    pub(crate) is_end: bool,
    /// Why the stream ended early.
    pub(crate) error: Option<StreamError>,
}

/// Why a stream ended early, as receivers see it.
#[derive(Debug, Clone)]
pub(crate) struct StreamError {
    pub(crate) name: &'static str,
    pub(crate) message: String,
    /// The sender's own code.
    pub(crate) user_error_code: Option<String>,
}

impl StreamError {
    pub(crate) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
            user_error_code: None,
        }
    }
}
