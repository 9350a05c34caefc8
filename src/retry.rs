//! Which failures are worth another attempt, and when.
//!
//! In here: one pure decision; the clock and the dice come in as arguments. Not in here: waiting
//! (`service/exchange.rs`).

use alloc::string::String;
use core::time::Duration;

/// How requests are repeated.
///
/// Operations that mean the same twice (all but sends) are repeated after a network error and after 408, 429,
/// 500, 502, 503 and 504. A send is repeated only after 429 and 503, when the service says that it did not take
/// it, unless `repeat_sends` asks for more: the service has no way to tell a repeated message from a new one.
#[derive(Debug, Clone, Copy, PartialEq)]
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
#[derive(Clone, Copy)]
pub enum Outcome<'a> {
    /// The service answered.
    Answered {
        /// The status.
        status: u16,
        /// The headers, by their names in lower case.
        header: &'a dyn Fn(&str) -> Option<String>,
    },
    /// No answer came; whether the request arrived is not known.
    Unknown,
}

impl RetryOptions {
    /// How long to wait before the next attempt; `None` when there is none.
    ///
    /// `attempt` counts from 1, `repeatable` says that the operation means the same twice, `now` is the time
    /// since the Unix epoch, `random` is from 0 up to 1.
    pub fn next(
        &self,
        attempt: u32,
        outcome: Outcome<'_>,
        repeatable: bool,
        now: Duration,
        random: f64,
    ) -> Option<Duration> {
        if attempt > self.max_retries {
            return None;
        }
        let repeatable = repeatable || self.repeat_sends;
        let asked = match outcome {
            Outcome::Unknown if repeatable => None,
            Outcome::Answered { status: 429 | 503, header } => retry_after(header, now),
            Outcome::Answered { status: 408 | 500 | 502 | 504, header } if repeatable => retry_after(header, now),
            _ => return None,
        };
        match asked {
            Some(wait) => (wait <= self.max_delay).then_some(wait),
            None => {
                let doubled = self.delay.saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX));
                Some(doubled.min(self.max_delay).mul_f64(1.0 - random.clamp(0.0, 1.0) / 2.0))
            }
        }
    }
}

/// How long the service asks to wait: in milliseconds (two spellings), in seconds, or until a date.
fn retry_after(header: &dyn Fn(&str) -> Option<String>, now: Duration) -> Option<Duration> {
    let number = |text: String| text.trim().parse::<u64>().ok();
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"];
    if let Some(wait) = milliseconds.iter().find_map(|name| header(name).and_then(number)) {
        return Some(Duration::from_millis(wait));
    }
    let value = header("retry-after")?;
    let date = || http_date(&value).map(|date| date.saturating_sub(now));
    number(value.clone()).map(Duration::from_secs).or_else(date)
}

/// A date of HTTP as time since the Unix epoch: `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers
/// may write today.
pub(crate) fn http_date(text: &str) -> Option<Duration> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = text.trim().split(' ').skip(1);
    let day: u64 = parts.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|m| *m == month)? as u64 + 1;
    let year: u64 = parts.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    let mut clock = parts.next()?.split(':').map(|n| n.parse::<u64>().ok().filter(|n| *n < 61));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    // Days from the epoch to a civil date, with years that begin in March, so that leap days come last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    let days = days.checked_sub(719_468)?;
    Some(Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}
