//! The one error type of the library.
//!
//! In here: what can go wrong, each with a stable code, a message that names the fix, and what a caller may
//! match on. Not in here: how an error looks in JavaScript (`js/errors.rs`), which error is worth another
//! attempt (`retry.rs`).

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::{fmt, time::Duration};

use crate::{json::decimal, retry::http_date};

/// What the platform itself said when a request did not get through, as it said it.
#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub type Cause = wasm_bindgen::JsValue;
/// What the platform itself said when a request did not get through, as it said it.
#[cfg(not(all(target_arch = "wasm32", feature = "web")))]
pub type Cause = alloc::sync::Arc<dyn core::error::Error + Send + Sync>;

/// Everything that this library fails with.
///
/// Match on its [`kind`](Error::kind), which is the same for one situation whatever the service's code for it, or
/// on the variants for the details.
///
/// ```
/// # use webpubsub_edge::{Error, ErrorKind, WebPubSubServiceClient, service::Transport};
/// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
/// match service.add_connection_to_group("room", "a-connection").await {
///     Ok(()) => {}
///     Err(error) if error.kind() == ErrorKind::NotFound => println!("it is gone already"),
///     Err(Error::Service(error)) => println!("{} {:?}: {}", error.status, error.code, error.message),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
///
/// No variant holds or prints an access key, a token or a connection string.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// The call was wrong. Nothing was sent; the message says what was wrong and what is right.
    InvalidInput(InvalidInput),
    /// The service answered, and its answer was not the success that the operation expects.
    Service(Box<ServiceError>),
    /// No answer came: the network, the caller's timeout, or a credential that could not give a token.
    Transport(TransportError),
}

/// A result with this library's error.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
    /// A value of the right kind that is malformed or not allowed.
    pub(crate) fn invalid(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidInput(InvalidInput {
            code,
            message: message.into(),
            out_of_range: false,
        })
    }

    /// A number or a length outside its limits.
    pub(crate) fn out_of_range(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidInput(InvalidInput {
            code,
            message: message.into(),
            out_of_range: true,
        })
    }

    /// The stable code: one of ours for bad input and transport failures, the service's own for its errors
    /// (for example `Error.Connection.NotExisted`), empty when the service gave none.
    pub fn code(&self) -> &str {
        match self {
            Self::InvalidInput(e) => e.code,
            Self::Service(e) => e.code.as_deref().unwrap_or_default(),
            Self::Transport(e) => e.kind.code(),
        }
    }

    /// The kind, for matching: the same for one situation whatever severity the service's code has.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidInput(_) => ErrorKind::InvalidInput,
            Self::Service(e) => e.kind(),
            Self::Transport(e) => match e.kind {
                TransportErrorKind::Timeout => ErrorKind::Timeout,
                TransportErrorKind::Network => ErrorKind::Network,
                TransportErrorKind::Credential => ErrorKind::Unauthorized,
                TransportErrorKind::Insecure => ErrorKind::InvalidInput,
                TransportErrorKind::Unexpected => ErrorKind::Unexpected,
            },
        }
    }

    /// The HTTP status, when the service answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Service(e) => Some(e.status),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidInput(e) => &e.message,
            Self::Service(e) => &e.message,
            Self::Transport(e) => &e.message,
        })
    }
}

impl core::error::Error for Error {
    #[cfg(not(all(target_arch = "wasm32", feature = "web")))]
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(TransportError {
                cause: Some(cause), ..
            }) => Some(&**cause),
            _ => None,
        }
    }
}

/// What kind of failure it was; stable, and the same word in Rust and in JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was wrong; nothing was sent.
    InvalidInput,
    /// The service found the request wrong (400, 415, 422).
    InvalidRequest,
    /// The service did not accept the signature or token (401), or no token could be had.
    Unauthorized,
    /// The credential is known but may not do this (403).
    Forbidden,
    /// There is no such connection, user or group (404).
    NotFound,
    /// The state of the service does not allow it (409, 412).
    Conflict,
    /// The message is larger than the service takes, 1 MB (413).
    PayloadTooLarge,
    /// Too many requests or messages (429).
    TooManyRequests,
    /// The service failed (5xx).
    Server,
    /// The request did not reach the service, or its answer did not come back.
    Network,
    /// The caller's timeout passed first.
    Timeout,
    /// The service answered something that no operation of it answers.
    Unexpected,
}

