//! The one error type of the library.
//!
//! In here: its variants, which a caller may match on, and the codes and messages of the core in them. Not in here: those
//! codes and messages (`core/error.rs`), which attempts are retried (`retry.rs`).

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::fmt;

use crate::core::error::Fault;
pub use crate::core::error::Kind as ErrorKind;

/// The platform's own error, if a request failed because of one.
#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub type Cause = wasm_bindgen::JsValue;
/// The platform's own error, if a request failed because of one.
#[cfg(not(all(target_arch = "wasm32", feature = "web")))]
pub type Cause = alloc::sync::Arc<dyn core::error::Error + Send + Sync>;

/// Everything that this library fails with.
///
/// Match on its [`kind`](Error::kind), which does not depend on the severity in the service's code, or on the variants
/// for details.
///
/// ```
/// # use webpubsub_edge::{Error, ErrorKind, WebPubSubServiceClient, service::Transport};
/// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
/// match service.add_connection_to_group("room", "a-connection").await {
///     Ok(()) => {}
///     Err(error) if error.kind() == ErrorKind::NotFound => println!("the connection is closed"),
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
    /// An argument or option is invalid. Nothing was sent; the message says what is wrong and how to fix it.
    InvalidInput(InvalidInput),
    /// The service responded with another status than the operation expects.
    Service(Box<ServiceError>),
    /// There is no usable response: the network failed, the timeout passed, the credential gave no token, or the response
    /// is not one of the service.
    Transport(TransportError),
}

/// A result with this library's error.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
    /// A message that cannot be sent.
    pub(crate) fn invalid_message(message: impl Into<Cow<'static, str>>) -> Self {
        Self::InvalidInput(InvalidInput {
            code: "InvalidMessage",
            message: message.into(),
            out_of_range: false,
        })
    }

    /// The timeout of a call passed.
    #[cfg(feature = "service")]
    pub(crate) fn timeout(timeout: core::time::Duration) -> Self {
        let milliseconds = alloc::format!("{}", timeout.as_millis());
        Self::Transport(TransportError {
            kind: TransportErrorKind::Timeout,
            message: Fault::Timeout.message().replace('%', &milliseconds).into(),
            cause: None,
        })
    }

    /// The stable code: one of ours for invalid input and transport errors, the service's own for its errors (for example
    /// `Error.Connection.NotExisted`), empty if the service gave none.
    pub fn code(&self) -> &str {
        match self {
            Self::InvalidInput(error) => error.code,
            Self::Service(error) => error.code.as_deref().unwrap_or_default(),
            Self::Transport(error) => error.kind.code(),
        }
    }

    /// The kind, for matching. It does not depend on the severity in the service's code.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidInput(_) => ErrorKind::InvalidInput,
            Self::Service(error) => error.kind(),
            Self::Transport(error) => match error.kind {
                TransportErrorKind::IssuerBusy => ErrorKind::TooManyRequests,
                TransportErrorKind::IssuerFailed => ErrorKind::Server,
                kind => kind.fault().kind(),
            },
        }
    }

    /// The HTTP status, if the service responded.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Service(error) => Some(error.status),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidInput(error) => &error.message,
            Self::Service(error) => &error.message,
            Self::Transport(error) => &error.message,
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

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match TransportErrorKind::of(fault) {
            Some(kind) => Self::Transport(TransportError {
                kind,
                message: fault.message().into(),
                cause: None,
            }),
            None => Self::InvalidInput(InvalidInput {
                code: fault.code(),
                message: fault.message().into(),
                out_of_range: fault.is_out_of_range(),
            }),
        }
    }
}

/// Invalid input, found before anything was sent.
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

    /// What is wrong and how to fix it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether a number or a length is outside its limits (a `RangeError` in JavaScript).
    pub fn is_out_of_range(&self) -> bool {
        self.out_of_range
    }
}

/// A response whose status is not the one that the operation expects.
#[derive(Clone)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The service's own code, from the body or the `x-ms-error-code` header.
    pub code: Option<String>,
    /// The service's message, followed by a hint where one is known.
    pub message: String,
    /// The subject of the message, as the service names it.
    pub target: Option<String>,
    /// The method and the URL of the request.
    pub request: (&'static str, String),
    /// The headers of the response, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body of the response as text; empty for HEAD.
    pub body: String,
}

