//! What clients ask for and why it may be refused, whatever the protocol.

use super::Frame;
use crate::model::Message;

/// What a client asks for.
#[derive(Debug)]
pub(crate) enum Request {
    JoinGroup {
        group: String,
    },
    LeaveGroup {
        group: String,
    },
    SendToGroup {
        group: String,
        no_echo: bool,
        message: Message,
    },
    Event {
        name: String,
        message: Message,
    },
    Ping,
}

/// A frame that was read.
#[derive(Debug)]
pub(crate) enum Incoming {
    Request {
        /// The id that the client wants the outcome acknowledged with.
        ack_id: Option<u64>,
        /// The request, or what is wrong with it.
        request: Result<Request, Fault>,
    },
    /// A kind of frame that is not served: what the client is answered.
    Unsupported(Frame),
}

/// The names that the service gives to failures of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultName {
    BadRequest,
    Duplicate,
    Forbidden,
    InternalServerError,
}

impl FaultName {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BadRequest",
            Self::Duplicate => "Duplicate",
            Self::Forbidden => "Forbidden",
            Self::InternalServerError => "InternalServerError",
        }
    }
}

/// Why a request was not carried out.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: FaultName,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(name: FaultName, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { name, message }
    }
}
