//! What is tried again, and when.

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use webpubsub_edge::RetryOptions;
use webpubsub_edge::retry::{Outcome, RetryAfter};

const NOW: Duration = Duration::from_secs(784_111_777);
/// `NOW` as HTTP has it.
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn answered(status: u16) -> Outcome<'static> {
    Outcome::Answered {
        status,
        retry_after: RetryAfter::default(),
    }
}

fn asked<'a>(milliseconds: Option<&'a str>, seconds_or_date: Option<&'a str>) -> Outcome<'a> {
    Outcome::Answered {
        status: 503,
        retry_after: RetryAfter {
            milliseconds,
            seconds_or_date,
        },
    }
}

/// The wait before the second attempt, nothing taken off it.
fn wait(options: &RetryOptions, outcome: Outcome<'_>, repeatable: bool) -> Option<Duration> {
    options.next(1, outcome, repeatable, NOW, 0)
}

#[test]
fn what_may_be_repeated_is_told_by_status_and_operation() {
    let (safe, asked_for) = (
        RetryOptions::default(),
        RetryOptions {
            repeat_sends: true,
            ..RetryOptions::default()
        },
    );
    // The status, whether a send is repeated, and whether the others are.
    for (status, send, other) in [
        (200, false, false),
        (301, false, false),
        (400, false, false),
        (401, false, false),
        (403, false, false),
        (404, false, false),
        (408, false, true),
        (409, false, false),
        (413, false, false),
        (429, true, true),
        (500, false, true),
        (501, false, false),
        (502, false, true),
        (503, true, true),
        (504, false, true),
        (505, false, false),
        (599, false, false),
    ] {
        assert_eq!(
            wait(&safe, answered(status), false).is_some(),
            send,
            "a send after {status}"
        );
        assert_eq!(
            wait(&safe, answered(status), true).is_some(),
            other,
            "another after {status}"
        );
        assert_eq!(
            wait(&asked_for, answered(status), false).is_some(),
            other,
            "a send with repeat_sends after {status}"
        );
    }
    assert_eq!(
        wait(&safe, Outcome::Unknown, false),
        None,
        "the message may have arrived"
    );
    assert_eq!(wait(&safe, Outcome::Unknown, true), Some(safe.delay));
    assert_eq!(wait(&asked_for, Outcome::Unknown, false), Some(safe.delay));
}

#[test]
fn there_are_as_many_as_allowed() {
    let options = RetryOptions::default();
    assert_eq!(
        (options.max_retries, options.delay, options.max_delay.as_secs()),
        (3, Duration::from_secs(1), 64)
    );
    let next = |options: &RetryOptions, attempt| options.next(attempt, answered(503), true, NOW, 0);
    assert_eq!(
        [1, 2, 3].map(|n| next(&options, n).map(|wait| wait.as_secs())),
        [Some(1), Some(2), Some(4)]
    );
    assert_eq!(next(&options, 4), None);
    assert_eq!(
        next(
            &RetryOptions {
                max_retries: 0,
                ..options
            },
            1
        ),
        None
    );
    let many = RetryOptions {
        max_retries: u32::MAX,
        ..options
    };
    assert_eq!(next(&many, 7).map(|wait| wait.as_secs()), Some(64));
    assert_eq!(next(&many, 1000).map(|wait| wait.as_secs()), Some(64));
}