impl ServiceError {
    /// The kind of failure that the status means.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::of_status(self.status)
    }

    /// A header of the response, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// The body may hold a token that the service issued, so that only its length is printed.
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

/// The first header of this name, in any letter case.
pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut headers = headers.iter();
    let (_, value) = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(value)
}

/// There is no usable response.
#[derive(Debug, Clone)]
pub struct TransportError {
    /// The reason.
    pub kind: TransportErrorKind,
    /// What happened and how to fix it.
    pub message: Cow<'static, str>,
    /// The platform's own error, if there is one.
    pub cause: Option<Cause>,
}

impl TransportError {
    /// The request could not be sent, or its response could not be read.
    pub fn network(message: impl Into<Cow<'static, str>>, cause: Option<Cause>) -> Self {
        Self {
            kind: TransportErrorKind::Network,
            message: message.into(),
            cause,
        }
    }

    /// The credential could not obtain a token.
    pub fn credential(message: impl Into<Cow<'static, str>>, cause: Option<Cause>) -> Self {
        Self {
            kind: TransportErrorKind::Credential,
            message: message.into(),
            cause,
        }
    }

    /// The response is larger than the transport reads, which is `limit` bytes.
    pub fn too_large(limit: u32) -> Self {
        let bytes = alloc::format!("{limit}");
        Self {
            kind: TransportErrorKind::Unexpected,
            message: Fault::ResponseTooLarge.message().replace('%', &bytes).into(),
            cause: None,
        }
    }

    /// No response came from the host of this URL.
    #[cfg(any(
        all(feature = "web", target_arch = "wasm32"),
        all(feature = "reqwest", not(target_arch = "wasm32"))
    ))]
    pub(crate) fn no_response(url: &str, cause: Option<Cause>) -> Self {
        let host = crate::core::endpoint::host_of(url.as_bytes());
        let host = alloc::string::String::from_utf8_lossy(host);
        Self::network(Fault::Network.message().replace('%', &host), cause)
    }

    /// A failure with the core's message.
    #[cfg(feature = "service")]
    pub(crate) fn of(kind: TransportErrorKind, cause: Option<Cause>) -> Self {
        Self {
            kind,
            message: kind.fault().message().into(),
            cause,
        }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

/// Why there is no usable response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection failed, before or after the request was sent.
    Network,
    /// The caller's timeout passed.
    Timeout,
    /// The credential gave no token.
    Credential,
    /// The issuer of tokens did not respond.
    Issuer,
    /// The issuer of tokens has too many requests (429).
    IssuerBusy,
    /// The issuer of tokens failed (5xx).
    IssuerFailed,
    /// A response was received, but not one that the service sends.
    Unexpected,
}

impl TransportErrorKind {
    /// The stable code; the first two are those of the official JavaScript pipeline.
    pub fn code(self) -> &'static str {
        self.fault().code()
    }

    /// The core's fault of this kind.
    fn fault(self) -> Fault {
        match self {
            Self::Network => Fault::Network,
            Self::Timeout => Fault::Timeout,
            Self::Credential | Self::IssuerBusy | Self::IssuerFailed => Fault::Credential,
            Self::Issuer => Fault::Issuer,
            Self::Unexpected => Fault::NotConnections,
        }
    }

    /// The kind of a fault; none if it is one of the input.
    fn of(fault: Fault) -> Option<Self> {
        match fault {
            Fault::Network => Some(Self::Network),
            Fault::Timeout => Some(Self::Timeout),
            Fault::Credential | Fault::TokenMalformed => Some(Self::Credential),
            Fault::Issuer => Some(Self::Issuer),
            Fault::NotConnections
            | Fault::WebPage
            | Fault::LinkRepeated
            | Fault::NotLink
            | Fault::ResponseTooLarge
            | Fault::NotToken => Some(Self::Unexpected),
            _ => None,
        }
    }
}
