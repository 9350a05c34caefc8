//! What handlers are only told, one after another in the order in which it happened.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::json;

use super::Handler;
use super::handler::{GroupEvent, Kind, SystemEvent};

use crate::model::MqttDisconnect;

/// The most notices that may wait for a slow handler; further ones but the last are dropped.
const MAX_WAITING: usize = 10_000;

/// One event that nobody waits for an answer to.
#[derive(Debug)]
pub(super) enum Notice {
    Connected,
    Joined {
        group: String,
    },
    Left {
        group: String,
    },
    Disconnected {
        reason: String,
        /// Of an MQTT client only.
        mqtt: Option<MqttDisconnect>,
    },
}

impl Notice {
    /// What looks for a handler.
    pub(super) fn kind(&self) -> Kind<'_> {
        match self {
            Self::Connected => Kind::System(SystemEvent::Connected),
            Self::Joined { .. } => Kind::Group(GroupEvent::Joined),
            Self::Left { .. } => Kind::Group(GroupEvent::Left),
            Self::Disconnected { .. } => Kind::System(SystemEvent::Disconnected),
        }
    }

    /// The kind and the name in its type, and its body.
    pub(super) fn parts(&self) -> (&'static str, &'static str, Bytes) {
        let (kind, name, body) = match self {
            Self::Connected => ("sys", "connected", json!({})),
            Self::Joined { group } => ("gp", "joined", json!({"group": group})),
            Self::Left { group } => ("gp", "left", json!({"group": group})),
            Self::Disconnected { reason, mqtt: None } => ("sys", "disconnected", json!({"reason": reason})),
            Self::Disconnected {
                reason,
                mqtt: Some(mqtt),
            } => ("sys", "disconnected", json!({"reason": reason, "mqtt": mqtt})),
        };
        (kind, name, body.to_string().into())
    }
}

/// A notice and the handler that took it when it happened.
pub(super) struct Taken {
    pub(super) handler: Arc<Handler>,
    pub(super) notice: Notice,
}

/// The notices of one connection. Those of groups wait for the one of the connection to come first.
#[derive(Default)]
pub(super) struct Notices(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    queue: VecDeque<Taken>,
    /// Whether the connection is open: until then all wait.
    is_open: bool,
    /// Whether somebody tells what is in the queue, one after another.
    is_told: bool,
}

/// What is to be done after a notice has been added.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// Nothing: it is told when it is its turn.
    Waits,
    /// Whoever added it has to tell it, and then what [`Notices::next`] gives until there is nothing.
    Tell,
    /// It was dropped: too many wait.
    Dropped,
}

impl Notices {
    /// Adds a notice.
    pub(super) fn add(&self, taken: Taken) -> Added {
        let mut waiting = self.lock();
        let is_last = matches!(taken.notice, Notice::Disconnected { .. });
        if waiting.queue.len() >= MAX_WAITING && !is_last {
            return Added::Dropped;
        }
        waiting.queue.push_back(taken);
        waiting.start()
    }

    /// From now on the notices are told, first this one, if a handler took it.
    pub(super) fn open(&self, first: Option<Taken>) -> Added {
        let mut waiting = self.lock();
        waiting.is_open = true;
        if let Some(first) = first {
            waiting.queue.push_front(first);
        }
        waiting.start()
    }

    /// Forgets what waits for a connection that was never open; what is added from then on is told.
    pub(super) fn forget_unopened(&self) {
        let mut waiting = self.lock();
        if !waiting.is_open {
            waiting.is_open = true;
            waiting.queue.clear();
        }
    }

    /// The next one to tell. After `None`, the next that is added has to be told by whoever adds it.
    pub(super) fn next(&self) -> Option<Taken> {
        let mut waiting = self.lock();
        let next = waiting.queue.pop_front();
        waiting.is_told = next.is_some();
        next
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn start(&mut self) -> Added {
        if !self.is_open || self.is_told || self.queue.is_empty() {
            return Added::Waits;
        }
        self.is_told = true;
        Added::Tell
    }
}
