//! Retries: the options, and the delay before the next attempt.
//!
//! In here: the core's decision in terms of [`Duration`]; clock and randomness are arguments. Not in here: the decision
//! (`core/judge.rs`), waiting (`service/pipeline.rs`).

use core::time::Duration;

use crate::{
    bridge::{milliseconds, seconds},
    core::judge::{Attempt, Expectation, Judgement, RetryPolicy, judge},
};

/// How requests are retried.
///
/// All operations except sends mean the same twice and are retried after a network error and after 408, 429, 500, 502,
/// 503 and 504. A send is retried only after 429 and 503, which mean that the message was rejected, unless
/// `repeat_sends` is set: the service cannot tell a repeated message from a new one.
///
/// ```
/// use webpubsub_edge::RetryOptions;
/// let never = RetryOptions { max_retries: 0, ..RetryOptions::default() };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryOptions {
    /// Maximum number of retries. Default: 3; 0 for none.
    pub max_retries: u32,
    /// First delay; it doubles with every attempt, and a random part of up to half is subtracted. Default: 1 s.
    pub delay: Duration,
    /// Longest delay. If the service asks for a longer one (`Retry-After`), the call fails at once. Default: 64 s.
    pub max_delay: Duration,
    /// Whether sends are retried when their outcome is unknown, so that a message may arrive twice. Default: false.
    pub repeat_sends: bool,
}

impl Default for RetryOptions {
    fn default() -> Self {
        let policy = RetryPolicy::DEFAULT;
        Self {
            max_retries: policy.max_retries,
            delay: Duration::from_millis(policy.delay.into()),
            max_delay: Duration::from_millis(policy.max_delay.into()),
            repeat_sends: policy.repeat_sends,
        }
    }
}

/// The outcome of an attempt that did not succeed.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// The service responded.
    Responded {
        /// The HTTP status.
        status: u16,
        /// The delay that the service asks for.
        retry_after: RetryAfter<'a>,
    },
    /// No response was received; whether the request arrived is unknown.
    Unknown,
}

/// The headers by which a service asks for a delay.
#[derive(Debug, Clone, Copy, Default)]
pub struct RetryAfter<'a> {
    /// `retry-after-ms`, or else `x-ms-retry-after-ms`.
    pub milliseconds: Option<&'a str>,
    /// `Retry-After`: seconds, or a date.
    pub seconds_or_date: Option<&'a str>,
}

impl RetryOptions {
    /// The delay before the next attempt; none if there is to be no further attempt.
    ///
    /// `attempt` counts from 1, `repeatable` says whether the operation means the same twice, `now` is the time since
    /// the Unix epoch, `random` is any number.
    pub fn next(
        &self,
        attempt: u32,
        outcome: Outcome<'_>,
        repeatable: bool,
        now: Duration,
        random: u32,
    ) -> Option<Duration> {
        let (status, retry_after) = match outcome {
            Outcome::Responded { status, retry_after } => (Some(status), retry_after),
            Outcome::Unknown => (None, RetryAfter::default()),
        };
        let attempt = Attempt {
            number: attempt,
            status,
            content_type: b"",
            retry_after: [
                retry_after.milliseconds.unwrap_or_default().as_bytes(),
                b"",
                retry_after.seconds_or_date.unwrap_or_default().as_bytes(),
            ],
            now: seconds(now),
            random,
        };
        let expectation = Expectation {
            success: None,
            not_found: false,
            repeatable,
            secret: false,
        };
        match judge(&expectation, &self.policy(), &attempt) {
            Judgement::Retry(delay) => Some(Duration::from_millis(delay.into())),
            Judgement::Done | Judgement::Fail(_) => None,
        }
    }

    /// The same options in the core's units.
    pub(crate) fn policy(&self) -> RetryPolicy {
        RetryPolicy {
            max_retries: self.max_retries,
            delay: milliseconds(self.delay),
            max_delay: milliseconds(self.max_delay),
            repeat_sends: self.repeat_sends,
        }
    }
}
