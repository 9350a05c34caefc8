//! The clock that tokens, events and times to live go by: the machine's, with an offset that tests can set.

use std::ops::{Add, Sub};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// The largest offset: a hundred years in either direction.
pub(crate) const MAX_OFFSET_MS: i64 = 100 * 366 * 24 * 60 * 60 * 1000;

/// A clock. Clones share the offset.
#[derive(Debug, Clone)]
pub(crate) struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    offset_ms: watch::Sender<i64>,
    start: Instant,
}

/// A moment of a clock, in milliseconds since it was made, offset included. The machine's own clock may be set
/// meanwhile; that does not move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Shared {
            offset_ms: watch::Sender::new(0),
            start: Instant::now(),
        }))
    }
}

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

    /// The moment that it is.
    pub(crate) fn moment(&self) -> Moment {
        Moment(milliseconds(self.0.start.elapsed())).moved(self.offset_ms())
    }

    /// Waits until a moment has come, by itself or because the offset was set.
    pub(crate) async fn sleep_until(&self, moment: Moment) {
        let mut offset = self.0.offset_ms.subscribe();
        loop {
            // From here on no change is missed.
            offset.mark_unchanged();
            let left = moment - self.moment();
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = sleep(left) => {}
                _ = offset.changed() => {}
            }
        }
    }

    /// Waits for as long as this takes by this clock.
    pub(crate) async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.moment() + duration).await;
    }

    /// How far the clock is ahead of the machine's, in milliseconds; negative when it is behind.
    pub(crate) fn offset_ms(&self) -> i64 {
        *self.0.offset_ms.borrow()
    }

    /// Sets the offset. False, and nothing is set, when it is beyond [`MAX_OFFSET_MS`].
    pub(crate) fn set_offset_ms(&self, offset: i64) -> bool {
        self.change(|_| offset)
    }

    /// Adds to the offset. False, and nothing is added, when it would be beyond [`MAX_OFFSET_MS`].
    pub(crate) fn advance_ms(&self, by: i64) -> bool {
        self.change(|offset| offset.saturating_add(by))
    }

    /// Goes by the machine's clock again.
    pub(crate) fn reset(&self) {
        self.change(|_| 0);
    }

    fn change(&self, change: impl FnOnce(i64) -> i64) -> bool {
        self.0.offset_ms.send_if_modified(|offset| {
            let changed = change(*offset);
            let is_allowed = changed.unsigned_abs() <= MAX_OFFSET_MS.unsigned_abs();
            if is_allowed {
                *offset = changed;
            }
            is_allowed
        })
    }
}

impl Moment {
    fn moved(self, by: i64) -> Self {
        Self(self.0.saturating_add(by))
    }
}

impl Sub for Moment {
    type Output = Duration;

    /// The time from the other moment to this one, or nothing when it is later.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        self.moved(milliseconds(duration))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
