//! What a handler is only told, one after another in the order in which it happened.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// The most notices that may wait for a slow handler; further ones but the last are dropped.
const MAX_WAITING: usize = 10_000;

/// One event that nobody waits for an answer to.
#[derive(Debug)]
pub(super) enum Notice {
    Connected,
    Joined { group: String },
    Left { group: String },
    Disconnected { reason: String },
}

impl Notice {
    /// The kind and the name in its type, and its body.
    pub(super) fn parts(&self) -> (&'static str, &'static str, Bytes) {
        let (kind, name, body) = match self {
            Self::Connected => ("sys", "connected", json!({})),
            Self::Joined { group } => ("gp", "joined", json!({"group": group})),
            Self::Left { group } => ("gp", "left", json!({"group": group})),
            Self::Disconnected { reason } => ("sys", "disconnected", json!({"reason": reason})),
        };
        (kind, name, body.to_string().into())
    }
}

/// The notices of one connection. They wait until somebody takes them to tell them.
pub(super) struct Notices {
    sender: Sender<Notice>,
    untaken: Mutex<Option<Receiver<Notice>>>,
}

impl Notices {
    pub(super) fn new() -> Self {
        let (sender, receiver) = channel(MAX_WAITING);
        Self {
            sender,
            untaken: Mutex::new(Some(receiver)),
        }
    }

    /// Adds one; nothing happens when nobody will tell it any more. Gives it back when too many wait.
    pub(super) fn add(&self, notice: Notice) -> Result<(), Notice> {
        match self.sender.try_send(notice) {
            Err(TrySendError::Full(notice)) => Err(notice),
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
        }
    }

    /// Adds the last one, once there is room.
    pub(super) async fn add_last(&self, notice: Notice) {
        let _ = self.sender.send(notice).await;
    }

    /// The notices, for the first who asks.
    pub(super) fn take(&self) -> Option<Receiver<Notice>> {
        self.untaken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