impl ErrorKind {
    /// What kind of failure a status is.
    pub const fn of_status(status: u16) -> Self {
        match status {
            400 | 415 | 422 => Self::InvalidRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 | 412 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            429 => Self::TooManyRequests,
            500.. => Self::Server,
            _ => Self::Unexpected,
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "InvalidInput",
            Self::InvalidRequest => "InvalidRequest",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "NotFound",
            Self::Conflict => "Conflict",
            Self::PayloadTooLarge => "PayloadTooLarge",
            Self::TooManyRequests => "TooManyRequests",
            Self::Server => "Server",
            Self::Network => "Network",
            Self::Timeout => "Timeout",
            Self::Unexpected => "Unexpected",
        }
    }
}

/// Bad input, found before anything was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidInput {
    code: &'static str,
    message: Cow<'static, str>,
    out_of_range: bool,
}

impl InvalidInput {
    /// The stable code, for example `InvalidHub`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What was wrong and what is right.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether a number or a length was outside its limits (a `RangeError` in JavaScript).
    pub fn is_out_of_range(&self) -> bool {
        self.out_of_range
    }
}

/// An answer of the service that was not the success that the operation expects.
#[derive(Clone)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The service's own code, from the body or the `x-ms-error-code` header.
    pub code: Option<String>,
    /// The service's message, with a hint where one is known.
    pub message: String,
    /// What the message is about, as the service names it.
    pub target: Option<String>,
    /// The method and the URL of the request.
    pub request: (&'static str, String),
    /// The headers of the response, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body of the response as text; empty for HEAD.
    pub body: String,
}

impl ServiceError {
    /// What kind of failure it was, by the status.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::of_status(self.status)
    }

    /// A header of the response, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// The body may hold a token that a service issued, so only its length is printed.
impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("target", &self.target)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer of the right status that is not what it should be.
pub(crate) fn unexpected(what: &str) -> Error {
    let message = [
        "The answer is not ",
        what,
        ", so it did not come from the service: check the endpoint and any proxy",
    ];
    Error::Transport(TransportError {
        kind: TransportErrorKind::Unexpected,
        message: message.concat().into(),
        cause: None,
    })
}

/// How far clocks may be apart before the service refuses a token for it.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// The message of an answer that is an error: what the service said, and for a 401 which of the three usual
/// causes it is; the clock of the service tells.
pub(crate) fn describe(
    status: u16,
    method: &str,
    said: Option<&str>,
    date: Option<&str>,
    now: Duration,
) -> String {
    let said = said.filter(|said| !said.is_empty());
    let mut digits = String::new();
    decimal(status.into(), &mut digits);
    let unsaid = [
        "The service answered ",
        &digits,
        " to ",
        method,
        " without saying why",
    ];
    let mut message = said.map_or_else(|| unsaid.concat(), String::from);
    if status != 401 {
        return message;
    }
    match date.and_then(http_date) {
        Some(date) if now.abs_diff(date) > CLOCK_SKEW => {
            message.push_str(" (the clock here is ");
            decimal(now.abs_diff(date).as_secs(), &mut message);
            message.push_str(if now > date { " s ahead of" } else { " s behind" });
            message.push_str(" the service's: set it right)");
        }
        Some(_) => message.push_str(
            " (the clock is right: check the access key, which may have been regenerated, and that the \
             endpoint is the service's own and no proxy's, since it is the audience of the token)",
        ),
        None => message.push_str(" (check the access key, and that the endpoint is the service's own)"),
    }
    message
}

/// The first header of this name, which is given in lower case.
pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.as_str())
}

/// No answer came.
#[derive(Debug, Clone)]
pub struct TransportError {
    /// Why.
    pub kind: TransportErrorKind,
    /// What happened and what to do.
    pub message: Cow<'static, str>,
    /// What the platform said, where it said something.
    pub cause: Option<Cause>,
}

impl TransportError {
    /// The request could not be sent, or its answer could not be read.
    pub fn network(message: impl Into<Cow<'static, str>>, cause: Option<Cause>) -> Self {
        Self {
            kind: TransportErrorKind::Network,
            message: message.into(),
            cause,
        }
    }

    /// No token could be had from the credential.
    pub fn credential(message: impl Into<Cow<'static, str>>, cause: Option<Cause>) -> Self {
        Self {
            kind: TransportErrorKind::Credential,
            message: message.into(),
            cause,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection failed, before or after the request was sent.
    Network,
    /// The caller's timeout passed.
    Timeout,
    /// The credential gave no token.
    Credential,
    /// A bearer token would have crossed the network in the clear.
    Insecure,
    /// An answer came, and is not what the service answers.
    Unexpected,
}

impl TransportErrorKind {
    /// The stable code; the first two are those of the official JavaScript pipeline.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Network => "REQUEST_SEND_ERROR",
            Self::Timeout => "REQUEST_TIMEOUT",
            Self::Credential => "CREDENTIAL_ERROR",
            Self::Insecure => "INSECURE_CONNECTION",
            Self::Unexpected => "PARSE_ERROR",
        }
    }
}
