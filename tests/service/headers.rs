//! The headers of requests: the library's own, and those of the caller.

use webpubsub_edge::ClientOptions;

use crate::support::{Host, Hub, Server, hub_at, response};

async fn server() -> Server {
    Server::responding(vec![response(200, &[], "")]).await
}

fn hub(server: &Server) -> Hub {
    hub_at(&server.endpoint(), Host::new())
}

#[tokio::test]
async fn every_request_has_a_user_agent_and_an_id() {
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
async fn custom_headers_are_added_or_replace_ours() {
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
    for (name, value) in [("user-agent", &b"mine"[..]), ("x-a", b"\xe9\t2")] {
        let all: Vec<_> = request
            .headers
            .get_all(name)
            .iter()
            .map(|value| value.as_bytes())
            .collect();
        assert_eq!(all, [value], "{name} is there once");
    }
}
