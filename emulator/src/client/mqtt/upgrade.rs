//! The WebSocket handshake of MQTT clients. What the client may do is known here, who it is not yet.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::super::socket::MAX_READ_BYTES;
use super::super::upgrade::{Upgrade, offered_subprotocols, permissions, verify};
use super::{arrival, journal};
use crate::auth::{self, Claims};
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
    pub(super) user_id: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) roles: Vec<String>,
}

/// `GET /clients/mqtt/hubs/{hub}`.
pub(crate) async fn connect(
    State(service): State<Arc<Service>>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, ApiError> {
    let hub = names::decode_segment("hub", uri.path().rsplit('/').next().unwrap_or_default())?;
    let hub = names::hub(&hub)?;
    let query = Query::parse(query.as_deref());
    let claims = verify(&service, &hub, PREFIX, &query, &headers)
        .map_err(|fault| ApiError::unauthorized(fault.to_string()))?;
    let groups = auth::strings(&claims, "webpubsub.group")
        .iter()
        .map(|group| names::group(group))
        .collect::<Result<Vec<_>, _>>()?;
    let roles = auth::strings(&claims, "role");
    permissions(&roles).map_err(|error| ApiError::invalid("role", error.to_string()))?;
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
        return Err(ApiError::refused(
            StatusCode::SERVICE_UNAVAILABLE,
            "The service is stopping.",
        ));
    }
    let tasks = service.tasks.clone();
    let user_id = auth::strings(&claims, "sub").into_iter().next();
    let peer = journal::tap(&service, &hub, None, user_id.as_deref()).peer();
    let admission = Admission {
        user_id,
        service,
        hub,
        claims,
        query,
        headers,
        subprotocols,
        groups,
        roles,
    };
    let mut response = upgrade
        .max_message_size(MAX_READ_BYTES)
        .protocols([subprotocol])
        .on_upgrade(move |socket| tasks.track_future(arrival::receive(admission, socket)));
    // For the journal's record of the handshake.
    peer.map(|peer| response.extensions_mut().insert(peer));
    Ok(response)
}
