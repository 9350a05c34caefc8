//! Where the task of a connection finds what was left for it: the socket of a client that comes back, or a call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Debug)]
pub(crate) struct Handover<T> {
    slot: Mutex<Slot<T>>,
    filled: Notify,
}

#[derive(Debug)]
enum Slot<T> {
    Open(Option<T>),
    /// The connection has ended.
    Shut,
}

impl<T> Default for Handover<T> {
    fn default() -> Self {
        Self {
            slot: Mutex::new(Slot::Open(None)),
            filled: Notify::new(),
        }
    }
}

impl<T> Handover<T> {
    /// Leaves something in place of what nobody has taken yet. Gives it back when the connection has ended.
    pub(crate) fn offer(&self, item: T) -> Result<(), T> {
        self.offer_unless(item, |_| false)
    }

    /// The same, but gives it back too when what nobody has taken yet has to stay.
    pub(super) fn offer_unless(&self, item: T, has_to_stay: impl FnOnce(&T) -> bool) -> Result<(), T> {
        let mut slot = self.lock();
        match &mut *slot {
            Slot::Shut => return Err(item),
            Slot::Open(Some(waiting)) if has_to_stay(waiting) => return Err(item),
            Slot::Open(waiting) => *waiting = Some(item),
        }
        drop(slot);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for something.
    pub(crate) async fn take(&self) -> T {
        loop {
            if let Slot::Open(waiting) = &mut *self.lock()
                && let Some(item) = waiting.take()
            {
                return item;
            }
            self.filled.notified().await;
        }
    }

    /// Takes no more; gives back what nobody has taken.
    pub(crate) fn shut(&self) -> Option<T> {
        match std::mem::replace(&mut *self.lock(), Slot::Shut) {
            Slot::Open(waiting) => waiting,
            Slot::Shut => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
