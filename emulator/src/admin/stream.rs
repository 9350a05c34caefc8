//! The live traffic as server-sent events: `id` is the number of a record, `data` the record.

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use futures_util::stream::unfold;
use tokio::time::timeout;

use super::Admin;
use super::api::{FILTERS, filter};
use super::input::{AdminError, number, query};
use crate::control::{Record, TrafficWatch};

/// How often a silent stream says that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long records gather before they are sent.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn traffic(
    State(admin): State<Admin>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AdminError> {
    let known: Vec<&str> = FILTERS.iter().copied().chain(["after"]).collect();
    let query = query(raw.as_deref(), &known, &["kind"])?;
    // A browser that reconnects says what it had last.
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let after = match last {
        Some(last) => Some(last),
        None => number(&query, "after", u64::MAX)?,
    };
    let mut watch = admin.control.watch_traffic(filter(&query)?);
    if let Some(after) = after {
        watch = watch.after(after);
    }
    let hello = futures_util::stream::once(async { Ok("retry: 1000\n\n".to_owned()) });
    let events = hello
        .chain(unfold(watch, next))
        .take_until(admin.stopping.cancelled_owned());
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(events)).into_response())
}

async fn next(mut watch: TrafficWatch) -> Option<(Result<String, std::convert::Infallible>, TrafficWatch)> {
    let mut text = String::new();
    match timeout(HEARTBEAT, watch.next()).await {
        Err(_) => text.push_str(": still here\n\n"),
        Ok(None) => return None,
        Ok(Some(record)) => {
            tokio::time::sleep(PAUSE).await;
            write(&mut text, &record);
            for record in watch.ready() {
                write(&mut text, &record);
            }
        }
    }
    Some((Ok(text), watch))
}

fn write(text: &mut String, record: &Record) {
    if let Ok(json) = serde_json::to_string(record) {
        let _ = write!(text, "id: {}\ndata: {json}\n\n", record.seq);
    }
}
