//! Events that come twice.

use std::time::Duration;

use webpubsub_edge::events::{EventDeduplicator, Handler};

use crate::service::{Request, event};

#[test]
fn events_that_came_before_are_told() {
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
    let mut came = |request: &Request, now: Duration| seen.is_duplicate(&event(&handler, request), now);
    assert!(!came(&request("a", "1"), second));
    assert!(came(&request("a", "1"), second));
    assert!(!came(&request("b", "1"), second), "another connection");
    assert!(!came(&request("a", "2"), second), "another event");
    assert!(!came(&request("a", "1"), second), "the oldest is forgotten first");
    assert!(came(&request("a", "2"), 11 * second));
    assert!(
        !came(&request("a", "2"), 12 * second),
        "all are forgotten in time"
    );
    assert!(
        !came(&request("c", ""), second) && !came(&request("c", ""), second),
        "without an id"
    );
    let mqtt = |physical: &str| request("m", "0").and("ce-physicalConnectionId", physical);
    assert!(!came(&mqtt("1"), second) && !came(&mqtt("2"), second) && came(&mqtt("2"), second));
    seen.forget(&event(&handler, &mqtt("2")));
    assert!(
        !seen.is_duplicate(&event(&handler, &mqtt("2")), second),
        "so that the next attempt gets through"
    );
}
