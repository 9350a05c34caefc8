//! What becomes of an attempt: accepted, tried again after a while, or failed with a kind, a code and a message.
//!
//! In here: the verdict on every response and on every response that did not come. The clock and the randomness come in
//! as arguments. Not in here: waiting, and reading the members of a JSON body; both are the host's.

use super::error::{Fault, Kind};
use super::operation::{Method, OperationKind};
use super::sink::Sink;
use super::text::{NO_NUMBER, NONE, either, equal, index_of, number, some, strip_prefix_same, take};

/// Which statuses of a response are an outcome, and whether the request may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// The status of success; none when every status is an outcome, after the last attempt.
    pub success: Option<u16>,
    /// 404 is an outcome too.
    pub not_found: bool,
    /// Repeating it does no harm when its outcome is unknown.
    pub repeatable: bool,
    /// The response holds a token, which no log may show.
    pub secret: bool,
}

impl Expectation {
    /// For an operation.
    pub fn of(operation: OperationKind) -> Self {
        Self {
            success: Some(operation.success()),
            not_found: operation.asks_existence(),
            repeatable: operation.is_repeatable(),
            secret: operation.is_secret(),
        }
    }

    /// For the page that a link leads to.
    pub const PAGE: Self = Self {
        success: Some(200),
        not_found: false,
        repeatable: true,
        secret: false,
    };

    /// For a token of Microsoft Entra ID.
    pub const TOKEN: Self = Self {
        success: Some(200),
        not_found: false,
        repeatable: true,
        secret: true,
    };

    /// For a request of the user's own.
    pub const fn own(method: Method) -> Self {
        Self {
            success: None,
            not_found: false,
            repeatable: method.is_repeatable(),
            secret: true,
        }
    }

    /// Whether a status is an outcome, whatever the number of attempts.
    pub fn accepts(&self, status: u16) -> bool {
        self.success == Some(status) || (self.not_found && status == 404)
    }
}

/// The default timeout of a call with all its attempts, in milliseconds.
pub const TIMEOUT: u32 = 60_000;

/// The largest response that is read by default, in bytes. Those of the service are much smaller.
pub const MAX_RESPONSE_BYTES: u32 = 4 << 20;

/// How requests are repeated.
///
/// Operations that mean the same twice (all but sends) are repeated after a network error and after 408, 429, 500, 502,
/// 503 and 504. A send is repeated only after 429 and 503, which mean that the message was rejected, unless
/// `repeat_sends` asks for more: the service cannot tell a repeated message from a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Maximum number of retries. Default: 3; 0 for none.
    pub max_retries: u32,
    /// The first delay in milliseconds; it doubles with every attempt, and a random part of up to half is taken off.
    /// Default: 1000.
    pub delay: u32,
    /// The longest delay in milliseconds. A service that asks for a longer one (`Retry-After`) gets no further attempt.
    /// Default: 64000.
    pub max_delay: u32,
    /// Repeats a send whose outcome is unknown, so that its message may arrive twice. Default: no.
    pub repeat_sends: bool,
}

impl RetryPolicy {
    /// What is not configured.
    pub const DEFAULT: Self = Self {
        max_retries: 3,
        delay: 1000,
        max_delay: 64_000,
        repeat_sends: false,
    };
}

/// An attempt that ended.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Counts from 1.
    pub number: u32,
    /// The status of the response; none when no response came, so that it is unknown whether the request arrived.
    pub status: Option<u16>,
    /// The header `Content-Type`.
    pub content_type: &'a [u8],
    /// The headers by which the service asks for a delay: `retry-after-ms`, `x-ms-retry-after-ms` and `Retry-After`.
    pub retry_after: [&'a [u8]; 3],
    /// `Retry-After` as a date, in seconds since 1970; [`NO_NUMBER`] when it is none. See [`http_date`].
    pub retry_at: u32,
    /// The time, in seconds since 1970.
    pub now: u32,
    /// Any 32 random bits.
    pub random: u32,
}

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The response is the outcome.
    Done,
    /// Try again after so many milliseconds.
    Retry(u32),
    /// The call failed; [`Problem`] has the code and the message, [`Fault::WebPage`] those of an accepted status.
    Fail(Kind),
}

/// Judges an attempt.
#[inline(always)]
pub fn judge(expectation: &Expectation, policy: &RetryPolicy, attempt: &Attempt<'_>) -> Judgement {
    if let Some(status) = attempt.status
        && expectation.accepts(status)
    {
        // The service has no web pages; proxies and the portals of networks do, with any status.
        return match strip_prefix_same(attempt.content_type, b"text/html") {
            Some(_) => Judgement::Fail(Fault::WebPage.kind()),
            None => Judgement::Done,
        };
    }
    if let Some(delay) = next_delay(expectation.repeatable || policy.repeat_sends, policy, attempt) {
        return Judgement::Retry(delay);
    }
    match attempt.status {
        Some(_) if expectation.success.is_none() => Judgement::Done,
        Some(status) => Judgement::Fail(Kind::of_status(status)),
        None => Judgement::Fail(Fault::Network.kind()),
    }
}

