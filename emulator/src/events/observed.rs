//! What the journal sees of events, and what faults do to them.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use axum::http::HeaderMap;
use bytes::Bytes;
use reqwest::{Method, Response, StatusCode, Url};

use super::Events;
use super::delivery::{Answer, EventFailure, Outbound};
use crate::instruments::{Content, Exchange, FaultOn, Kept, Occurrence, Outcome, Peer, Reset};

/// The common prefix of the types of events.
const TYPE_PREFIX: &str = "azure.webpubsub.";

/// One attempt to deliver an event, unless a fault prevents it.
pub(super) async fn attempt(
    events: &Events,
    url: Url,
    outbound: &Outbound<'_>,
    send: impl Future<Output = Result<Answer, EventFailure>>,
) -> Result<Answer, EventFailure> {
    let start = Instant::now();
    let strike = events.instruments.faults.strike(&Occurrence {
        on: FaultOn::Event,
        hub: Some(outbound.hub),
        method: "POST",
        name: outbound.event,
    });
    if let Some(delay) = strike.as_ref().and_then(|strike| strike.delay) {
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = events.stopping.cancelled() => return Err(EventFailure::Stopping),
        }
    }
    let lost = |what: &str| {
        Err(EventFailure::Unreachable(format!(
            "{what}, by a fault on request"
        )))
    };
    let outcome = match strike.as_ref().map_or(Outcome::Usual, |strike| strike.outcome) {
        Outcome::Usual => send.await,
        Outcome::Status { status, .. } => match StatusCode::from_u16(status) {
            Ok(status) if status.is_success() => Ok(Answer {
                status,
                headers: HeaderMap::new(),
                body: Bytes::new(),
            }),
            Ok(status) => Err(EventFailure::Status(status)),
            Err(error) => Err(EventFailure::Request(error.to_string())),
        },
        Outcome::Reset(Reset::Before) => lost("connection reset"),
        Outcome::Reset(Reset::After) => send
            .await
            .and_then(|_| lost("connection reset after the request")),
        Outcome::Truncate => send.await.and_then(|_| lost("the response ended before its end")),
    };
    note(
        events,
        outbound,
        start,
        (Method::POST, url),
        &outcome,
        strike.map(|strike| strike.id),
    );
    outcome
}

/// Notes a request by which a handler agrees to events.
pub(super) async fn handshake(
    events: &Events,
    hub: &str,
    (method, url): (Method, Url),
    send: impl Future<Output = Result<Response, EventFailure>>,
) -> Result<Response, EventFailure> {
    let start = Instant::now();
    let outcome = send.await;
    let outbound = Outbound {
        hub,
        event: "handshake",
        headers: HeaderMap::new(),
        body: Bytes::new(),
    };
    if events.instruments.journal.is_recording() {
        let seen = match &outcome {
            Ok(response) => Ok(Answer {
                status: response.status(),
                headers: response.headers().clone(),
                body: Bytes::new(),
            }),
            Err(failure) => Err(EventFailure::Handshake(failure.details())),
        };
        note(events, &outbound, start, (method, url), &seen, None);
    }
    outcome
}

fn note(
    events: &Events,
    outbound: &Outbound<'_>,
    start: Instant,
    (method, mut url): (Method, Url),
    outcome: &Result<Answer, EventFailure>,
    fault: Option<u64>,
) {
    let journal = &events.instruments.journal;
    if !journal.is_recording() {
        return;
    }
    let header = |name: &str| {
        let value = outbound.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let (response, error) = match outcome {
        Ok(Answer {
            status,
            headers,
            body,
        }) => (Some((status.as_u16(), headers.clone(), Kept::shared(body))), None),
        Err(failure) => {
            let status = match failure {
                EventFailure::Status(status) => Some(status.as_u16()),
                _ => None,
            };
            let response = status.map(|status| (status, HeaderMap::new(), Kept::default()));
            (response, Some(failure.details()))
        }
    };
    hide_secrets(&mut url);
    let exchange = Exchange {
        method: method.to_string(),
        url: url.into(),
        headers: outbound.headers.clone(),
        body: Kept::shared(&outbound.body),
        response,
        duration: start.elapsed(),
        fault,
    };
    let event = header("ce-type").map_or_else(
        || outbound.event.to_owned(),
        |full| full.strip_prefix(TYPE_PREFIX).unwrap_or(&full).to_owned(),
    );
    let peer = Peer {
        hub: Some(outbound.hub.to_owned()),
        connection: header("ce-connectionid"),
        user: header("ce-userid"),
        subprotocol: header("ce-subprotocol"),
    };
    let exchange = Box::new(exchange);
    journal.add(
        Arc::new(peer),
        Content::Event {
            event,
            exchange,
            error,
        },
    );
}

/// Any parameter of a handler's URL may be the key by which it knows us.
fn hide_secrets(url: &mut Url) {
    if url.password().is_some() {
        let _ = url.set_password(Some("***"));
    }
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    if !names.is_empty() {
        let hidden: Vec<String> = names.iter().map(|name| format!("{name}=***")).collect();
        url.set_query(Some(&hidden.join("&")));
    }
}
