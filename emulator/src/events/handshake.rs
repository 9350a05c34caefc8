//! The abuse-protection handshake: a handler gets events only after it has said that it wants them.

use std::time::Duration;

use axum::http::{Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::Full;

use super::delivery::EventFailure;
use super::{Events, Handler, Rules, observed};

/// How long a handler may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks once per handler and hub; only consent is remembered.
pub(super) async fn ensure(
    events: &Events,
    rules: &Rules,
    handler: &Handler,
    hub: &str,
) -> Result<(), EventFailure> {
    handler
        .agreement(hub)
        .get_or_try_init(|| ask(events, rules, handler, hub))
        .await
        .map(|_| ())
}

async fn ask(events: &Events, rules: &Rules, handler: &Handler, hub: &str) -> Result<(), EventFailure> {
    let mut response = request(events, rules, handler, hub, Method::OPTIONS).await?;
    if response.status() == StatusCode::NOT_FOUND {
        response = request(events, rules, handler, hub, Method::GET).await?;
    }
    let status = response.status();
    if !status.is_success() {
        return Err(EventFailure::Handshake(format!(
            "answered the handshake with {}",
            status.as_u16()
        )));
    }
    // Several origins are several headers; a list in one header is not understood.
    let allowed = response.headers().get_all("webhook-allowed-origin");
    let allows = |value: &str| value == "*" || value.eq_ignore_ascii_case(&events.origin);
    if allowed
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| allows(value.trim())))
    {
        tracing::info!(hub, "event handler agreed");
        return Ok(());
    }
    Err(EventFailure::Handshake(format!(
        "does not allow the origin {}: WebHook-Allowed-Origin must be * or that origin",
        events.origin
    )))
}

async fn request(
    events: &Events,
    rules: &Rules,
    handler: &Handler,
    hub: &str,
    method: Method,
) -> Result<Response<Bytes>, EventFailure> {
    let url = handler
        .settings
        .url_template
        .expand(hub, "validate")
        .map_err(EventFailure::Handshake)?;
    let request = Request::builder()
        .method(method.clone())
        .uri(url.as_str())
        .header("WebHook-Request-Origin", &events.origin)
        .header("ce-awpsversion", "1.0")
        .body(Full::default())
        .map_err(|error| EventFailure::Request(error.to_string()))?;
    observed::handshake(events, hub, url, request, |request| {
        rules.http.send(request, TIMEOUT)
    })
    .await
}
