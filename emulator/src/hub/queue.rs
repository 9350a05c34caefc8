//! What waits to be written to one client's socket, and how much may.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::ws::close_code;
use tokio::sync::Notify;

use crate::protocol::{Close, Frame};

/// The most frames that may wait for a client, as on the service.
const MAX_FRAMES: usize = 1000;
/// The most bytes that may wait for a client, as on the service: 16 MiB. One larger frame may wait alone.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A queue that has been longer gives its memory back once it is empty.
const KEPT_FRAMES: usize = 16;

/// Next to write.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Frame(Frame),
    /// The last thing written.
    Close(Close),
}

/// A bounded queue with one reader. When it overflows, what waits is dropped and the client is closed as too slow.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Something is waiting.
    filled: Notify,
    /// A close is waiting.
    closing: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// What a new socket gets first. It was within limits when it was sent for the first time, and counts no more.
    replayed: VecDeque<Frame>,
    frames: VecDeque<Frame>,
    bytes: usize,
    close: Option<Close>,
    /// There is no socket: frames are dropped.
    is_paused: bool,
}

impl Queue {
    /// Adds a frame; nothing happens after a close. False when the queue overflows by it.
    pub(super) fn push(&self, frame: Frame) -> bool {
        let mut state = self.lock();
        if state.close.is_some() || state.is_paused {
            return true;
        }
        let length = length(&frame);
        if has_room(state.frames.len(), state.bytes, length) {
            state.bytes += length;
            state.frames.push_back(frame);
            drop(state);
            self.filled.notify_one();
            return true;
        }
        self.end(state, Close::new(close_code::POLICY, "SlowClient"), true);
        false
    }

    /// Drops what waits and what is added, until there is a socket again.
    pub(super) fn pause(&self) {
        let mut state = self.lock();
        state.is_paused = true;
        state.clear();
    }

    /// Starts over with these frames; nothing happens after a close.
    pub(super) fn resume(&self, frames: impl Iterator<Item = Frame>) {
        let mut state = self.lock();
        state.is_paused = false;
        if state.close.is_none() {
            state.clear();
            state.replayed = frames.collect();
        }
        drop(state);
        self.filled.notify_one();
    }

    /// Adds the close; frames queued before it are still written. Only the first close counts.
    pub(super) fn close(&self, close: Close) {
        self.end(self.lock(), close, false);
    }

    /// Adds the close and drops what is queued before it.
    pub(super) fn abandon(&self, close: Close) {
        self.end(self.lock(), close, true);
    }

    fn end(&self, mut state: MutexGuard<'_, State>, close: Close, abandon: bool) {
        if state.close.is_some() {
            return;
        }
        if abandon {
            state.clear();
        }
        state.close = Some(close);
        drop(state);
        self.filled.notify_one();
        self.closing.notify_one();
    }

    /// Waits for what is to be written next. After the close it is the close again.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                return outgoing;
            }
            self.filled.notified().await;
        }
    }

    /// The next frame, if one waits.
    pub(crate) fn next_frame(&self) -> Option<Frame> {
        let mut state = self.lock();
        if let Some(frame) = state.replayed.pop_front() {
            if state.replayed.is_empty() {
                state.replayed = VecDeque::new();
            }
            return Some(frame);
        }
        let frame = state.frames.pop_front()?;
        state.bytes = state.bytes.saturating_sub(length(&frame));
        if state.frames.is_empty() && state.frames.capacity() > KEPT_FRAMES {
            state.frames = VecDeque::new();
        }
        Some(frame)
    }

    fn take(&self) -> Option<Outgoing> {
        match self.next_frame() {
            Some(frame) => Some(Outgoing::Frame(frame)),
            None => self.lock().close.clone().map(Outgoing::Close),
        }
    }

    /// Whether a close is queued or has been written.
    pub(crate) fn is_closing(&self) -> bool {
        self.lock().close.is_some()
    }

    /// Waits until a close is queued, whatever is queued before it.
    pub(crate) async fn closing(&self) -> Close {
        loop {
            if let Some(close) = self.lock().close.clone() {
                return close;
            }
            self.closing.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn clear(&mut self) {
        self.replayed = VecDeque::new();
        self.frames = VecDeque::new();
        self.bytes = 0;
    }
}

/// Whether another frame of this length may wait beside so many with so many bytes.
pub(super) fn has_room(frames: usize, bytes: usize, length: usize) -> bool {
    frames < MAX_FRAMES && (frames == 0 || bytes + length <= MAX_BYTES)
}

/// The bytes that count.
pub(super) fn length(frame: &Frame) -> usize {
    match frame {
        Frame::Text(text) => text.len(),
        Frame::Binary(bytes) | Frame::Ping(bytes) | Frame::Pong(bytes) => bytes.len(),
        Frame::Close(_) => 0,
    }
}
