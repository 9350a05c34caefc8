//! One event to its handler: the request, the retries, the answer.

use std::fmt;

use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};

use super::{Events, Handler, handshake};

/// The largest answer that is read: 16 MiB.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Why an event was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventFailure {
    #[error("No event handler is configured for this hub.")]
    NoHandler,
    #[error("The event handler cannot be reached.")]
    Unreachable(String),
    #[error("The event handler {0}.")]
    Handshake(String),
    #[error("The event handler returned {}.", .0.status.as_u16())]
    Status(Box<Answer>),
    #[error("The event handler's answer is not valid: {0}")]
    Answer(String),
    #[error("The event cannot be sent: {0}")]
    Request(String),
    #[error("The service is stopping.")]
    Stopping,
}

impl EventFailure {
    /// The library's reason, without the URL, whose query may hold a secret.
    pub(super) fn unreachable(error: reqwest::Error) -> Self {
        let mut error: &(dyn std::error::Error + 'static) = &error.without_url();
        let mut text = error.to_string();
        while let Some(source) = error.source() {
            text = format!("{text}: {source}");
            error = source;
        }
        Self::Unreachable(text)
    }

    /// Whether another try may help: the network, 408 and 5xx, but no other refusal.
    fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status(answer) => {
                answer.status == StatusCode::REQUEST_TIMEOUT || answer.status.is_server_error()
            }
            _ => false,
        }
    }

    /// What a client whose connect failed is told: the handler's own 4xx, or else 500.
    pub(crate) fn status_for_client(&self) -> StatusCode {
        match self {
            Self::Status(answer) if answer.status.is_client_error() => answer.status,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A request to a handler, the same for every try.
pub(super) struct Outbound<'a> {
    pub(super) hub: &'a str,
    pub(super) event: &'a str,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A handler's answer: a 2xx, or in [`EventFailure::Status`] any other.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl fmt::Debug for Answer {
    /// Prints no header and no body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)
    }
}

/// Delivers an event, trying again as the service does.
pub(super) async fn deliver(
    events: &Events,
    handler: &Handler,
    outbound: &Outbound<'_>,
) -> Result<Answer, EventFailure> {
    let mut delays = events.retry_delays.iter();
    loop {
        let failure = match attempt(events, handler, outbound).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let delay = delays.next().filter(|_| failure.is_transient());
        // Display says what a client may know; the details are for the log alone.
        tracing::warn!(hub = outbound.hub, event = outbound.event, ?failure, retry_in = ?delay, "event not accepted");
        let Some(delay) = delay else { return Err(failure) };
        tokio::select! {
            () = tokio::time::sleep(*delay) => {}
            () = events.stopping.cancelled() => return Err(EventFailure::Stopping),
        }
    }
}

async fn attempt(
    events: &Events,
    handler: &Handler,
    outbound: &Outbound<'_>,
) -> Result<Answer, EventFailure> {
    handshake::ensure(events, handler, outbound.hub).await?;
    let url = handler
        .template
        .expand(outbound.hub, outbound.event)
        .map_err(EventFailure::Request)?;
    let request = events
        .http
        .post(url)
        .headers(outbound.headers.clone())
        .body(outbound.body.clone());
    let mut response = request.send().await.map_err(EventFailure::unreachable)?;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(EventFailure::unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(EventFailure::Answer(format!(
                "it is larger than {MAX_ANSWER_BYTES} bytes."
            )));
        }
    }
    let answer = Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: body.freeze(),
    };
    match answer.status.is_success() {
        true => Ok(answer),
        false => Err(EventFailure::Status(Box::new(answer))),
    }
}
