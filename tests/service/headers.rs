//! The headers of requests: the library's own, and those of the caller.

use axum::http::Response;
use webpubsub_edge::{ClientOptions, Message};

use crate::support::{Host, Hub, Server, answer, hub_at, refused};

async fn server() -> Server {
    Server::answering(vec![answer(200, &[], "")]).await
}

fn hub(server: &Server) -> Hub {
    hub_at(&server.endpoint(), Host::new())
}

#[tokio::test]
async fn every_request_says_who_sends_it_and_has_an_id() {
    let mut server = server().await;
    let options = ClientOptions {
        user_agent: "app/1 x".into(),
        ..ClientOptions::default()
    };
    hub(&server).user_exists("ada").await.unwrap();
    hub(&server)
        .with_options(options)
        .user_exists("ada")
        .await
        .unwrap();
    let (first, second) = (server.next().await, server.next().await);
    assert_eq!(
        first.header("user-agent"),
        Some(concat!("webpubsub-edge/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(second.header("user-agent"), Some("app/1 x"));
    let ids = [&first, &second].map(|request| request.header("x-ms-client-request-id").unwrap().to_owned());
    assert_ne!(ids[0], ids[1]);
    for id in ids {
        let parts: Vec<_> = id.split('-').collect();
        assert_eq!(
            parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12],
            "{id}"
        );
        assert!(parts.concat().bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        assert!(
            parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']),
            "{id} is of version 4"
        );
    }
}

#[tokio::test]
async fn headers_of_the_caller_are_added_or_replace_ours() {
    let mut server = server().await;
    let call = hub(&server)
        .user_exists("ada")
        .header("traceparent", "00-1-2-01")
        .header("USER-AGENT", "mine");
    call.header("X-Ms-Client-Request-Id", "r1")
        .header("x-a", "1")
        .header("X-A", "é\t2")
        .await
        .unwrap();
    let request = server.next().await;
    assert_eq!(request.header("traceparent"), Some("00-1-2-01"));
    assert_eq!(request.header("x-ms-client-request-id"), Some("r1"));
    for (name, value) in [("user-agent", "mine".as_bytes()), ("x-a", "é\t2".as_bytes())] {
        let all: Vec<_> = request
            .headers
            .get_all(name)
            .iter()
            .map(|value| value.as_bytes())
            .collect();
        assert_eq!(all, [value], "{name} is there once");
    }
}

#[tokio::test]
async fn nobody_speaks_for_the_credential() {
    let mut server = server().await;
    hub(&server)
        .user_exists("ada")
        .header("authorization", "Bearer mine")
        .await
        .unwrap();
    let request = server.next().await;
    assert_eq!(request.headers.get_all("authorization").iter().count(), 1);
    assert_eq!(request.claims()["aud"], server.endpoint() + &request.target);
}

#[tokio::test]
async fn what_no_header_may_hold_is_refused() {
    let mut server = Server::start(|_, _| Response::default()).await;
    for (name, value) in [
        ("", "v"),
        ("a b", "v"),
        ("a:", "v"),
        ("a\r\nx", "v"),
        ("é", "v"),
        ("a", "v\r\nx: y"),
        ("a", "v\n"),
        ("a", "v\0"),
        ("a", "v\u{1}"),
        ("a", "v\u{7f}"),
        ("a", "日"),
    ] {
        let hub = hub(&server);
        assert_eq!(
            refused(hub.send_to_all(Message::text("x")).header(name, value).await),
            "InvalidHeader",
            "{name:?} {value:?}"
        );
        assert_eq!(
            refused(hub.list_connections("g").header(name, value).next_page().await),
            "InvalidHeader"
        );
    }
    assert_eq!(server.arrived().len(), 0);
}