#[test]
fn the_service_says_when_in_three_forms() {
    let options = RetryOptions {
        max_delay: Duration::from_secs(100),
        ..RetryOptions::default()
    };
    let wait = |outcome| wait(&options, outcome, false);
    assert_eq!(wait(asked(Some("1500"), None)), Some(Duration::from_millis(1500)));
    assert_eq!(wait(asked(None, Some("7"))), Some(Duration::from_secs(7)));
    assert_eq!(wait(asked(None, Some(" 0 "))), Some(Duration::ZERO));
    assert_eq!(
        wait(asked(None, Some("Sun, 06 Nov 1994 08:50:07 GMT"))),
        Some(Duration::from_secs(30))
    );
    assert_eq!(wait(asked(None, Some(DATE))), Some(Duration::ZERO), "now");
    assert_eq!(
        wait(asked(None, Some("Sun, 06 Nov 1994 08:00:00 GMT"))),
        Some(Duration::ZERO),
        "long ago"
    );
    assert_eq!(
        wait(asked(Some("20"), Some("7"))),
        Some(Duration::from_millis(20)),
        "the finer one"
    );
    assert_eq!(
        wait(asked(Some("soon"), Some("7"))),
        Some(Duration::from_secs(7)),
        "the one that can be read"
    );
}

#[test]
fn what_cannot_be_read_is_not_there() {
    let options = RetryOptions::default();
    for text in [
        "",
        "soon",
        "-1",
        "+1",
        "1.5",
        "0x10",
        "1e3",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "06 Nov 1994",
        "Sun, 06 Nov 1969 08:49:37 GMT",
    ] {
        assert_eq!(
            wait(&options, asked(Some(text), Some(text)), true),
            Some(options.delay),
            "{text}"
        );
    }
}

#[test]
fn who_asks_for_too_long_a_wait_gets_no_further_attempt() {
    let options = RetryOptions {
        max_delay: Duration::from_secs(10),
        ..RetryOptions::default()
    };
    let digits = u64::MAX.to_string() + "0";
    assert!(wait(&options, asked(None, Some("10")), true).is_some());
    for (milliseconds, other) in [
        (Some("10001"), None),
        (None, Some("11")),
        (None, Some("Sun, 06 Nov 1994 08:49:48 GMT")),
        (None, Some(&*digits)),
        (Some(&*digits), None),
    ] {
        assert_eq!(
            wait(&options, asked(milliseconds, other), true),
            None,
            "{milliseconds:?} {other:?}"
        );
    }
}

proptest! {
    #[test]
    fn up_to_half_of_a_wait_is_taken_off(
        delay in 0_u64..100_000,
        max_delay in 0_u64..100_000,
        attempt in 1_u32..40,
        random: u32,
    ) {
        let options = RetryOptions {
            max_retries: 40,
            delay: Duration::from_millis(delay),
            max_delay: Duration::from_millis(max_delay),
            repeat_sends: false,
        };
        let whole = u128::from(delay).saturating_mul(1 << (attempt - 1)).min(max_delay.into());
        let wait = options.next(attempt, Outcome::Unknown, true, NOW, random).unwrap().as_millis();
        prop_assert!((whole.div_ceil(2)..=whole).contains(&wait), "{} of {}", wait, whole);
    }

    #[test]
    fn the_dice_decide_how_much(delay in 1000_u64..60_000) {
        let options = RetryOptions { delay: Duration::from_millis(delay), ..RetryOptions::default() };
        let wait = |random| options.next(1, Outcome::Unknown, true, NOW, random).unwrap();
        prop_assert!(wait(0) > wait(u32::MAX / 2) && wait(u32::MAX / 2) > wait(u32::MAX));
    }

    #[test]
    fn dates_are_those_of_httpdate(seconds in 0_u64..253_402_300_800) {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
        let options = RetryOptions { max_delay: Duration::MAX, ..RetryOptions::default() };
        let wait = options.next(1, asked(None, Some(&date)), false, Duration::ZERO, 0);
        prop_assert_eq!(wait, Some(Duration::from_secs(seconds)), "{}", date);
    }

    #[test]
    fn anything_may_stand_in_the_headers(text in "\\PC{0,40}|[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,20} [0-9:]{0,12} GMT") {
        let options = RetryOptions::default();
        let wait = options.next(1, asked(Some(&text), Some(&text)), true, NOW, 0);
        prop_assert!(wait.is_none_or(|wait| wait <= options.max_delay));
    }
}
