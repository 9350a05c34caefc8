//! One client connection, as the hub and the event sender see it. What happens on its socket is in `client`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::close_code;
use tokio::sync::Notify;

use super::handover::Handover;
use super::mqtt::MqttSide;
use super::queue::Queue;
use super::unacknowledged::Unacknowledged;
use crate::events::ConnectionEvents;
use crate::http::WebSocket;
use crate::instruments::{Clock, Journal, Peer, Tap};
use crate::protocol::{Close, Encoded, Frame, Protocol, mqtt};

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
    /// Of a reliable client only.
    unacknowledged: Option<Unacknowledged>,
    pub(crate) handover: Handover<Box<WebSocket>>,
    /// Of an MQTT client only.
    pub(crate) mqtt: Option<Arc<MqttSide>>,
}

impl Connection {
    /// A connection with an empty queue.
    pub(crate) fn new(
        id: String,
        user_id: Option<String>,
        subprotocol: Option<String>,
        events: Arc<ConnectionEvents>,
        clock: Clock,
    ) -> Self {
        // A subprotocol that is not ours is a simple client's own affair.
        let protocol = subprotocol
            .as_deref()
            .and_then(Protocol::named)
            .unwrap_or(Protocol::Simple);
        Self {
            id,
            user_id,
            protocol,
            subprotocol,
            events,
            queue: Queue::default(),
            cut: Notify::new(),
            unacknowledged: protocol.is_reliable().then(|| Unacknowledged::new(clock)),
            handover: Handover::default(),
            mqtt: None,
        }
    }

    /// A session of an MQTT client. Its queue has the packets that no message makes, and the close.
    pub(crate) fn of_mqtt(
        id: String,
        user_id: Option<String>,
        events: Arc<ConnectionEvents>,
        side: Arc<MqttSide>,
        clock: Clock,
    ) -> Self {
        Self {
            mqtt: Some(side),
            ..Self::new(id, user_id, Some(mqtt::SUBPROTOCOL.to_owned()), events, clock)
        }
    }

    /// Queues a message. A reliable client gets it again when it comes back, unless it has acknowledged it or the
    /// message's time is over.
    pub(crate) fn deliver(&self, encoded: &mut Encoded<'_>, time_to_live: Option<Duration>) {
        if let Some(side) = &self.mqtt {
            if let Some(publication) = encoded.publication() {
                self.publish(side, publication);
            }
            return;
        }
        let Some(unacknowledged) = &self.unacknowledged else {
            if let Some(frame) = encoded.frame(self.protocol) {
                self.write(frame);
            }
            return;
        };
        let frame = |sequence_id| encoded.numbered(self.protocol, sequence_id);
        if !unacknowledged.add(&self.queue, time_to_live, frame) {
            tracing::warn!(
                connection = self.id,
                "this client has not acknowledged more than 1,000 messages or 16 MiB: closing it as too slow"
            );
        }
    }

    /// Queues a message for an MQTT client.
    pub(crate) fn publish(&self, side: &MqttSide, publication: Arc<mqtt::Publication>) {
        if !side.push(publication) {
            tracing::warn!(
                connection = self.id,
                "more than 1,000 messages or 16 MiB wait for this client: ending its session as too slow"
            );
            self.queue.abandon(Close::new(close_code::POLICY, "SlowClient"));
        }
    }

    /// An MQTT client that is put into the group again gets its messages with the default options.
    pub(super) fn forget_subscription(&self, group: &str) {
        if let Some(side) = &self.mqtt {
            side.unsubscribe(group);
        }
    }

    /// Forgets all messages up to the one with this sequence id.
    pub(crate) fn acknowledge(&self, sequence_id: u64) {
        if let Some(unacknowledged) = &self.unacknowledged {
            unacknowledged.acknowledge(sequence_id);
        }
    }

    /// There is no socket for now: only messages are kept.
    pub(crate) fn pause(&self) {
        self.queue.pause();
    }

    /// There is a socket again: queues this frame, then all messages that are not acknowledged.
    pub(crate) fn resume(&self, first: Frame) {
        if let Some(unacknowledged) = &self.unacknowledged {
            unacknowledged.replay(&self.queue, first);
        }
    }

    /// Notes its frames in the journal.
    pub(crate) fn tap(&self, journal: &Arc<Journal>, hub: &str) -> Tap {
        Tap::new(journal, || Peer {
            hub: Some(hub.to_owned()),
            connection: Some(self.id.clone()),
            user: self.user_id.clone(),
            subprotocol: self.subprotocol.clone(),
        })
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

    /// Has the socket end at once: no close frame, and nothing that is queued. A reliable client may come back.
    pub(crate) fn cut(&self) {
        self.cut.notify_one();
    }

    /// Waits until the socket is cut.
    pub(crate) async fn cut_off(&self) {
        self.cut.notified().await;
    }
}
