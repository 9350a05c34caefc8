//! Reliable clients that come back to their connections after they have lost the socket.
//!
//! They prove by a reconnection token that the connection is theirs; their access token may have expired. A connection
//! that cannot be recovered is told by a close with 1008: after any other failure client libraries try again.

use std::sync::Arc;

use axum::extract::ws::close_code;
use axum::response::Response;
use futures_util::StreamExt as _;

use super::socket;
use super::upgrade::about;
use crate::http::{ApiError, Query, WebSocket, WebSocketUpgrade};
use crate::hub::Connection;
use crate::instruments::{Peer, Tap};
use crate::protocol::{Close, Protocol};
use crate::service::Service;

/// The query parameter with the id of the connection to come back to.
pub(super) const CONNECTION_ID: &str = "awps_connection_id";
const RECONNECTION_TOKEN: &str = "awps_reconnection_token";

/// Takes the socket to its connection.
pub(super) fn recover(
    service: &Service,
    hub: &str,
    connection_id: &str,
    query: &Query,
    offered: &[String],
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    let reliable = |name: &&String| Protocol::named(name).is_some_and(Protocol::is_reliable);
    let subprotocol = offered.iter().find(reliable).ok_or_else(|| {
        ApiError::invalid(
            "Sec-WebSocket-Protocol",
            "A connection can be recovered only with the reliable subprotocol that it was made with.",
        )
    })?;
    let token = query.first(RECONNECTION_TOKEN).unwrap_or_default();
    let connection = find(service, hub, connection_id, token, subprotocol);
    if let Err(reason) = &connection {
        tracing::warn!(
            hub,
            connection = connection_id,
            reason,
            "connection not recovered"
        );
    }
    let journal = &service.instruments.journal;
    let tap = match &connection {
        Ok(connection) => connection.tap(journal, hub),
        Err(_) => Tap::new(journal, || Peer {
            hub: Some(hub.to_owned()),
            connection: Some(connection_id.to_owned()),
            user: None,
            subprotocol: Some(subprotocol.clone()),
        }),
    };
    let peer = tap.peer();
    let tasks = service.tasks.clone();
    let response = upgrade
        .protocols([subprotocol.clone()])
        .on_upgrade(move |socket| {
            tasks.track_future(async move {
                let refused = match connection {
                    Ok(connection) => connection.handover.offer(Box::new(socket)).err(),
                    Err(_) => Some(Box::new(socket)),
                };
                if let Some(socket) = refused {
                    refuse(socket, &tap).await;
                }
            })
        });
    Ok(about(peer, response))
}

/// The connection, or why it cannot be recovered.
fn find(
    service: &Service,
    hub: &str,
    connection_id: &str,
    token: &str,
    subprotocol: &str,
) -> Result<Arc<Connection>, &'static str> {
    if !service.keys.is_reconnection(token, connection_id) {
        return Err("the reconnection token is not one of this connection");
    }
    let connection = service
        .hub(hub)
        .connection(connection_id)
        .ok_or("the connection has ended")?;
    match Protocol::named(subprotocol) == Some(connection.protocol) {
        true => Ok(connection),
        false => Err("the connection was made with another subprotocol"),
    }
}

/// Closes a socket whose connection cannot be recovered.
pub(super) async fn refuse(socket: Box<WebSocket>, tap: &Tap) {
    let close = Close::new(close_code::POLICY, "The connection cannot be recovered.");
    socket::close((*socket).split(), [], &close, tap).await;
}
