//! The service's endpoints for clients that are not served here. They are refused by name, so that nobody has to guess
//! from a 404.

use crate::http::ApiError;
use crate::protocol::Protocol;

/// `/clients/socketio/hubs/{hub}`, for Socket.IO by Engine.IO 4.
pub(crate) async fn socket_io() -> ApiError {
    ApiError::invalid(
        "path",
        format!(
            "Socket.IO is not supported here. Connect to /client/hubs/{{hub}} by WebSocket, with one of the subprotocols {}, \
             or with none as a simple client.",
            Protocol::SUBPROTOCOLS.join(", ")
        ),
    )
}
