//! Which failures are worth another attempt, and when.
//!
//! In here: one pure decision; the clock and the dice come in as arguments. Not in here: waiting
//! (`service/exchange.rs`).

use core::time::Duration;

/// How requests are repeated.
///
/// Operations that mean the same twice (all but sends) are repeated after a network error and after 408, 429,
/// 500, 502, 503 and 504. A send is repeated only after 429 and 503, when the service says that it did not take
/// it, unless `repeat_sends` asks for more: the service has no way to tell a repeated message from a new one.
///
/// ```
/// use webpubsub_edge::RetryOptions;
/// let never = RetryOptions { max_retries: 0, ..RetryOptions::default() };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryOptions {
    /// How often a request may be repeated; 3 unless told, 0 for never.
    pub max_retries: u32,
    /// The first wait; it doubles with every attempt, and a random part of up to half is taken off. 1 s.
    pub delay: Duration,
    /// The longest wait. A service that asks for a longer one (`Retry-After`) gets no further attempt. 64 s.
    pub max_delay: Duration,
    /// Repeat a send whose fate is unknown, so that its message may arrive twice. Off unless told.
    pub repeat_sends: bool,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            max_retries: 3,
            delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(64),
            repeat_sends: false,
        }
    }
}

/// How an attempt ended, when not in success.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// The service answered.
    Answered {
        /// The status.
        status: u16,
        /// How long the service asks to wait.
        retry_after: RetryAfter<'a>,
    },
    /// No answer came; whether the request arrived is not known.
    Unknown,
}

/// The headers by which a service asks to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct RetryAfter<'a> {
    /// `retry-after-ms`, or else `x-ms-retry-after-ms`.
    pub milliseconds: Option<&'a str>,
    /// `Retry-After`: seconds, or a date.
    pub seconds_or_date: Option<&'a str>,
}

impl RetryAfter<'_> {
    /// The wait, when any of it can be read.
    fn wait(self, now: Duration) -> Option<Duration> {
        if let Some(wait) = self.milliseconds.and_then(number) {
            return Some(Duration::from_millis(wait));
        }
        let value = self.seconds_or_date?;
        let date = || http_date(value).map(|date| date.saturating_sub(now));
        number(value).map(Duration::from_secs).or_else(date)
    }
}

/// Plain digits; too large a number is the largest.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim_ascii();
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

impl RetryOptions {
    /// How long to wait before the next attempt; `None` when there is none.
    ///
    /// `attempt` counts from 1, `repeatable` says that the operation means the same twice, `now` is the time
    /// since the Unix epoch, `random` is any number.
    pub fn next(
        &self,
        attempt: u32,
        outcome: Outcome<'_>,
        repeatable: bool,
        now: Duration,
        random: u32,
    ) -> Option<Duration> {
        if attempt > self.max_retries {
            return None;
        }
        let repeatable = repeatable || self.repeat_sends;
        let asked = match outcome {
            Outcome::Unknown if repeatable => None,
            Outcome::Answered {
                status: 429 | 503,
                retry_after,
            } => retry_after.wait(now),
            Outcome::Answered {
                status: 408 | 500 | 502 | 504,
                retry_after,
            } if repeatable => retry_after.wait(now),
            _ => return None,
        };
        if let Some(wait) = asked {
            return (wait <= self.max_delay).then_some(wait);
        }
        let doubled = self
            .delay
            .saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX));
        let wait = doubled.min(self.max_delay).as_millis() as u64;
        // Up to half is taken off: the upper 16 bits of the random number say how much of it.
        let off = (wait / 2).saturating_mul(u64::from(random >> 16)) >> 16;
        Some(Duration::from_millis(wait - off))
    }
}

/// A date of HTTP as time since the Unix epoch: `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers
/// may write today.
pub(crate) fn http_date(text: &str) -> Option<Duration> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut parts = text.trim_ascii().split(' ').skip(1);
    let day: u64 = parts.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|m| *m == month)? as u64 + 1;
    let year: u64 = parts
        .next()?
        .parse()
        .ok()
        .filter(|year| (1970..=9999).contains(year))?;
    let mut clock = parts
        .next()?
        .split(':')
        .map(|n| n.parse::<u64>().ok().filter(|n| *n < 61));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    // Days from the epoch to a civil date, with years that begin in March, so that leap days come last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(Duration::from_secs(
        ((days * 24 + hour) * 60 + minute) * 60 + second,
    ))
}
