//! One event to its handler: the request, the retries, the answer.

use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};

use super::{Events, Handler, handshake, observed};

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
    #[error("The event handler returned {}.", .0.as_u16())]
    Status(StatusCode),
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

    /// What happened, with what is for the log and the journal alone.
    pub(super) fn details(&self) -> String {
        match self {
            Self::Unreachable(reason) => format!("{self} {reason}"),
            other => other.to_string(),
        }
    }

    /// Whether another try may help: the network, 408 and 5xx, but no other refusal.
    fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status(status) => *status == StatusCode::REQUEST_TIMEOUT || status.is_server_error(),
            _ => false,
        }
    }

    /// What a client whose connect failed is told: the handler's own 4xx, or else 500.
    pub(crate) fn status_for_client(&self) -> StatusCode {
        match self {
            Self::Status(status) if status.is_client_error() => *status,
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

/// A handler's 2xx.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
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
        .post(url.clone())
        .headers(outbound.headers.clone())
        .body(outbound.body.clone());
    observed::attempt(events, url, outbound, send(request)).await
}

async fn send(request: reqwest::RequestBuilder) -> Result<Answer, EventFailure> {
    let mut response = request.send().await.map_err(EventFailure::unreachable)?;
    if !response.status().is_success() {
        return Err(EventFailure::Status(response.status()));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(EventFailure::unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(EventFailure::Answer(format!(
                "it is larger than {MAX_ANSWER_BYTES} bytes."
            )));
        }
    }
    Ok(Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: body.freeze(),
    })
}
