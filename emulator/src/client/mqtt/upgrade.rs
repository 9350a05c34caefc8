//! The WebSocket handshake of MQTT clients. What the client may do is known here, who it is not yet.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};

use super::super::identity::Identity;
use super::super::socket::MAX_READ_BYTES;
use super::super::upgrade::{Upgrade, about, last_segment, offered_subprotocols, stopping, verify};
use super::{arrival, journal};
use crate::auth::Claims;
use crate::http::{ApiError, Query};
use crate::model::names;
use crate::protocol::mqtt::SUBPROTOCOL;
use crate::service::Service;

/// Where MQTT clients connect, before the hub.
const PREFIX: &str = "/clients/mqtt/hubs/";

/// A client whose token has been verified.
pub(super) struct Admission {
    pub(super) service: Arc<Service>,
    pub(super) hub: String,
    pub(super) claims: Claims,
    pub(super) query: Query,
    pub(super) headers: HeaderMap,
    pub(super) subprotocols: Vec<String>,
    pub(super) identity: Identity,
}

/// `GET /clients/mqtt/hubs/{hub}`.
pub(crate) async fn connect(
    State(service): State<Arc<Service>>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let hub = names::hub(&last_segment(&uri)?)?;
    let query = Query::parse(query.as_deref());
    let claims = verify(&service, &hub, PREFIX, &query, &headers)
        .map_err(|fault| ApiError::unauthorized(fault.to_string()))?;
    let identity = Identity::of_token(&claims)?;
    let subprotocols = offered_subprotocols(&headers);
    let Some(subprotocol) = subprotocols
        .iter()
        .find(|name| name.eq_ignore_ascii_case(SUBPROTOCOL))
        .cloned()
    else {
        return Err(ApiError::invalid(
            "Sec-WebSocket-Protocol",
            format!(
                "MQTT clients must offer the subprotocol {SUBPROTOCOL}. Other clients connect to /client/hubs/{hub}."
            ),
        ));
    };
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    if service.stopping.is_cancelled() {
        return Err(stopping());
    }
    let tasks = service.tasks.clone();
    let peer = journal::tap(&service, &hub, None, identity.user_id.as_deref()).peer();
    let admission = Admission {
        service,
        hub,
        claims,
        query,
        headers,
        subprotocols,
        identity,
    };
    let response = upgrade
        .max_message_size(MAX_READ_BYTES)
        .protocols([subprotocol])
        .on_upgrade(move |socket| tasks.track_future(arrival::receive(admission, socket)));
    Ok(about(peer, response))
}
