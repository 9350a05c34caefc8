//! One event to its handler: the request, the retries, the answer.

use std::fmt;

use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::Full;

use super::{Events, Handler, Rules, handshake, observed};

/// Why an event was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventFailure {
    #[error("No event handler is configured for this hub.")]
    NoHandler,
    #[error("No event handler of this hub takes this event.")]
    NotTaken,
    #[error("The event handler cannot be reached.")]
    Unreachable(String),
    #[error("The event handler {0}.")]
    Handshake(String),
    #[error("{}", returned(.0.status))]
    Status(Box<Answer>),
    #[error("The event handler's answer is not valid: {0}")]
    Answer(String),
    #[error("The event cannot be sent: {0}")]
    Request(String),
    #[error("The service is stopping.")]
    Stopping,
}

impl EventFailure {
    /// The library's reason and its causes.
    pub(super) fn unreachable(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        if text.contains("UnknownIssuer") {
            text.push_str(" (to trust the certificate's issuer, give its file with --event-handler-ca-file)");
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

/// What a status that refuses is in words.
pub(super) fn returned(status: StatusCode) -> String {
    format!("The event handler returned {}.", status.as_u16())
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
    let rules = events.rules();
    let mut delays = rules.retry_delays.iter();
    loop {
        let failure = match attempt(events, &rules, handler, outbound).await {
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
    rules: &Rules,
    handler: &Handler,
    outbound: &Outbound<'_>,
) -> Result<Answer, EventFailure> {
    handshake::ensure(events, rules, handler, outbound.hub).await?;
    let url = handler
        .settings
        .url_template
        .expand(outbound.hub, outbound.event)
        .map_err(EventFailure::Request)?;
    let mut request = Request::post(url.as_str())
        .body(Full::new(outbound.body.clone()))
        .map_err(|error| EventFailure::Request(error.to_string()))?;
    request.headers_mut().extend(outbound.headers.clone());
    let response = observed::attempt(events, rules, url, outbound, request).await?;
    let (head, body) = response.into_parts();
    let answer = Answer {
        status: head.status,
        headers: head.headers,
        body,
    };
    match answer.status.is_success() {
        true => Ok(answer),
        false => Err(EventFailure::Status(Box::new(answer))),
    }
}
