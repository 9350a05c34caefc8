//! What clients ask for and why it may be refused, whatever the protocol.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::Message;

/// The longest time to live of a message, in seconds.
pub(super) const MAX_TTL_SECONDS: u32 = 300;
/// How long a stream may rest unless its first frame says otherwise.
pub(super) const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_millis(300_000);

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
    /// Acknowledges all messages up to this one; part of the reliable protocols.
    SequenceAck {
        sequence_id: u64,
    },
    Stream {
        stream_id: String,
        request: StreamRequest,
    },
    /// Asks the event handler for a response to this client alone.
    Invoke {
        invocation_id: String,
        /// What it asks, or why that makes no sense.
        event: Result<Invocation, String>,
    },
    CancelInvocation,
    /// Sets what the connection shows to others in a group, or clears it.
    SetGroupState {
        group: String,
        state: Option<BTreeMap<String, String>>,
    },
    SubscribeGroupState {
        group: String,
    },
    UnsubscribeGroupState {
        group: String,
    },
}

/// What an invocation asks of the event handler.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// The name of the event.
    pub(crate) name: String,
    pub(crate) message: Message,
}

/// What a frame of a stream asks for.
#[derive(Debug)]
pub(crate) enum StreamRequest {
    Open {
        group: String,
        no_echo: bool,
        idle_timeout: Duration,
    },
    Data {
        sequence_id: u64,
        message: Message,
    },
    KeepAlive,
    End(Option<UserError>),
    /// A frame that makes no sense; the text says why.
    Invalid(String),
}

/// Why the sender of a stream gave up.
#[derive(Debug, Default)]
pub(crate) struct UserError {
    pub(crate) message: String,
    pub(crate) code: Option<String>,
}

/// A frame that was read.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// The id that the client wants the outcome acknowledged with.
    pub(crate) ack_id: Option<u64>,
    /// The request, or what is wrong with it.
    pub(crate) request: Result<Request, Fault>,
}

/// The names that the service gives to failures of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultName {
    BadRequest,
    Duplicate,
    Forbidden,
    InternalServerError,
    /// A kind of request that the protocol does not have; a bad request that leaves the connection as it is.
    Unknown,
}

impl FaultName {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest | Self::Unknown => "BadRequest",
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

/// Checks the time to live of a frame; zero is none.
pub(super) fn time_to_live(seconds: Option<u32>, field: &str) -> Result<Option<Duration>, String> {
    match seconds {
        Some(seconds) if seconds > MAX_TTL_SECONDS => Err(format!(
            "'{field}' is out of range. Allowed range is [0,{MAX_TTL_SECONDS}]."
        )),
        seconds => Ok(seconds
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Duration::from_secs(seconds.into()))),
    }
}

/// Checks the idle timeout of a stream.
pub(super) fn idle_timeout(milliseconds: Option<u32>, field: &str) -> Result<Duration, String> {
    match milliseconds {
        None => Ok(DEFAULT_IDLE_TIMEOUT),
        Some(0) => Err(format!("'{field}' must be greater than 0.")),
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds.into())),
    }
}
