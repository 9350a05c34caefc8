//! Which attempts are retried, and when.

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use webpubsub_edge::RetryOptions;
use webpubsub_edge::retry::{Outcome, RetryAfter};

const NOW: Duration = Duration::from_secs(784_111_777);

fn responded(status: u16) -> Outcome<'static> {
    Outcome::Responded {
        status,
        retry_after: RetryAfter::default(),
    }
}

fn asked<'a>(milliseconds: Option<&'a str>, seconds_or_date: Option<&'a str>) -> Outcome<'a> {
    Outcome::Responded {
        status: 503,
        retry_after: RetryAfter {
            milliseconds,
            seconds_or_date,
        },
    }
}

#[test]
fn the_number_of_retries_is_limited() {
    let options = RetryOptions::default();
    assert_eq!(
        (options.max_retries, options.delay, options.max_delay.as_secs()),
        (3, Duration::from_secs(1), 64)
    );
    let next = |options: &RetryOptions, attempt| options.next(attempt, responded(503), true, NOW, 0);
    assert_eq!(
        [1, 2, 3].map(|n| next(&options, n).map(|delay| delay.as_secs())),
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
    assert_eq!(next(&many, 7).map(|delay| delay.as_secs()), Some(64));
    assert_eq!(next(&many, 1000).map(|delay| delay.as_secs()), Some(64));
}

proptest! {
    #[test]
    fn up_to_half_of_a_delay_is_subtracted(
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
        let delay = options.next(attempt, Outcome::Unknown, true, NOW, random).unwrap().as_millis();
        prop_assert!((whole.div_ceil(2)..=whole).contains(&delay), "{} of {}", delay, whole);
    }

    #[test]
    fn the_random_number_decides_how_much_is_subtracted(delay in 1000_u64..60_000) {
        let options = RetryOptions { delay: Duration::from_millis(delay), ..RetryOptions::default() };
        let delay = |random| options.next(1, Outcome::Unknown, true, NOW, random).unwrap();
        prop_assert!(delay(0) > delay(u32::MAX / 2) && delay(u32::MAX / 2) > delay(u32::MAX));
    }

    // Until 2106, when the seconds since 1970 no longer fit 32 bits.
    #[test]
    fn dates_equal_those_of_httpdate(seconds in 0_u64..4_291_747_200, ahead in 0_u64..1_000_000) {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
        let options = RetryOptions { max_delay: Duration::MAX, ..RetryOptions::default() };
        let now = Duration::from_secs(seconds.saturating_sub(ahead));
        let delay = options.next(1, asked(None, Some(&date)), false, now, 0);
        prop_assert_eq!(delay, Some(Duration::from_secs(ahead.min(seconds))), "{}", date);
    }

    #[test]
    fn any_retry_after_header_is_handled(text in "\\PC{0,40}|[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,20} [0-9:]{0,12} GMT") {
        let options = RetryOptions::default();
        let delay = options.next(1, asked(Some(&text), Some(&text)), true, NOW, 0);
        prop_assert!(delay.is_none_or(|delay| delay <= options.max_delay));
    }
}
