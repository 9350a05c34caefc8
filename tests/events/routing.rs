//! Which requests are for the handler, and how malformed ones are refused.

use webpubsub_edge::{
    AccessKey,
    events::{EventResponse, Handler, Received},
};

use crate::service::{PATH, PRIMARY, Request, builder, code, event, handler, is_not_mine, response, text};

#[test]
fn paths_are_compared_decoded() {
    let receives =
        |handler: &Handler, target: &str| !is_not_mine(handler, &Request::event("sys.connected").at(target));
    let chat = handler();
    for target in [
        PATH,
        "/api/webpubsub/hubs/chat",
        "/API/WebPubSub/hubs/CHAT/connect?code=1",
        "/api/webpubsub/hubs/%63hat/",
        "https://app.example/api/webpubsub/hubs/chat/#x",
    ] {
        assert!(receives(&chat, target), "{target}");
    }
    for target in [
        "/",
        "",
        "*",
        "/api/webpubsub/hubs/chatter",
        "/api/webpubsub/hubs/",
        "/x?/api/webpubsub/hubs/chat/",
        "https://app.example",
        "/%",
        "/%2",
    ] {
        assert!(!receives(&chat, target), "{target}");
    }
    let custom = builder().path("/Events").build().unwrap();
    assert_eq!(custom.path(), "/events/");
    assert!(receives(&custom, "/events/chat") && !receives(&custom, PATH));
    let hub = Handler::builder("a`b[1]")
        .access_key(AccessKey::new(PRIMARY).unwrap())
        .build()
        .unwrap();
    for target in ["/api/webpubsub/hubs/a`b[1]/", "/api/webpubsub/hubs/a%60b%5b1%5D"] {
        assert!(matches!(
            hub.receive(
                Request::event("sys.connect")
                    .with("ce-hub", "A`B[1]")
                    .at(target)
                    .head()
            ),
            Received::Event(_)
        ));
    }
    for path in ["", "events", "/a?b", "/a#b"] {
        assert_eq!(code(builder().path(path).build()), "InvalidPath", "{path}");
    }
}

#[test]
fn a_refusal_names_the_missing_repeated_or_binary_header() {
    for name in [
        "ce-type",
        "ce-awpsversion",
        "ce-hub",
        "ce-connectionId",
        "WebHook-Request-Origin",
    ] {
        let response = response(&handler(), &Request::event("sys.connect").without(name));
        assert_eq!(response.status(), 400, "{name}");
        assert!(
            text(&response).contains(&format!("{name} is missing")),
            "{}",
            text(&response)
        );
    }
    for name in [
        "ce-type",
        "ce-hub",
        "ce-connectionId",
        "ce-id",
        "ce-userId",
        "ce-eventName",
        "ce-connectionState",
        "Content-Type",
        "ce-physicalConnectionId",
    ] {
        let request = Request::event("user.x");
        let once = if request.headers.iter().any(|(n, _)| n == name) {
            request
        } else {
            request.and(name, "x")
        };
        let twice = response(&handler(), &once.clone().and(name, "x"));
        assert_eq!(twice.status(), 400, "{name}");
        assert!(
            text(&twice).contains(&format!("{name} came more than once")),
            "{}",
            text(&twice)
        );
        let bytes = response(&handler(), &once.with(name, [0xff, 0xfe]));
        assert_eq!(bytes.status(), 400, "{name}");
        assert!(
            text(&bytes).contains(&format!("{name} is not text")),
            "{}",
            text(&bytes)
        );
    }
    let other = Request::event("user.x").with("x-other", [0xff, 0xfe]);
    event(&handler(), &other);
    let future = response(
        &handler(),
        &Request::event("sys.connect").with("ce-awpsversion", "2.0"),
    );
    assert_eq!(future.status(), 400);
    event(
        &handler(),
        &Request::event("sys.connect").with("ce-awpsversion", "1.1"),
    );
}

#[test]
fn invalid_options_are_refused_when_the_handler_is_built() {
    assert_eq!(
        code(Handler::builder("1st").keys_per_event().build()),
        "InvalidHub"
    );
    assert_eq!(
        code(builder().allowed_endpoints(["ftp://x"]).build()),
        "InvalidEndpoint"
    );
    assert_eq!(
        code(builder().allowed_endpoints(Vec::<String>::new()).build()),
        "InvalidEndpoint"
    );
    assert_eq!(handler().max_body_bytes(), 1024 * 1024);
    let limited = builder().max_body_bytes(10).build().unwrap();
    let response = EventResponse::too_large(limited.max_body_bytes());
    assert_eq!(
        (response.status(), text(&response).contains(" 10 bytes")),
        (413, true)
    );
    let missing = EventResponse::not_found("chat");
    assert_eq!((missing.status(), EventResponse::failed().status()), (404, 500));
    assert_eq!(
        text(&missing),
        "Only events of the hub chat are accepted: check the URL template."
    );
}
