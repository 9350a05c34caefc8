//! Any request is handled, also one whose headers are not text. Further properties are in `tests/properties`.

use proptest::prelude::*;
use webpubsub_edge::events::Received;

use crate::service::{ORIGIN, PATH, Request, builder, handler};

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
}
