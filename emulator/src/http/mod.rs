//! What REST calls and WebSocket handshakes have in common as HTTP requests: query parameters, bearer tokens, bodies, and
//! refusals; and the WebSockets that handshakes become.

mod body;
mod error;
mod query;
mod websocket;

use axum::http::HeaderValue;

pub(crate) use body::read_body;
pub(crate) use error::{ApiError, Missing, Severity};
pub(crate) use query::{Query, filter};
pub(crate) use websocket::{WebSocket, WebSocketUpgrade};

/// The token of an `Authorization: Bearer …` header.
pub(crate) fn bearer(value: Option<&HeaderValue>) -> Option<&str> {
    let (scheme, token) = value?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
