//! Which attempts are retried, and when.

use std::time::Duration;

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
    fn the_random_number_decides_how_much_is_subtracted(delay in 1000_u64..60_000) {
        let options = RetryOptions { delay: Duration::from_millis(delay), ..RetryOptions::default() };
        let delay = |random| options.next(1, Outcome::Unknown, true, NOW, random).unwrap();
        prop_assert!(delay(0) > delay(u32::MAX / 2) && delay(u32::MAX / 2) > delay(u32::MAX));
    }
}
