//! Requests without a verb, and whole answers.

use serde_json::Value;
use webpubsub_edge::operation::Method;
use webpubsub_edge::service::Answer as _;
use webpubsub_edge::{ClientOptions, ErrorKind, Filter, Message};

use crate::support::{Host, Server, Service, answer, gets, hub_at, refused, soon};

#[tokio::test]
async fn any_operation_may_be_sent() {
    let service = Service::start().await;
    let mut ada = service.join("ada", &[], &[]).await;
    let hub = service.hub();
    let sent = hub
        .send_request(Method::Post, "/api/hubs/chat/:send")
        .query("filter", &Filter::user_id().eq("ada").to_string())
        .query("excluded", "a&b")
        .body("text/plain; charset=utf-8", "hé")
        .await
        .unwrap();
    assert_eq!(sent.status(), 202);
    gets(&mut ada, "hé").await;
    let listed = hub
        .send_request(
            Method::Get,
            "/api/hubs/chat/groups/a%20b/connections?maxpagesize=1",
        )
        .await
        .unwrap();
    assert_eq!(
        (listed.status(), listed.text().as_str()),
        (200, r#"{"value":[]}"#)
    );
    assert_eq!(
        listed.header("content-type").as_deref(),
        Some("application/json; charset=utf-8")
    );
}

#[tokio::test]
async fn any_status_is_an_answer() {
    let service = Service::start().await;
    let hub = service.hub();
    let put = hub
        .send_request(Method::Put, "/api/hubs/chat/users/nobody/groups/g")
        .await
        .unwrap();
    assert_eq!(put.status(), 404);
    assert_eq!(
        put.json().unwrap()["code"],
        Value::from("Warning.User.NotExisted")
    );
    let typed = hub
        .send_request(Method::Post, "/api/hubs/chat/:send")
        .body("image/png", vec![1])
        .await
        .unwrap();
    assert_eq!(typed.status(), 415);
    assert_eq!(
        hub.send_request(Method::Delete, "/api/none")
            .await
            .unwrap()
            .status(),
        404
    );
    let old = hub
        .send_request(Method::Head, "/api/hubs/chat/users/a?api-version=2001-01-01")
        .await
        .unwrap();
    assert_eq!(old.status(), 400);
}

#[tokio::test]
async fn the_version_of_the_api_is_added_where_there_is_none() {
    let mut server = Server::answering(vec![answer(200, &[], "")]).await;
    let options = ClientOptions {
        api_version: "2026-01-01".into(),
        ..ClientOptions::default()
    };
    let hub = hub_at(&server.endpoint(), Host::new()).with_options(options);
    for (path, target) in [
        ("/api/x", "/api/x?api-version=2026-01-01"),
        ("/api/x?a=1", "/api/x?a=1&api-version=2026-01-01"),
        ("/api/x?api-version=1&a=1", "/api/x?api-version=1&a=1"),
        ("/api/x?a=1&api-version=1", "/api/x?a=1&api-version=1"),
        ("//a/api", "//a/api?api-version=2026-01-01"),
    ] {
        hub.send_request(Method::Get, path).await.unwrap();
        let request = server.next().await;
        assert_eq!(request.target, target);
        assert_eq!(request.claims()["aud"], server.endpoint() + target);
        assert_eq!((request.header("content-type"), request.body.len()), (None, 0));
    }
}

#[tokio::test]
async fn a_path_is_one_that_url_parsers_keep() {
    let mut server = Server::answering(vec![answer(200, &[], "")]).await;
    let hub = hub_at(&server.endpoint(), Host::new());
    for path in [
        "",
        "api",
        "@evil.example/",
        ".evil.example/",
        ":1/x",
        "/a b",
        "/a/../b",
        "/a/%2e%2E/b",
        "/./a",
        "/.%2e",
        "/a#b",
        "/a\\b",
        "/é",
        "/a?b=é",
        "/a?b=c d",
        "/a?b='c'",
        "/a\"",
        "/<a>",
        "/{a}",
        "/a\n",
        "/a^",
        "/a|",
        "/`",
    ] {
        assert_eq!(
            refused(hub.send_request(Method::Get, path).await),
            "InvalidPath",
            "{path}"
        );
    }
    assert_eq!(server.arrived().len(), 0);
    hub.send_request(Method::Get, "/a'()*!~%20;=:@&+$,-._/...")
        .query("é", "' \"")
        .await
        .unwrap();
    assert_eq!(
        server.next().await.target.split('?').next(),
        Some("/a'()*!~%20;=:@&+$,-._/...")
    );
}

#[tokio::test]
async fn options_are_those_of_every_call() {
    let mut server = Server::answering(vec![answer(200, &[], "")]).await;
    let hub = hub_at(&server.endpoint(), Host::new());
    hub.send_request(Method::Put, "/api/x")
        .header("x-a", "b")
        .body("a/b", "c")
        .await
        .unwrap();
    let request = server.next().await;
    assert_eq!(
        (
            request.header("x-a"),
            request.header("content-type"),
            &*request.body
        ),
        (Some("b"), Some("a/b"), &b"c"[..])
    );
    let silent = hub_at(&Server::silent().await.endpoint(), Host::new());
    let short = std::time::Duration::from_millis(20);
    let request = silent.send_request(Method::Get, "/a").timeout(short);
    assert_eq!(soon(request).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_whole_answer_stands_for_what_is_read_out_of_it() {
    let service = Service::start().await;
    let hub = service.hub();
    let sent = hub
        .send_to_all(Message::text("x"))
        .raw()
        .excluded(&["c"])
        .message_ttl_seconds(1)
        .await
        .unwrap();
    assert_eq!(sent.status(), 202);
    assert!(sent.header("api-supported-versions").is_some());
    let absent = hub.user_exists("nobody").raw().await.unwrap();
    assert_eq!(
        (absent.status(), absent.header("x-ms-error-code").as_deref()),
        (404, Some("Warning.User.NotExisted"))
    );
    let refused = hub
        .send_to_all(Message::text("x"))
        .filter("nonsense")
        .raw()
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidRequest, "what fails fails");
}
