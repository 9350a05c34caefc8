//! Which requests are the handler's, and what is wrong with those that are not well.

use webpubsub_edge::{
    AccessKey,
    events::{Answer, Handler, Received},
};

use crate::service::{
    ORIGIN, PATH, PRIMARY, Request, answer, builder, code, event, handler, is_not_mine, words,
};

#[test]
fn the_handshake_is_answered_for_any_service_by_default() {
    for method in ["OPTIONS", "GET"] {
        for request in [
            Request::handshake(ORIGIN),
            Request::handshake(ORIGIN).without("ce-awpsversion"),
        ] {
            let answer = answer(&handler(), &Request { method, ..request });
            assert_eq!(
                (answer.status(), answer.header("webhook-allowed-origin")),
                (200, Some("*"))
            );
            assert!(answer.body().is_empty());
        }
    }
    let nameless = answer(
        &handler(),
        &Request::handshake(ORIGIN).without("WebHook-Request-Origin"),
    );
    assert_eq!(nameless.status(), 400);
    assert!(words(&nameless).contains("WebHook-Request-Origin is missing"));
}

#[test]
fn the_handshake_is_answered_for_allowed_services() {
    let handler = builder()
        .allowed_endpoints([format!("https://{ORIGIN}/"), "OTHER.example:8443".into()])
        .build()
        .unwrap();
    let allowed = |request: Request| {
        let answer = answer(&handler, &request);
        answer
            .header("WebHook-Allowed-Origin")
            .map(str::to_owned)
            .ok_or((answer.status(), words(&answer).to_owned()))
    };
    let asked = |origin: &str| allowed(Request::handshake(origin));
    assert_eq!(asked(ORIGIN), Ok(ORIGIN.to_owned()));
    assert_eq!(
        asked(" Contoso.WebPubSub.Azure.com "),
        Ok("Contoso.WebPubSub.Azure.com".to_owned())
    );
    assert_eq!(asked("other.example:8443"), Ok("other.example:8443".to_owned()));
    assert_eq!(asked(&format!("replica.example , {ORIGIN}")), Ok("*".to_owned()));
    assert_eq!(
        allowed(Request::handshake("replica.example").and("webhook-request-origin", ORIGIN)),
        Ok("*".to_owned())
    );
    for origin in [
        "evil.example",
        "other.example",
        "contoso.webpubsub.azure.com.evil.example",
        "*",
        "://",
    ] {
        let (status, words) = asked(origin).unwrap_err();
        assert_eq!(status, 403);
        assert!(
            words.contains(origin) && words.contains(ORIGIN) && words.contains("other.example:8443"),
            "{words}"
        );
    }
}

#[test]
fn origins_of_events_are_compared_as_well() {
    let handler = builder().allowed_endpoints(["another.example"]).build().unwrap();
    assert_eq!(answer(&handler, &Request::event("sys.connect")).status(), 403);
    event(
        &handler,
        &Request::event("sys.connect").with("WebHook-Request-Origin", "x.example,another.example"),
    );
    for request in [
        Request::event("sys.connect").without("WebHook-Request-Origin"),
        Request::event("sys.connect").with("WebHook-Request-Origin", " , "),
    ] {
        assert_eq!(answer(&handler, &request).status(), 400);
    }
}

#[test]
fn paths_are_compared_as_they_mean() {
    let takes =
        |handler: &Handler, target: &str| !is_not_mine(handler, &Request::event("sys.connected").at(target));
    let chat = handler();
    for target in [
        PATH,
        "/api/webpubsub/hubs/chat",
        "/API/WebPubSub/hubs/CHAT/connect?code=1",
        "/api/webpubsub/hubs/%63hat/",
        "https://app.example/api/webpubsub/hubs/chat/#x",
    ] {
        assert!(takes(&chat, target), "{target}");
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
        assert!(!takes(&chat, target), "{target}");
    }
    let custom = builder().path("/Events").build().unwrap();
    assert_eq!(custom.path(), "/events/");
    assert!(takes(&custom, "/events/chat") && !takes(&custom, PATH));
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
fn what_is_for_others_is_left_alone() {
    let get = Request {
        method: "GET",
        ..Request::event("sys.connect")
            .without("WebHook-Request-Origin")
            .without("ce-awpsversion")
    };
    let others = [
        get,
        Request {
            method: "PUT",
            ..Request::event("sys.connect")
        },
        Request {
            method: "OPTIONS",
            target: PATH.into(),
            headers: Vec::new(),
        },
        Request {
            method: "POST",
            target: PATH.into(),
            headers: Vec::new(),
        },
        Request::event("sys.connect").with("ce-hub", "another"),
        Request::event("sys.connect").with("ce-type", "com.example.happened"),
    ];
    for request in others {
        assert!(is_not_mine(&handler(), &request), "{:?}", request.headers);
    }
    event(&handler(), &Request::event("sys.connect").with("ce-hub", "CHAT"));
}

#[test]
fn a_refusal_names_the_header_that_is_missing_repeated_or_no_text() {
    for name in [
        "ce-type",
        "ce-awpsversion",
        "ce-hub",
        "ce-connectionId",
        "WebHook-Request-Origin",
    ] {
        let answer = answer(&handler(), &Request::event("sys.connect").without(name));
        assert_eq!(answer.status(), 400, "{name}");
        assert!(
            words(&answer).contains(&format!("{name} is missing")),
            "{}",
            words(&answer)
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
        let twice = answer(&handler(), &once.clone().and(name, "x"));
        assert_eq!(twice.status(), 400, "{name}");
        assert!(
            words(&twice).contains(&format!("{name} came more than once")),
            "{}",
            words(&twice)
        );
        let bytes = answer(&handler(), &once.with(name, [0xff, 0xfe]));
        assert_eq!(bytes.status(), 400, "{name}");
        assert!(
            words(&bytes).contains(&format!("{name} is not text")),
            "{}",
            words(&bytes)
        );
    }
    let future = answer(
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
fn kinds_that_are_not_known_are_taken_once_they_are_verified() {
    for kind in ["sys.future", "gp.renamed", "other", "user", ""] {
        let request = Request::event(kind);
        assert_eq!(answer(&handler(), &request), Answer::empty());
        assert_eq!(
            answer(&handler(), &request.with("ce-signature", "sha256=00")).status(),
            401
        );
    }
}

#[test]
fn bad_options_are_refused_when_the_handler_is_built() {
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
    let answer = Answer::too_large(limited.max_body_bytes());
    assert_eq!(
        (answer.status(), words(&answer).contains(" 10 bytes")),
        (413, true)
    );
    assert_eq!(
        (Answer::not_found().status(), Answer::failed().status()),
        (404, 500)
    );
}
