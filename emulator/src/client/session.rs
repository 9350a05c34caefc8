//! The life of one socket: reading, writing, keeping alive, and the end.

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, WebSocket, close_code};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ack_ids::AckIds;
use super::event_queue::EventQueue;
use super::requests;
use crate::events::EventFailure;
use crate::hub::{Connection, Hub, Outgoing};
use crate::instruments::Tap;
use crate::model::permissions::Permission;
use crate::model::{MAX_MESSAGE_BYTES, Message, Origin};
use crate::protocol::{Close, Frame, Incoming, Mode};

/// How long a close may take: what waits before it, its frame, the client's answer to it.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of a message is read at all: enough to take one that is too big to its end and say so.
pub(super) const MAX_READ_BYTES: usize = 16 * MAX_MESSAGE_BYTES;
/// How much of a reason fits into a close frame.
const MAX_CLOSE_REASON: usize = 123;
/// So many pings in a row without a sign of life end a connection.
const MAX_UNANSWERED_PINGS: u32 = 2;
/// After so many frames other connections get their turn, so that one busy client cannot make the others slow.
const FRAMES_PER_TURN: u32 = 16;

/// A connection with its socket, and what its requests need.
pub(super) struct Session {
    pub(super) hub: Arc<Hub>,
    pub(super) connection: Arc<Connection>,
    pub(super) mode: Mode,
    pub(super) tasks: TaskTracker,
    pub(super) stopping: CancellationToken,
    pub(super) keep_alive: Duration,
    /// The ack ids of requests that succeeded.
    pub(super) done: Mutex<AckIds>,
    /// Whether the socket is being read, so that an answer to a ping would be seen.
    pub(super) reading: AtomicBool,
    /// Whether the client has sent anything since the last ping.
    pub(super) heard: AtomicBool,
    /// Where the journal sees the frames.
    pub(super) tap: Tap,
}

impl Session {
    /// Runs the socket until it is closed by either side, then tells the event handler.
    pub(super) async fn run(self: Arc<Self>, socket: WebSocket) {
        let (mut sink, mut stream) = socket.split();
        self.connection.events.connected();
        let mut events = EventQueue::default();
        let (reason, is_open) = tokio::select! {
            reason = self.read(&mut stream, &mut events) => (reason, true),
            reason = self.write(&mut sink) => (reason, true),
            reason = self.watch() => (reason, false),
            // Without a close frame and without waiting for anybody, as when a network goes away.
            () = self.connection.cut_off() => (String::new(), false),
        };
        self.hub.unregister(&self.connection.id);
        if is_open {
            // The closing handshake: our answer to the client's close, or the client's to ours.
            let _ = timeout(CLOSE_TIMEOUT, async {
                let _ = sink.close().await;
                while let Some(Ok(_)) = stream.next().await {}
            })
            .await;
        }
        drop((sink, stream));
        self.tap.ended(&reason);
        tracing::info!(connection = self.connection.id, reason, "client gone");
        events.finish().await;
        self.connection.events.disconnected(&reason);
    }

    /// Sends a user event and the handler's reply, if there is one.
    pub(super) async fn user_event(&self, name: &str, message: Message) -> Result<(), EventFailure> {
        if let Some(reply) = self.connection.events.user_event(name, message).await? {
            let frame = self.connection.protocol.message(Origin::Server, &reply);
            self.connection.write(frame);
        }
        Ok(())
    }

    /// Whether this connection may do this with a group now.
    pub(super) fn allows(&self, permission: Permission, group: &str) -> bool {
        self.hub
            .allows(&self.connection.id, permission, group)
            .unwrap_or(false)
    }