/// The delay before the next attempt; `None` if the call gives up.
#[inline(always)]
fn next_delay(repeatable: bool, policy: &RetryPolicy, attempt: &Attempt<'_>) -> Option<u32> {
    if attempt.number > policy.max_retries {
        return None;
    }
    match attempt.status {
        Some(429 | 503) => {}
        None | Some(408 | 500 | 502 | 504) if repeatable => {}
        _ => return None,
    }
    let asked = asked_delay(attempt);
    if asked != NO_NUMBER {
        return (asked <= policy.max_delay).then_some(asked);
    }
    let mut delay = policy.delay.min(policy.max_delay);
    for _ in 1..attempt.number {
        delay = delay.saturating_mul(2).min(policy.max_delay);
    }
    // Up to half is taken off: 16 bits of the random number say how much of it.
    let off = (u64::from(delay / 2) * u64::from(attempt.random >> 16)) >> 16;
    Some(delay - off as u32)
}

/// The delay that the service asks for, in milliseconds; [`NO_NUMBER`] when none of its headers can be read.
fn asked_delay(attempt: &Attempt<'_>) -> u32 {
    let [milliseconds, official, after] = attempt.retry_after;
    let asked = number(either(milliseconds, official).trim_ascii());
    if asked != NO_NUMBER {
        return asked;
    }
    let mut seconds = number(after.trim_ascii());
    if seconds == NO_NUMBER {
        if attempt.retry_at == NO_NUMBER {
            return NO_NUMBER;
        }
        seconds = attempt.retry_at.saturating_sub(attempt.now);
    }
    // One less, so that the longest delay is still one.
    seconds.saturating_mul(1000).min(NO_NUMBER - 1)
}

/// A date of HTTP in seconds since 1970: `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may write today. For
/// hosts that cannot parse dates themselves.
pub fn http_date(text: &[u8]) -> Option<u32> {
    let mut rest = text.trim_ascii();
    take(&mut rest, b' ');
    let day = take_number(&mut rest, b' ', 1, 31)?;
    let name = take(&mut rest, b' ');
    let months = b"Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec";
    let month = index_of(name, months, equal)? as u32 + 1;
    // In 2106 the seconds have no room any more.
    let year = take_number(&mut rest, b' ', 1970, 2105)?;
    let hour = take_number(&mut rest, b':', 0, 60)?;
    let minute = take_number(&mut rest, b':', 0, 60)?;
    let second = take_number(&mut rest, b' ', 0, 60)?;
    // Days from the epoch to a civil date, with years that begin in March, so that leap days come last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
    Some((((days - 719_468) * 24 + hour) * 60 + minute) * 60 + second)
}

fn take_number(rest: &mut &[u8], separator: u8, least: u32, most: u32) -> Option<u32> {
    some(take_in_range(rest, separator, least, most))
}

#[inline(never)]
fn take_in_range(rest: &mut &[u8], separator: u8, least: u32, most: u32) -> u32 {
    let number = number(take(rest, separator));
    if number >= least && number <= most {
        number
    } else {
        NONE
    }
}

/// What is known of a response that is an error, in any of the shapes that the service has for it: JSON, problem+json,
/// and headers alone after HEAD. Members that are missing or no strings are empty.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// The status.
    pub status: u16,
    /// The method of the request.
    pub method: &'a [u8],
    /// The members `code`, `message` and `title` of the body.
    pub code: &'a [u8],
    /// `message`
    pub message: &'a [u8],
    /// `title`
    pub title: &'a [u8],
    /// The header `x-ms-error-code`.
    pub header_code: &'a [u8],
    /// The header `Date`, in seconds since 1970; [`NO_NUMBER`] when it is missing or no date.
    pub date: u32,
    /// The time, in seconds since 1970.
    pub now: u32,
}

/// How far clocks may be apart before the service rejects a token for it, in seconds.
const CLOCK_SKEW: u32 = 300;

impl<'a> Problem<'a> {
    /// The service's own code; empty when it gave none.
    pub fn code(&self) -> &'a [u8] {
        either(self.code, self.header_code)
    }

    /// Writes the message: what the service says, and for a 401 the usual cause, which the clock of the service
    /// tells.
    pub fn write_message(&self, sink: &mut Sink<'_>) {
        let said = either(self.message, self.title);
        if said.is_empty() {
            sink.text(b"The service responded to ");
            sink.text(self.method);
            sink.text(b" with status ");
            sink.number(self.status.into());
            sink.text(b" and no reason");
        } else {
            sink.text(said);
        }
        if self.status != 401 {
            return;
        }
        let (now, date) = (self.now, self.date);
        if date != NO_NUMBER && now.abs_diff(date) > CLOCK_SKEW {
            sink.text(b" (the clock here is ");
            sink.number(now.abs_diff(date));
            sink.text(if now > date { b" s ahead of" } else { b" s behind" });
            sink.text(b" the service's: set it right)");
        } else {
            // The endpoint is the audience of the token.
            sink.text(
                b" (check the access key, which may have been regenerated, and that the endpoint is not a proxy's)",
            );
        }
    }
}
