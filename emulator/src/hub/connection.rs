//! One client connection, as the hub and the event sender see it. What happens on its socket is in `client`.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::events::ConnectionEvents;
use crate::model::{Message, Origin};
use crate::protocol::{Close, Frame, Protocol};

/// What is waiting to be written to the socket.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Frame(Frame),
    /// The last thing written.
    Close(Close),
}

/// The part of a connection that does not change during its life.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: String,
    /// `None` for an anonymous client.
    pub(crate) user_id: Option<String>,
    pub(crate) protocol: Protocol,
    /// What the event handler hears about it.
    pub(crate) events: Arc<ConnectionEvents>,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    cut: Notify,
}

impl Connection {
    /// The connection and the queue that its socket has to write.
    pub(crate) fn new(
        id: String,
        user_id: Option<String>,
        protocol: Protocol,
        events: Arc<ConnectionEvents>,
    ) -> (Self, mpsc::UnboundedReceiver<Outgoing>) {
        let (outgoing, queue) = mpsc::unbounded_channel();
        (
            Self {
                id,
                user_id,
                protocol,
                events,
                outgoing,
                cut: Notify::new(),
            },
            queue,
        )
    }

    /// Queues a message, written in the connection's protocol.
    pub(crate) fn deliver(&self, origin: Origin<'_>, message: &Message) {
        self.write(self.protocol.message(origin, message));
    }

    /// Queues a frame. A connection whose socket is gone takes it silently: it is about to leave the hub.
    pub(crate) fn write(&self, frame: Frame) {
        let _ = self.outgoing.send(Outgoing::Frame(frame));
    }

    /// Queues the close; frames queued before it are still written.
    pub(crate) fn close(&self, close: Close) {
        let _ = self.outgoing.send(Outgoing::Close(close));
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
