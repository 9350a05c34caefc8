//! One client connection, as the hub and the event sender see it. What happens on its socket is in `client`.

use std::sync::Arc;

use tokio::sync::Notify;

use super::queue::Queue;
use crate::events::ConnectionEvents;
use crate::protocol::{Close, Frame, Protocol};

/// The part of a connection that does not change during its life, and the queue to its socket.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: String,
    /// `None` for an anonymous client.
    pub(crate) user_id: Option<String>,
    pub(crate) protocol: Protocol,
    /// The subprotocol agreed on in the handshake.
    pub(crate) subprotocol: Option<String>,
    /// What the event handler hears about it.
    pub(crate) events: Arc<ConnectionEvents>,
    pub(crate) queue: Queue,
    cut: Notify,
}

impl Connection {
    /// A connection with an empty queue.
    pub(crate) fn new(
        id: String,
        user_id: Option<String>,
        subprotocol: Option<String>,
        events: Arc<ConnectionEvents>,
    ) -> Self {
        Self {
            id,
            user_id,
            // A subprotocol that is not ours is a simple client's own affair.
            protocol: subprotocol
                .as_deref()
                .and_then(Protocol::named)
                .unwrap_or(Protocol::Simple),
            subprotocol,
            events,
            queue: Queue::default(),
            cut: Notify::new(),
        }
    }

    /// Queues a frame. A connection that is closing takes it silently: it is about to leave the hub.
    pub(crate) fn write(&self, frame: Frame) {
        if !self.queue.push(frame) {
            tracing::warn!(
                connection = self.id,
                "more than 1,000 messages or 16 MiB wait for this client: closing it as too slow"
            );
        }
    }

    /// Queues the close; frames queued before it are still written.
    pub(crate) fn close(&self, close: Close) {
        self.queue.close(close);
    }

    /// Queues the close in place of all that waits.
    pub(crate) fn abandon(&self, close: Close) {
        self.queue.abandon(close);
    }

    /// Has the socket end at once: no close frame, and nothing that is queued.
    pub(crate) fn cut(&self) {
        self.cut.notify_one();
    }

    /// Waits until the connection is cut.
    pub(crate) async fn cut_off(&self) {
        self.cut.notified().await;
    }
}
