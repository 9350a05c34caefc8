//! What the service tells one client about its streams and invocations.

use crate::model::Message;

/// Something that concerns only the client that asked for it.
#[derive(Debug)]
pub(crate) enum Notice<'a> {
    /// The stream is open, or a piece of it has been taken.
    StreamAck {
        stream_id: &'a str,
        /// The sequence id of the next piece.
        expected: u64,
    },
    /// A piece has not been taken; it may be sent again.
    StreamNack {
        stream_id: &'a str,
        name: &'static str,
        message: &'a str,
        expected: u64,
    },
    /// The stream is over.
    StreamClosed {
        stream_id: &'a str,
        /// Name and message, unless the client ended it.
        error: Option<(&'static str, &'a str)>,
    },
    /// The event handler has responded to an invocation.
    InvokeDone {
        invocation_id: &'a str,
        reply: Option<&'a Message>,
    },
    /// An invocation failed.
    InvokeFailed {
        invocation_id: &'a str,
        name: &'static str,
        message: &'a str,
    },
}
