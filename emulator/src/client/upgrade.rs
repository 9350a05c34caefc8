//! Whether a client may connect: hub, token, groups, roles, the connect event, and the subprotocol.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{RawQuery, State};
use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use rand::distr::{Alphanumeric, SampleString as _};

use super::identity::Identity;
use super::recovery::{self, CONNECTION_ID};
use super::session::Session;
use super::socket::MAX_READ_BYTES;
use super::streams::Streams;
use crate::auth::{Claims, TokenFault};
use crate::events::ConnectRequest;
use crate::http::{ApiError, Query, WebSocketUpgrade, bearer};
use crate::hub::Connection;
use crate::instruments::Peer;
use crate::model::names;
use crate::protocol::{Mode, Protocol, mqtt};
use crate::service::Service;

/// The outcome of looking for a WebSocket handshake in a request.
pub(super) type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// `GET /client/hubs/{hub}`.
pub(crate) async fn connect(
    State(service): State<Arc<Service>>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let hub = last_segment(&uri)?;
    let prefix = "/client/hubs/";
    accept(
        service,
        &hub,
        prefix,
        &Query::parse(query.as_deref()),
        &headers,
        upgrade,
    )
    .await
}

/// `GET /client/?hub={hub}`, the legacy form.
pub(crate) async fn connect_legacy(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let hub = query.first("hub").unwrap_or_default().to_owned();
    accept(service, &hub, "/client/?hub=", &query, &headers, upgrade).await
}

async fn accept(
    service: Arc<Service>,
    hub: &str,
    prefix: &str,
    query: &Query,
    headers: &HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let hub = names::hub(hub)?;
    let offered = offered_subprotocols(headers);
    let upgrade = upgrade.map(|upgrade| upgrade.max_message_size(MAX_READ_BYTES));
    if let Some(connection_id) = query.first(CONNECTION_ID) {
        return match upgrade {
            Ok(upgrade) => recovery::recover(&service, &hub, connection_id, query, &offered, upgrade),
            Err(rejection) => Ok(rejection.into_response()),
        };
    }
    let claims = verify(&service, &hub, prefix, query, headers)
        .map_err(|fault| ApiError::unauthorized(fault.to_string()))?;
    let mut identity = Identity::of_token(&claims)?;
    let mode = Mode::from_query(query)?;
    if !offered.is_empty() && offered.iter().all(|name| is_unserved(name)) {
        return Err(not_served(&offered));
    }
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };

    let connection_id = Alphanumeric.sample_string(&mut rand::rng(), 32);
    let events = service.events.connection(&hub, &connection_id);
    events.identify(identity.user_id.as_deref(), None);
    let request = ConnectRequest::new(&claims, query, headers, &offered);
    let answer = events.connect(&request).await.map_err(|failure| {
        ApiError::refused(
            failure.status_for_client(),
            format!("The event handler refused: {failure}"),
        )
    })?;

    // From here on the handler has accepted, so it hears of the end even if the socket never opens.
    let told = |error: ApiError| {
        events.disconnected("The answer of the connect event handler was refused.");
        error
    };
    let permissions = identity
        .decide(&answer)
        .map_err(|error| told(bad_answer(error)))?;
    let Identity { user_id, groups, .. } = identity;
    let subprotocol = choose(answer.subprotocol, &offered).map_err(told)?;
    if service.stopping.is_cancelled() {
        return Err(told(stopping()));
    }
    events.identify(user_id.as_deref(), subprotocol.as_deref());

    let connection = Arc::new(Connection::new(
        connection_id,
        user_id,
        subprotocol.clone(),
        events,
        service.instruments.clock.clone(),
    ));
    let tap = connection.tap(&service.instruments.journal, &hub);
    let peer = tap.peer();
    let session = Arc::new(Session {
        hub: service.hub(&hub),
        connection: Arc::clone(&connection),
        mode,
        tap,
        clock: service.instruments.clock.clone(),
        keys: Arc::clone(&service.keys),
        tasks: service.tasks.clone(),
        stopping: service.stopping.clone(),
        keep_alive: service.keep_alive,
        recovery_window: service.recovery_window,
        done: Mutex::default(),
        streams: Streams::default(),
        reading: AtomicBool::new(true),
        heard: AtomicBool::new(true),
    });
    if let Some(frame) = session.connected_frame() {
        connection.write(frame);
    }
    // Registered before the client learns that it is connected: what is sent from then on reaches it.
    session
        .hub
        .register(Arc::clone(&connection), &groups, permissions);
    tracing::info!(
        hub,
        connection = connection.id,
        user = connection.user_id,
        protocol = ?connection.protocol,
        "client connected"
    );
    let (failed_hub, failed) = (Arc::clone(&session.hub), connection);
    let tasks = service.tasks.clone();
    let upgrade = match subprotocol {
        Some(name) => upgrade.protocols([name]),
        None => upgrade,
    };
    let response = upgrade
        .on_failed_upgrade(move || {
            failed_hub.unregister(&failed.id);
            failed.events.disconnected("The connection was never opened.");
        })
        .on_upgrade(move |socket| tasks.track_future(session.run(Box::new(socket))));
    Ok(about(peer, response))
}

