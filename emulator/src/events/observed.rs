//! What the journal sees of events, and what faults do to them.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::Full;
use url::Url;

use super::delivery::{EventFailure, Outbound, returned};
use super::{Events, Rules};
use crate::instruments::{Content, Exchange, FaultOn, Kept, Occurrence, Outcome, Peer, Reset, Strike};

/// The common prefix of the types of events.
const TYPE_PREFIX: &str = "azure.webpubsub.";

/// What came of a request to a handler.
type Outcomes = Result<Response<Bytes>, EventFailure>;

/// One attempt to deliver an event, unless a fault prevents it. What it waits for by a fault counts as the handler's time.
pub(super) async fn attempt(
    events: &Events,
    rules: &Rules,
    url: Url,
    outbound: &Outbound<'_>,
    request: Request<Full<Bytes>>,
) -> Outcomes {
    let start = Instant::now();
    let strike = events.instruments.faults.strike(&Occurrence {
        on: FaultOn::Event,
        hub: Some(outbound.hub),
        method: "POST",
        name: outbound.event,
    });
    let fault = strike.as_ref().map(|strike| strike.id);
    let outcome = match strike {
        None => rules.http.send(request, rules.timeout).await,
        Some(strike) => {
            tokio::select! {
                outcome = struck(strike, rules, request) => outcome,
                () = events.stopping.cancelled() => return Err(EventFailure::Stopping),
            }
        }
    };
    note(events, outbound, start, ("POST", url), &outcome, fault);
    outcome
}

/// What comes of a request that a fault meets.
async fn struck(strike: Strike, rules: &Rules, request: Request<Full<Bytes>>) -> Outcomes {
    let lost = |what: &str| {
        Err(EventFailure::Unreachable(format!(
            "{what}, by a fault on request"
        )))
    };
    let delay = strike.delay.unwrap_or(Duration::ZERO);
    tokio::time::sleep(delay.min(rules.timeout)).await;
    let Some(left) = rules.timeout.checked_sub(delay).filter(|left| !left.is_zero()) else {
        return lost(&format!("no answer within {:?}", rules.timeout));
    };
    let sent = rules.http.send(request, left);
    match strike.outcome {
        Outcome::Usual => sent.await,
        Outcome::Status { status, .. } => {
            let mut response = Response::default();
            *response.status_mut() =
                StatusCode::from_u16(status).map_err(|error| EventFailure::Request(error.to_string()))?;
            Ok(response)
        }
        Outcome::Reset(Reset::Before) => lost("connection reset"),
        Outcome::Reset(Reset::After) => sent
            .await
            .and_then(|_| lost("connection reset after the request")),
        Outcome::Truncate => sent.await.and_then(|_| lost("the response ended before its end")),
    }
}

/// Notes a request by which a handler agrees to events.
pub(super) async fn handshake<F: Future<Output = Outcomes>>(
    events: &Events,
    hub: &str,
    url: Url,
    request: Request<Full<Bytes>>,
    send: impl FnOnce(Request<Full<Bytes>>) -> F,
) -> Outcomes {
    let start = Instant::now();
    let method = request.method().clone();
    let outbound = Outbound {
        hub,
        event: "handshake",
        headers: request.headers().clone(),
        body: Bytes::new(),
    };
    let outcome = send(request).await;
    note(events, &outbound, start, (method.as_str(), url), &outcome, None);
    outcome
}

fn note(
    events: &Events,
    outbound: &Outbound<'_>,
    start: Instant,
    (method, mut url): (&str, Url),
    outcome: &Outcomes,
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
        Ok(response) => {
            let status = response.status();
            let body = Kept::shared(response.body());
            let error = (!status.is_success()).then(|| returned(status));
            (Some((status.as_u16(), response.headers().into(), body)), error)
        }
        Err(failure) => (None, Some(failure.details())),
    };
    hide_secrets(&mut url);
    let exchange = Exchange {
        method: method.to_owned(),
        url: url.into(),
        headers: (&outbound.headers).into(),
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
