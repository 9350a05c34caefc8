//! Properties that hold for any input.

use proptest::prelude::*;
use serde_json::json;
use webpubsub_edge::{
    AccessKey,
    events::{Connect, Disconnected, GroupChange, Handler, Received, Reply, StateChange},
};

use crate::service::{ORIGIN, PATH, Request, builder, event, handler, response, sign};

/// The names of headers that are read, in some letter case, and others.
fn header_name() -> impl Strategy<Value = String> {
    const NAMES: [&str; 12] = [
        "ce-type",
        "CE-Hub",
        "ce-connectionid",
        "ce-awpsversion",
        "webhook-request-origin",
        "ce-signature",
        "ce-eventName",
        "ce-connectionState",
        "ce-physicalConnectionId",
        "content-type",
        "mqtt-",
        "x-webpubsub-metadata-a",
    ];
    prop_oneof![4 => proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => ".*"]
}

proptest! {
    #[test]
    fn no_request_makes_the_handler_panic(
        method in prop_oneof![Just("POST"), Just("OPTIONS"), Just("GET"), "[A-Z]{0,6}".prop_map(|m| &*m.leak())],
        target in prop_oneof![Just(PATH.to_owned()), ".*", "(/|%|%[0-9a-fA-F]?|://|[?#a-z]){0,12}"],
        headers in proptest::collection::vec((header_name(), proptest::collection::vec(any::<u8>(), 0..80)), 0..16),
        valid in any::<bool>(),
    ) {
        let mut request = if valid { Request::event("user.x") } else { Request::event("x").without("ce-type") };
        request.method = method;
        request.target = target;
        request.headers.extend(headers);
        for handler in [handler(), builder().allowed_endpoints([ORIGIN]).dangerously_skip_signature_verification().build().unwrap()] {
            match handler.receive(request.head()) {
                Received::Response(response) => prop_assert!([200, 204, 400, 401, 403].contains(&response.status())),
                Received::Event(event) => {
                    let _ = (event.states(), event.metadata(), event.user_properties(), event.origin(), format!("{event:?}"));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn only_the_right_key_verifies(connection in "[ -~]{1,40}", key in "[!-~]{1,60}", other in "[!-~]{1,60}") {
        prop_assume!(key != other && connection.trim() == connection && !connection.is_empty());
        let signature = sign(&key, &connection);
        let request = Request::event("user.x").with("ce-connectionId", &connection).with("ce-signature", format!("sha256={signature}"));
        let with = |key: &str| Handler::builder("chat").access_key(AccessKey::new(key).unwrap()).build().unwrap();
        prop_assert!(matches!(with(&key).receive(request.head()), Received::Event(_)));
        prop_assert_eq!(response(&with(&other), &request).status(), 401);
        let mut wrong = signature.into_bytes();
        wrong[0] = if wrong[0] == b'0' { b'1' } else { b'0' };
        let wrong = request.with("ce-signature", format!("sha256={}", String::from_utf8(wrong).unwrap()));
        prop_assert_eq!(response(&with(&key), &wrong).status(), 401);
    }

    #[test]
    fn states_survive_a_round_trip(members in proptest::collection::btree_map(".*", ".*", 0..6)) {
        let json = serde_json::to_string(&members).unwrap();
        let response = Reply::Nothing.response(&StateChange::Replace(json)).unwrap();
        let request = Request::event("user.x").and("ce-connectionState", response.header("ce-connectionState").unwrap());
        let handler = handler();
        let states = event(&handler, &request).states().unwrap();
        prop_assert_eq!(serde_json::Value::Object(states), json!(members));
    }

    #[test]
    fn any_body_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        for result in [Connect::read(&body).map(drop), Disconnected::read(&body).map(drop), GroupChange::read("left", &body).map(drop)] {
            if let Err(response) = result {
                prop_assert_eq!(response.status(), 400);
            }
        }
    }
}