    /// Handles frames one after another until the client is gone; returns the client's reason.
    async fn read(self: &Arc<Self>, stream: &mut SplitStream<WebSocket>, events: &mut EventQueue) -> String {
        let mut frames = 0;
        while let Some(frame) = stream.next().await {
            self.heard.store(true, Ordering::Relaxed);
            if let Ok(frame) = &frame {
                self.tap.received(frame);
            }
            let handled = match frame {
                Ok(Frame::Close(frame)) => return frame.map_or_else(String::new, |f| f.reason.to_string()),
                Ok(Frame::Text(text)) if text.len() > MAX_MESSAGE_BYTES => Err(too_big()),
                Ok(Frame::Binary(bytes)) if bytes.len() > MAX_MESSAGE_BYTES => Err(too_big()),
                Ok(frame) => match self.connection.protocol.read(&self.mode, frame) {
                    Ok(Some(Incoming::Request { ack_id, request })) => {
                        requests::handle(self, ack_id, request, events).await
                    }
                    Ok(Some(Incoming::Unsupported(answer))) => {
                        self.connection.write(answer);
                        Ok(())
                    }
                    Ok(None) => Ok(()),
                    Err(close) => Err(close),
                },
                Err(_) => return String::new(),
            };
            if let Err(close) = handled {
                // The writer ends the session once it has written this.
                self.connection.close(close);
                return pending().await;
            }
            frames += 1;
            if frames % FRAMES_PER_TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
        String::new()
    }

    /// Writes what is queued until a close has been written; returns its reason.
    async fn write(&self, sink: &mut SplitSink<WebSocket, Frame>) -> String {
        let queue = &self.connection.queue;
        loop {
            match queue.next().await {
                Outgoing::Frame(frame) => {
                    let mut next = Some(frame);
                    let mut written = Ok(());
                    // What waits together is written together.
                    while let (Some(frame), Ok(())) = (next, &written) {
                        self.tap.sent(&frame);
                        written = sink.feed(frame).await;
                        next = queue.next_frame();
                    }
                    if written.is_err() || sink.flush().await.is_err() {
                        // The reader learns it too, and knows more about it.
                        return pending().await;
                    }
                }
                Outgoing::Close(Close { code, reason }) => {
                    if let Some(frame) = self.connection.protocol.disconnected(&reason) {
                        self.tap.sent(&frame);
                        let _ = sink.send(frame).await;
                    }
                    let frame = CloseFrame {
                        code,
                        reason: cut(&reason).into(),
                    };
                    let frame = Frame::Close(Some(frame));
                    self.tap.sent(&frame);
                    let _ = sink.send(frame).await;
                    return reason;
                }
            }
        }
    }

    /// Pings the client, and returns the reason of a close that cannot be written in time.
    async fn watch(&self) -> String {
        let close = tokio::select! {
            close = self.connection.queue.closing() => close,
            close = self.ping() => {
                self.connection.abandon(close.clone());
                close
            }
        };
        // What is sent from now on could not reach the client any more.
        self.hub.unregister(&self.connection.id);
        sleep(CLOSE_TIMEOUT).await;
        close.reason
    }

    /// Pings until the client gives no sign of life.
    async fn ping(&self) -> Close {
        let mut ticks = interval_at(Instant::now() + self.keep_alive, self.keep_alive);
        let mut unanswered = 0;
        loop {
            ticks.tick().await;
            let heard = self.heard.swap(false, Ordering::Relaxed);
            if heard || !self.reading.load(Ordering::Relaxed) {
                unanswered = 0;
            }
            if unanswered == MAX_UNANSWERED_PINGS {
                return Close::new(close_code::POLICY, "PingTimeout");
            }
            unanswered += 1;
            self.connection.write(Frame::Ping(Bytes::new()));
        }
    }
}

/// As much of a reason as a close frame can carry.
fn cut(reason: &str) -> &str {
    let fits = |end: &usize| reason.is_char_boundary(*end);
    let end = (0..=reason.len().min(MAX_CLOSE_REASON))
        .rev()
        .find(fits)
        .unwrap_or(0);
    &reason[..end]
}

fn too_big() -> Close {
    Close::new(close_code::SIZE, "A message can have at most 1 MiB.")
}
