//! The life of a connection: one socket, or of a reliable client one after another, and the end.

use std::convert::Infallible;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ack_ids::AckIds;
use super::event_queue::EventQueue;
use super::recovery;
use super::socket::{End, Halves, close_handshake};
use super::streams::Streams;
use crate::auth::Keys;
use crate::events::EventFailure;
use crate::http::WebSocket;
use crate::hub::{Connection, Hub};
use crate::instruments::{Clock, Tap};
use crate::model::permissions::Permission;
use crate::model::{Message, Origin};
use crate::protocol::{Connected, Encoded, Frame, Mode, Notice};

/// A connection, and what its requests need.
pub(super) struct Session {
    pub(super) hub: Arc<Hub>,
    pub(super) connection: Arc<Connection>,
    pub(super) mode: Mode,
    pub(super) keys: Arc<Keys>,
    pub(super) tasks: TaskTracker,
    pub(super) stopping: CancellationToken,
    pub(super) keep_alive: Duration,
    /// How long a reliable client that lost its socket may take to come back.
    pub(super) recovery_window: Duration,
    /// The ack ids of requests that succeeded.
    pub(super) done: Mutex<AckIds>,
    /// The streams that the client has opened.
    pub(super) streams: Streams,
    /// Whether the socket is being read, so that an answer to a ping would be seen.
    pub(super) reading: AtomicBool,
    /// Whether the client has sent anything since the last ping.
    pub(super) heard: AtomicBool,
    /// Where the journal sees the frames.
    pub(super) tap: Tap,
    /// What times to live and to come back go by.
    pub(super) clock: Clock,
}

impl Session {
    /// Runs the connection to its end, then tells the event handler. Large values are boxed, here and below: most
    /// connections are idle, and this is what they cost.
    pub(super) async fn run(self: Arc<Self>, socket: Box<WebSocket>) {
        self.connection.events.connected();
        let mut events = EventQueue::default();
        let (reason, socket) = tokio::select! {
            end = self.live(socket, &mut events) => end,
            never = self.streams.expire(&self) => match never {},
        };
        self.streams.abandon(&self);
        self.hub.unregister(&self.connection.id);
        if let Some(late) = self.connection.handover.shut() {
            Box::pin(recovery::refuse(late, &self.tap)).await;
        }
        if let Some(halves) = socket {
            close_handshake(halves).await;
        }
        self.tap.ended(&reason);
        tracing::info!(connection = self.connection.id, reason, "client gone");
        events.finish().await;
        self.connection.events.disconnected(&reason);
    }

    /// Serves one socket after another. Returns the reason of the end, and the last socket if it is still open.
    async fn live(
        self: &Arc<Self>,
        mut socket: Box<WebSocket>,
        events: &mut EventQueue,
    ) -> (String, Option<Halves>) {
        loop {
            socket = match self.serve(socket, events).await {
                End::Over { reason, socket } => return (reason, socket),
                End::Replaced(socket) => socket,
                End::Lost { reason, socket } => {
                    self.connection.pause();
                    self.tap.lost(&reason);
                    tracing::info!(connection = self.connection.id, reason, "reliable client away");
                    if let Some(halves) = socket {
                        self.tasks.spawn(close_handshake(halves));
                    }
                    tokio::select! {
                        socket = self.connection.handover.take() => socket,
                        close = self.connection.queue.closing() => return (close.reason, None),
                        () = self.clock.sleep(self.recovery_window) => return (reason, None),
                        // There is no socket to cut.
                        never = self.ignore_cuts() => match never {},
                    }
                }
            };
            tracing::info!(connection = self.connection.id, "reliable client back");
            if let Some(frame) = self.connected_frame() {
                self.connection.resume(frame);
            }
        }
    }

    async fn ignore_cuts(&self) -> Infallible {
        loop {
            self.connection.cut_off().await;
        }
    }

    /// What opens a socket, with a new reconnection token for a reliable client.
    pub(super) fn connected_frame(&self) -> Option<Frame> {
        let Connection {
            id,
            user_id,
            protocol,
            ..
        } = &*self.connection;
        let token = protocol.is_reliable().then(|| self.keys.sign_reconnection(id));
        let reconnection_token = token.transpose().unwrap_or_else(|error| {
            tracing::error!(%error, "no reconnection token");
            None
        });
        protocol.connected(&Connected {
            connection_id: id,
            user_id: user_id.as_deref(),
            reconnection_token: reconnection_token.as_deref(),
        })
    }

    /// Sends a user event and the handler's reply, if there is one.
    pub(super) async fn user_event(&self, name: &str, message: Message) -> Result<(), EventFailure> {
        if let Some(reply) = self.connection.events.user_event(name, message).await? {
            self.connection
                .deliver(&mut Encoded::new(Origin::Server, &reply), None);
        }
        Ok(())
    }

    /// Queues a notice for the client.
    pub(super) fn tell(&self, notice: &Notice<'_>) {
        if let Some(frame) = self.connection.protocol.notice(notice) {
            self.connection.write(frame);
        }
    }

    /// Whether this connection may do this with a group now.
    pub(super) fn allows(&self, permission: Permission, group: &str) -> bool {
        self.hub
            .allows(&self.connection.id, permission, group)
            .unwrap_or(false)
    }
}
