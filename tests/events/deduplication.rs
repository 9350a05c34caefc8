//! Duplicate events.

use std::time::Duration;

use webpubsub_edge::events::{EventDeduplicator, Handler};

use crate::service::{Request, event};

#[test]
fn duplicate_events_are_recognised() {
    let second = Duration::from_secs(1);
    let handler = Handler::builder("chat")
        .dangerously_skip_signature_verification()
        .build()
        .unwrap();
    let request = |connection: &str, id: &str| {
        Request::event("user.x")
            .with("ce-connectionId", connection)
            .with("ce-id", id)
    };
    let mut seen = EventDeduplicator::new(2, 10 * second);
    let mut is_duplicate =
        |request: &Request, now: Duration| seen.is_duplicate(&event(&handler, request), now);
    assert!(!is_duplicate(&request("a", "1"), second));
    assert!(is_duplicate(&request("a", "1"), second));
    assert!(!is_duplicate(&request("b", "1"), second), "another connection");
    assert!(!is_duplicate(&request("a", "2"), second), "another event");
    assert!(
        !is_duplicate(&request("a", "1"), second),
        "the oldest is forgotten first"
    );
    assert!(is_duplicate(&request("a", "2"), 11 * second));
    assert!(
        !is_duplicate(&request("a", "2"), 12 * second),
        "all are forgotten in time"
    );
    assert!(
        !is_duplicate(&request("c", ""), second) && !is_duplicate(&request("c", ""), second),
        "without an id"
    );
    let mqtt = |physical: &str| request("m", "0").and("ce-physicalConnectionId", physical);
    assert!(
        !is_duplicate(&mqtt("1"), second)
            && !is_duplicate(&mqtt("2"), second)
            && is_duplicate(&mqtt("2"), second)
    );
    seen.forget(&event(&handler, &mqtt("2")));
    assert!(
        !seen.is_duplicate(&event(&handler, &mqtt("2")), second),
        "so that the next attempt gets through"
    );
}
