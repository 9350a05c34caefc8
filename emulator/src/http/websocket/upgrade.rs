//! Handshakes: axum checks and answers them; the connection becomes a [`WebSocket`].

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, Request, ws};
use axum::http::request::Parts;
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::WebSocket;

/// How much of a socket is read at once: a good part of what an idle connection costs. Of a longer frame, the rest is
/// read in one piece.
const READ_BUFFER_BYTES: usize = 2048;
/// How much is gathered before it is written.
const WRITE_BUFFER_BYTES: usize = 4096;

/// A request that is a WebSocket handshake.
pub(crate) struct WebSocketUpgrade {
    handshake: ws::WebSocketUpgrade,
    upgraded: OnUpgrade,
    config: WebSocketConfig,
    failed: Box<dyn FnOnce() + Send>,
}

impl<S: Send + Sync> FromRequestParts<S> for WebSocketUpgrade {
    type Rejection = WebSocketUpgradeRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebSocketUpgradeRejection> {
        // axum would make its own socket of the connection: it gets one that never opens.
        let never = || hyper::upgrade::on(Request::new(()));
        let upgraded = parts.extensions.remove::<OnUpgrade>();
        if upgraded.is_some() {
            parts.extensions.insert(never());
        }
        Ok(Self {
            handshake: ws::WebSocketUpgrade::from_request_parts(parts, state).await?,
            upgraded: upgraded.unwrap_or_else(never),
            config: WebSocketConfig::default()
                .read_buffer_size(READ_BUFFER_BYTES)
                .write_buffer_size(WRITE_BUFFER_BYTES),
            failed: Box::new(|| ()),
        })
    }
}

impl WebSocketUpgrade {
    /// A larger message or frame is an error.
    pub(crate) fn max_message_size(mut self, bytes: usize) -> Self {
        self.config = self
            .config
            .max_message_size(Some(bytes))
            .max_frame_size(Some(bytes));
        self
    }

    /// The subprotocols to agree on: the first that the client has offered.
    pub(crate) fn protocols(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.handshake = self.handshake.protocols(names);
        self
    }

    /// What is done when the socket never opens.
    pub(crate) fn on_failed_upgrade(mut self, failed: impl FnOnce() + Send + 'static) -> Self {
        self.failed = Box::new(failed);
        self
    }

    /// Accepts the client; `run` gets the socket.
    pub(crate) fn on_upgrade<F>(self, run: impl FnOnce(WebSocket) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Self {
            handshake,
            upgraded,
            config,
            failed,
        } = self;
        tokio::spawn(async move {
            match upgraded.await {
                Ok(upgraded) => run(WebSocket::new(upgraded, config).await).await,
                Err(_) => failed(),
            }
        });
        handshake.on_upgrade(|_| async {})
    }
}
