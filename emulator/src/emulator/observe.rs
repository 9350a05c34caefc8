//! What every request to the service passes: the log, the journal, and faults.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::unfold;

use super::listener::ResetHandle;
use crate::http::{ApiError, read_body};
use crate::instruments::{
    Content, Exchange, FaultOn, HttpKind, Kept, KeptHeaders, Occurrence, Outcome, Peer, Reset,
};
use crate::model::names;
use crate::service::Service;

/// How long the first half of a truncated body has to get away.
const TRUNCATION_PAUSE: Duration = Duration::from_millis(20);

/// Sends a request on, unless a fault prevents it, and notes what became of it.
pub(super) async fn observe(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let is_client = path.starts_with("/client");
    let journal = &service.instruments.journal;
    let seen = journal.is_recording().then(|| Seen::watch(&mut request));
    let peer = (seen.is_some() || service.instruments.faults.any()).then(|| peer(request.uri()));
    let strike = service.instruments.faults.strike(&Occurrence {
        on: if is_client {
            FaultOn::Connect
        } else {
            FaultOn::Rest
        },
        hub: peer.as_ref().and_then(|peer| peer.hub.as_deref()),
        method: method.as_str(),
        name: &path,
    });
    let fault = strike.as_ref().map(|strike| strike.id);
    if let Some(delay) = strike.as_ref().and_then(|strike| strike.delay) {
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = service.stopping.cancelled() => {}
        }
    }
    let outcome = strike.map_or(Outcome::Usual, |strike| strike.outcome);
    let handle = request.extensions().get::<ConnectInfo<ResetHandle>>();
    let handle = handle
        .map(|ConnectInfo(handle)| handle.clone())
        .unwrap_or_default();
    let mut response = respond(request, next, outcome, fault).await;
    if matches!(outcome, Outcome::Reset(_)) {
        handle.reset();
    }

    let code = response.headers().get("x-ms-error-code");
    let code = code.and_then(|code| code.to_str().ok());
    let reason = response.extensions().get::<ApiError>().map(ApiError::message);
    tracing::info!(%method, path, status = response.status().as_u16(), code, reason, fault, "request");
    if let Some(seen) = seen {
        let connected = response.extensions().get::<Arc<Peer>>().cloned();
        let peer = connected.or(peer.map(Arc::new)).unwrap_or_default();
        let body;
        (response, body) = read(response).await;
        let kind = if is_client {
            HttpKind::Connect
        } else {
            HttpKind::Rest
        };
        let answer = (response.status().as_u16(), response.headers().into(), body);
        let exchange = Exchange {
            response: Some(answer).filter(|_| !matches!(outcome, Outcome::Reset(_))),
            duration: start.elapsed(),
            fault,
            ..seen.exchange()
        };
        journal.add(peer, Content::Http(kind, Box::new(exchange)));
    }
    match outcome {
        Outcome::Truncate => truncate(response, &method, handle).await,
        _ => response,
    }
}

async fn respond(request: Request, next: Next, outcome: Outcome, fault: Option<u64>) -> Response {
    match outcome {
        Outcome::Usual | Outcome::Reset(Reset::After) | Outcome::Truncate => next.run(request).await,
        // It gets nowhere.
        Outcome::Reset(Reset::Before) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Outcome::Status { status, retry_after } => {
            // Read first: a caller that is still sending would not see an early response.
            let _ = read_body(request.into_body()).await;
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if status.is_success() {
                return status.into_response();
            }
            let message = format!("Fault {} was asked for.", fault.unwrap_or_default());
            let mut response = ApiError::fault(status, message).into_response();
            if let Some(seconds) = retry_after {
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

/// A request as it is seen on its way.
struct Seen {
    method: Method,
    uri: Uri,
    headers: KeptHeaders,
    body: Arc<Mutex<Kept>>,
}

impl Seen {
    /// Has the beginning of the body kept as it is read.
    fn watch(request: &mut Request) -> Self {
        let seen = Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().into(),
            body: Arc::default(),
        };
        let kept = Arc::clone(&seen.body);
        let body = std::mem::take(request.body_mut()).into_data_stream();
        *request.body_mut() = Body::from_stream(body.inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                *kept = kept.and(chunk);
            }
        }));
        seen
    }

    fn exchange(self) -> Exchange {
        let url = self.uri.path_and_query().map_or("/", |target| target.as_str());
        let body = self.body.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Exchange {
            method: self.method.to_string(),
            url: url.to_owned(),
            headers: self.headers,
            body,
            response: None,
            duration: Duration::ZERO,
            fault: None,
        }
    }
}

/// The body of a response, which is all there already, and the response with it.
async fn read(response: Response) -> (Response, Kept) {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return (response, Kept::default());
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let kept = Kept::shared(&bytes);
    (Response::from_parts(parts, Body::from(bytes)), kept)
}

/// Announces the whole body, sends half of it and resets the connection. A body that is not there cannot be sent by
/// halves: then the response is lost.
async fn truncate(response: Response, method: &Method, handle: ResetHandle) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if bytes.is_empty() || method == Method::HEAD {
        handle.reset();
        return Response::from_parts(parts, Body::empty());
    }
    let half = bytes.slice(..bytes.len() / 2);
    parts
        .headers
        .insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let stream = unfold(Some(half), move |half| {
        let handle = handle.clone();
        async move {
            match half {
                Some(half) => Some((Ok(half), None)),
                None => {
                    tokio::time::sleep(TRUNCATION_PAUSE).await;
                    handle.reset();
                    Some((
                        Err::<Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
                        None,
                    ))
                }
            }
        }
    });
    Response::from_parts(parts, Body::from_stream(stream))
}

/// The names in a path: `/…/hubs/chat/users/ann`, and in that of the legacy handshake, `/client/?hub=chat`.
fn peer(uri: &Uri) -> Peer {
    let mut peer = Peer::default();
    let mut segments = uri.path().split('/');
    while let Some(segment) = segments.next() {
        let (field, name) = match segment {
            "hubs" => ("hub", &mut peer.hub),
            "connections" => ("connection", &mut peer.connection),
            "users" => ("user", &mut peer.user),
            _ => continue,
        };
        let found = segments.next().filter(|name| !name.is_empty());
        *name = found.and_then(|raw| names::decode_segment(field, raw).ok());
    }
    if peer.hub.is_none() {
        let query = uri.query().unwrap_or_default();
        let mut query = form_urlencoded::parse(query.as_bytes());
        peer.hub = query
            .find(|(name, _)| name == "hub")
            .map(|(_, hub)| hub.into_owned());
    }
    peer.hub = peer.hub.map(|hub| hub.to_ascii_lowercase());
    peer
}
