//! One socket of a connection: reading, writing and keeping it alive.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, close_code};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{Instant, interval_at, sleep, timeout};

use super::event_queue::EventQueue;
use super::requests;
use super::session::Session;
use crate::http::WebSocket;
use crate::hub::Outgoing;
use crate::instruments::Tap;
use crate::model::{MAX_MESSAGE_BYTES, cut};
use crate::protocol::{Close, Frame};

/// How long a close may take: what waits before it, its frame, the client's answer to it.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of a message is read at all: enough to take one that is too big to its end and say so.
pub(super) const MAX_READ_BYTES: usize = 16 * MAX_MESSAGE_BYTES;
/// How much of a reason fits into a close frame.
const MAX_CLOSE_REASON: usize = 123;
/// So many pings in a row without a sign of life end a connection.
const MAX_UNANSWERED_PINGS: u32 = 2;
/// After so many frames other connections get their turn, so that one busy client cannot make the others slow.
const FRAMES_PER_TURN: u32 = 16;

/// A socket, for one who reads and one who writes.
pub(super) type Halves = (SplitSink<WebSocket, Frame>, SplitStream<WebSocket>);

/// How the service of a socket ended.
pub(super) enum End {
    /// The connection is over. The socket may still want its closing handshake.
    Over { reason: String, socket: Option<Halves> },
    /// The client may come back with another socket.
    Lost { reason: String, socket: Option<Halves> },
    /// The client has come back, though this socket had seemed to be alive.
    Replaced(Box<WebSocket>),
}

/// Why one of those who work at a socket stopped.
enum Stop {
    /// A close has been written.
    Closed(String),
    /// A close could not be written in time.
    Stuck(String),
    /// The client has said good-bye for good.
    Left(String),
    /// The socket broke, or the client closed it without saying that it has finished.
    Gone {
        reason: String,
        is_open: bool,
    },
    Replaced(Box<WebSocket>),
}

/// Our answer to the client's close, or the client's to ours.
pub(super) async fn close_handshake((mut sink, mut stream): Halves) {
    let _ = timeout(CLOSE_TIMEOUT, async {
        let _ = sink.close().await;
        while let Some(Ok(_)) = stream.next().await {}
    })
    .await;
}

/// Writes the last frames and a close, then waits for the client's answer to it.
pub(super) async fn close(
    (mut sink, stream): Halves,
    frames: impl IntoIterator<Item = Frame>,
    close: &Close,
    tap: &Tap,
) {
    let _ = timeout(CLOSE_TIMEOUT, async {
        for frame in frames {
            tap.sent(&frame);
            let _ = sink.feed(frame).await;
        }
        let frame = close_frame(close);
        tap.sent(&frame);
        let _ = sink.send(frame).await;
        close_handshake((sink, stream)).await;
    })
    .await;
}

/// The frame that closes a socket, with as much of the reason as it can carry.
pub(super) fn close_frame(close: &Close) -> Frame {
    Frame::Close(Some(CloseFrame {
        code: close.code,
        reason: cut(&close.reason, MAX_CLOSE_REASON).into(),
    }))
}

impl Session {
    /// Serves a socket until it is closed by either side, or lost.
    pub(super) async fn serve(self: &Arc<Self>, socket: Box<WebSocket>, events: &mut EventQueue) -> End {
        self.heard.store(true, Ordering::Relaxed);
        self.reading.store(true, Ordering::Relaxed);
        let (mut sink, mut stream) = (*socket).split();
        let stop = tokio::select! {
            stop = self.read(&mut stream, events) => stop,
            reason = self.write(&mut sink) => Stop::Closed(reason),
            stop = self.watch() => stop,
            // Without a close frame and without waiting for anybody, as when a network goes away.
            () = self.connection.cut_off() => Stop::Gone { reason: String::new(), is_open: false },
            socket = self.connection.handover.take() => Stop::Replaced(socket),
        };
        let may_return = self.connection.protocol.is_reliable() && !self.connection.queue.is_closing();
        let halves = (sink, stream);
        match stop {
            Stop::Closed(reason) | Stop::Left(reason) => End::Over {
                reason,
                socket: Some(halves),
            },
            Stop::Stuck(reason) => End::Over { reason, socket: None },
            Stop::Replaced(socket) => End::Replaced(socket),
            Stop::Gone { reason, is_open } => {
                let socket = is_open.then_some(halves);
                match may_return {
                    true => End::Lost { reason, socket },
                    false => End::Over { reason, socket },
                }
            }
        }
    }

    /// Handles frames one after another until the client is gone.
    async fn read(self: &Arc<Self>, stream: &mut SplitStream<WebSocket>, events: &mut EventQueue) -> Stop {
        let mut frames = 0;
        while let Some(frame) = stream.next().await {
            self.heard.store(true, Ordering::Relaxed);
            if let Ok(frame) = &frame {
                self.tap.received(frame);
            }
            let handled = match frame {
                Ok(Frame::Close(close)) => return left(close),
                Ok(Frame::Text(text)) if text.len() > MAX_MESSAGE_BYTES => Err(too_big()),
                Ok(Frame::Binary(bytes)) if bytes.len() > MAX_MESSAGE_BYTES => Err(too_big()),
                Ok(frame) => match self.connection.protocol.read(&self.mode, frame) {
                    Ok(Some(incoming)) => requests::handle(self, incoming, events).await,
                    Ok(None) => Ok(()),
                    Err(close) => Err(close),
                },
                Err(_) => break,
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
        Stop::Gone {
            reason: String::new(),
            is_open: true,
        }
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
                Outgoing::Close(close) => {
                    if let Some(frame) = self.connection.protocol.disconnected(&close.reason) {
                        self.tap.sent(&frame);
                        let _ = sink.send(frame).await;
                    }
                    let frame = close_frame(&close);
                    self.tap.sent(&frame);
                    let _ = sink.send(frame).await;
                    return close.reason;
                }
            }
        }
    }

    /// Pings the client, and waits for a close that cannot be written in time.
    async fn watch(&self) -> Stop {
        let close = tokio::select! {
            close = self.connection.queue.closing() => close,
            close = self.ping() => {
                if self.connection.protocol.is_reliable() {
                    let reason = close.reason;
                    return Stop::Gone { reason, is_open: false };
                }
                self.connection.abandon(close.clone());
                close
            }
        };
        // What is sent from now on could not reach the client any more.
        self.hub.unregister(&self.connection.id);
        sleep(CLOSE_TIMEOUT).await;
        Stop::Stuck(close.reason)
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

/// Only the code 1000 says that the client will not come back: client libraries close a socket that seems dead without
/// a code, and then recover.
fn left(close: Option<CloseFrame>) -> Stop {
    let (code, reason) = close.map_or((close_code::STATUS, String::new()), |close| {
        (close.code, close.reason.to_string())
    });
    match code {
        close_code::NORMAL => Stop::Left(reason),
        _ => Stop::Gone {
            reason,
            is_open: true,
        },
    }
}

fn too_big() -> Close {
    Close::new(close_code::SIZE, "A message can have at most 1 MiB.")
}
