//! The clock that tokens and events go by: the machine's, with an offset that tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The largest offset: a hundred years in either direction.
pub(crate) const MAX_OFFSET_MS: i64 = 100 * 366 * 24 * 60 * 60 * 1000;

/// A clock. Clones share the offset.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The time, offset included.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        let offset = SignedDuration::from_millis(self.offset_ms());
        now.checked_add(offset).unwrap_or(now)
    }

    /// Seconds since 1970, offset included.
    pub(crate) fn seconds(&self) -> u64 {
        u64::try_from(self.now().as_second()).unwrap_or(0)
    }

    /// How far the clock is ahead of the machine's, in milliseconds; negative when it is behind.
    pub(crate) fn offset_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets the offset. It must be within [`MAX_OFFSET_MS`].
    pub(crate) fn set_offset_ms(&self, offset: i64) {
        self.0.store(offset, Ordering::Relaxed);
    }
}
