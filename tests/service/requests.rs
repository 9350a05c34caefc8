//! Requests without a verb, and complete responses.

use serde_json::Value;
use webpubsub_edge::operation::Method;
use webpubsub_edge::service::TransportResponse as _;
use webpubsub_edge::{ErrorKind, Filter, Message};

use crate::support::{Host, Server, Service, gets, hub_at, response, soon};

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
async fn any_status_is_an_outcome() {
    let service = Service::start().await;
    let hub = service.hub();
    let put = hub
        .send_request(Method::Put, "/api/hubs/chat/users/nobody/groups/g")
        .await
        .unwrap();
    assert_eq!(put.status(), 404);
    assert_eq!(
        put.json::<Value>().unwrap()["code"],
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
async fn options_are_those_of_every_call() {
    let mut server = Server::responding(vec![response(200, &[], "")]).await;
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
async fn a_complete_response_replaces_the_result() {
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
    assert_eq!(
        refused.kind(),
        ErrorKind::InvalidRequest,
        "it fails as without raw()"
    );
}
