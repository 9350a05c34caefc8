//! Where a client that comes back finds the task of its connection: it leaves its new socket there.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::http::WebSocket;

#[derive(Debug, Default)]
pub(crate) struct Handover {
    slot: Mutex<Slot>,
    filled: Notify,
}

#[derive(Debug)]
enum Slot {
    Open(Option<Box<WebSocket>>),
    /// The connection has ended.
    Shut,
}

impl Default for Slot {
    fn default() -> Self {
        Self::Open(None)
    }
}

impl Handover {
    /// Leaves a socket; one that nobody has taken yet is dropped. Gives it back when the connection has ended.
    pub(crate) fn offer(&self, socket: Box<WebSocket>) -> Result<(), Box<WebSocket>> {
        let mut slot = self.lock();
        match &mut *slot {
            Slot::Shut => return Err(socket),
            Slot::Open(waiting) => *waiting = Some(socket),
        }
        drop(slot);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for a socket.
    pub(crate) async fn take(&self) -> Box<WebSocket> {
        loop {
            if let Slot::Open(waiting) = &mut *self.lock()
                && let Some(socket) = waiting.take()
            {
                return socket;
            }
            self.filled.notified().await;
        }
    }

    /// Takes no more sockets; gives back the one that nobody has taken.
    pub(crate) fn shut(&self) -> Option<Box<WebSocket>> {
        match std::mem::replace(&mut *self.lock(), Slot::Shut) {
            Slot::Open(waiting) => waiting,
            Slot::Shut => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
