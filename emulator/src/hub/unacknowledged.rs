//! The messages of a reliable client that it has not acknowledged yet.
//!
//! They are numbered from 1 in the order of delivery and written again to the socket by which a client comes back.
//! When there are too many, the connection is dropped and cannot be recovered, as on the service.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::close_code;

use super::queue::{Queue, has_room, length};
use crate::instruments::{Clock, Moment};
use crate::protocol::{Close, Frame};

#[derive(Debug)]
pub(super) struct Unacknowledged {
    state: Mutex<State>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct State {
    messages: VecDeque<Unconfirmed>,
    bytes: usize,
    /// The sequence id of the latest message.
    last: u64,
}

#[derive(Debug)]
struct Unconfirmed {
    sequence_id: u64,
    frame: Frame,
    /// From then on it is of no use to a client that comes back.
    expires: Option<Moment>,
}

impl Unacknowledged {
    pub(super) fn new(clock: Clock) -> Self {
        let state = Mutex::default();
        Self { state, clock }
    }

    /// Numbers a message, keeps it, and queues it for the socket. False when the connection is dropped by it.
    ///
    /// `frame` makes the frame for a sequence id, unless the protocol has none for the message.
    pub(super) fn add(
        &self,
        queue: &Queue,
        time_to_live: Option<Duration>,
        frame: impl FnOnce(u64) -> Option<Frame>,
    ) -> bool {
        let mut state = self.lock();
        let sequence_id = state.last + 1;
        let Some(frame) = frame(sequence_id) else {
            return true;
        };
        let length = length(&frame);
        if !state.fits(length) {
            state.drop_expired(self.clock.moment());
        }
        if !state.fits(length) {
            state.clear();
            queue.abandon(Close::new(close_code::POLICY, "SlowClient"));
            return false;
        }
        state.last = sequence_id;
        state.bytes += length;
        state.messages.push_back(Unconfirmed {
            sequence_id,
            frame: frame.clone(),
            expires: time_to_live.map(|time_to_live| self.clock.moment() + time_to_live),
        });
        // Under the lock: the queue must have the messages in their order.
        queue.push(frame)
    }

    /// Forgets all messages up to a sequence id.
    pub(super) fn acknowledge(&self, sequence_id: u64) {
        let mut state = self.lock();
        while let Some(message) = state.messages.front()
            && message.sequence_id <= sequence_id
        {
            let length = length(&message.frame);
            state.bytes = state.bytes.saturating_sub(length);
            state.messages.pop_front();
        }
        if state.messages.is_empty() {
            state.clear();
        }
    }

    /// Gives the queue to a new socket: first this frame, then all messages that are still of use.
    pub(super) fn replay(&self, queue: &Queue, first: Frame) {
        let mut state = self.lock();
        state.drop_expired(self.clock.moment());
        let messages = state.messages.iter().map(|message| message.frame.clone());
        queue.resume(std::iter::once(first).chain(messages));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fits(&self, length: usize) -> bool {
        has_room(self.messages.len(), self.bytes, length)
    }

    fn drop_expired(&mut self, now: Moment) {
        self.messages
            .retain(|message| message.expires.is_none_or(|at| now < at));
        self.bytes = self.messages.iter().map(|message| length(&message.frame)).sum();
    }

    /// Gives the memory back too: most clients are idle.
    fn clear(&mut self) {
        self.messages = VecDeque::new();
        self.bytes = 0;
    }
}
