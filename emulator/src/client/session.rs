//! The life of one socket: reading, writing, and the end.

use std::collections::HashSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::requests;
use crate::events::EventFailure;
use crate::hub::{Connection, Hub, Outgoing};
use crate::instruments::Tap;
use crate::model::permissions::Permission;
use crate::model::{MAX_MESSAGE_BYTES, Message, Origin};
use crate::protocol::{Close, Mode};

/// How long a client may take to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of a message is read at all: enough to take one that is too big to its end and say so.
pub(super) const MAX_READ_BYTES: usize = 16 * MAX_MESSAGE_BYTES;
/// How much of a reason fits into a close frame.
const MAX_CLOSE_REASON: usize = 123;

/// What a protocol needs to handle a frame.
pub(super) struct Session {
    pub(super) hub: Arc<Hub>,
    pub(super) connection: Arc<Connection>,
    pub(super) mode: Mode,
    /// Where the journal sees the frames.
    pub(super) tap: Tap,
}

impl Session {
    /// Runs the socket until it is closed by either side, then tells the event handler.
    pub(super) async fn run(self, socket: WebSocket, mut queue: UnboundedReceiver<Outgoing>) {
        let (mut sink, mut stream) = socket.split();
        self.connection.events.connected();
        let reason = tokio::select! {
            reason = self.read(&mut stream) => reason,
            reason = self.write(&mut sink, &mut queue) => reason,
            () = self.connection.cut_off() => {
                // Without a close frame and without waiting for anybody, as when a network goes away.
                drop((sink, stream));
                return self.end("");
            }
        };
        self.hub.unregister(&self.connection.id);
        // The closing handshake: our answer to the client's close, or the client's to ours.
        let _ = timeout(CLOSE_TIMEOUT, async {
            let _ = sink.close().await;
            while let Some(Ok(_)) = stream.next().await {}
        })
        .await;
        self.end(&reason);
    }

    /// The client is gone.
    fn end(&self, reason: &str) {
        self.hub.unregister(&self.connection.id);
        self.tap.ended(reason);
        tracing::info!(connection = self.connection.id, reason, "client gone");
        self.connection.events.disconnected(reason);
    }

    /// Sends a user event and the handler's reply, if there is one.
    pub(super) async fn user_event(&self, name: &str, message: Message) -> Result<(), EventFailure> {
        if let Some(reply) = self.connection.events.user_event(name, message).await? {
            self.connection.deliver(Origin::Server, &reply);
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
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> String {
        let mut done = HashSet::new();
        while let Some(frame) = stream.next().await {
            if let Ok(frame) = &frame {
                self.tap.received(frame);
            }
            let handled = match frame {
                Ok(Frame::Close(frame)) => return frame.map_or_else(String::new, |f| f.reason.to_string()),
                Ok(Frame::Text(text)) if text.len() > MAX_MESSAGE_BYTES => Err(too_big()),
                Ok(Frame::Binary(bytes)) if bytes.len() > MAX_MESSAGE_BYTES => Err(too_big()),
                Ok(frame) => match self.connection.protocol.read(&self.mode, frame) {
                    Ok(Some(incoming)) => requests::handle(self, incoming, &mut done).await,
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
        }
        String::new()
    }

    /// Writes what is queued until a close has been written; returns its reason.
    async fn write(
        &self,
        sink: &mut SplitSink<WebSocket, Frame>,
        queue: &mut UnboundedReceiver<Outgoing>,
    ) -> String {
        while let Some(outgoing) = queue.recv().await {
            match outgoing {
                Outgoing::Frame(frame) => {
                    self.tap.sent(&frame);
                    if sink.send(frame).await.is_err() {
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
        pending().await
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