/// The hub that a path ends with, not yet checked.
pub(super) fn last_segment(uri: &Uri) -> Result<String, ApiError> {
    let segment = uri.path().rsplit('/').next().unwrap_or_default();
    Ok(names::decode_segment("hub", segment)?)
}

/// The answer to a handshake, for whose record the journal learns who the client is.
pub(super) fn about(peer: Option<Arc<Peer>>, mut response: Response) -> Response {
    peer.map(|peer| response.extensions_mut().insert(peer));
    response
}

/// The refusal of those who come too late.
pub(super) fn stopping() -> ApiError {
    ApiError::refused(StatusCode::SERVICE_UNAVAILABLE, "The service is stopping.")
}

pub(super) fn verify(
    service: &Service,
    hub: &str,
    prefix: &str,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Claims, TokenFault> {
    let from_header = bearer(headers.get(AUTHORIZATION));
    let Some(token) = query.first("access_token").or(from_header) else {
        if service.keys.allows_anonymous(hub) {
            return Ok(Claims::new());
        }
        return Err(TokenFault::Absent(
            "There is no client access token. Send it as the query parameter access_token or as a Bearer token.",
        ));
    };
    service
        .keys
        .verify_client(token, &service.urls(headers, &format!("{prefix}{hub}")))
}

pub(super) fn offered_subprotocols(headers: &HeaderMap) -> Vec<String> {
    let values = headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let names = values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The handler's choice, which must have been offered and be served or be the app's own; without one the first offered
/// that is served.
fn choose(chosen: Option<String>, offered: &[String]) -> Result<Option<String>, ApiError> {
    match chosen {
        Some(chosen) if !offered.contains(&chosen) => Err(bad_answer(format!(
            "the subprotocol '{chosen}' was not offered by the client"
        ))),
        Some(chosen) if is_unserved(&chosen) => Err(bad_answer(format!(
            "the subprotocol '{chosen}' is not supported; use {}",
            Protocol::SUBPROTOCOLS.join(", ")
        ))),
        Some(chosen) => Ok(Some(chosen)),
        None => match offered.iter().find(|name| Protocol::named(name).is_some()) {
            None if !offered.is_empty() => Err(not_served(offered)),
            served => Ok(served.cloned()),
        },
    }
}

/// Whether a subprotocol is one of the service that is not served at this endpoint. Others are the app's own: its connect event
/// handler may choose them.
fn is_unserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_the_service = name.ends_with(".webpubsub.azure.v1") || name == mqtt::SUBPROTOCOL;
    of_the_service && Protocol::named(&name).is_none()
}

/// Nobody could speak with a client whose offers are all declined: it is told now, and not left to guess.
fn not_served(offered: &[String]) -> ApiError {
    let elsewhere = match offered
        .iter()
        .any(|name| name.eq_ignore_ascii_case(mqtt::SUBPROTOCOL))
    {
        true => " MQTT clients connect to /clients/mqtt/hubs/{hub}.",
        false => "",
    };
    ApiError::invalid(
        "Sec-WebSocket-Protocol",
        format!(
            "None of the offered subprotocols is supported here: {}. Offer {}, or none for a simple WebSocket client.{elsewhere}",
            offered.join(", "),
            Protocol::SUBPROTOCOLS.join(", ")
        ),
    )
}

fn bad_answer(error: impl std::fmt::Display) -> ApiError {
    ApiError::refused(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("The answer of the connect event handler is not valid: {error}"),
    )
}
