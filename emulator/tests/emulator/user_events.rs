//! User events: what the handler gets, what its reply becomes, and the state that it keeps.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

use crate::support::{Client, Received, Service, Webhook, answer, ok};

/// A handler that answers user events with `reply`, and a connected JSON client.
async fn setup(
    reply: impl Fn(&Received) -> axum::response::Response + Send + Sync + 'static,
) -> (Webhook, Service, Client) {
    let mut webhook = Webhook::start(move |request| match request.event().starts_with("user.") {
        true => reply(request),
        false => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let client = service.json_client(json!({"sub": "ann"})).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    (webhook, service, client)
}

#[tokio::test]
async fn every_data_type_arrives_with_its_content_type() {
    let (mut webhook, _service, mut client) = setup(|_| answer(204, "text/plain", "")).await;
    for (data_type, data, content_type, body) in [
        (
            "text",
            json!("grüß"),
            "text/plain; charset=utf-8",
            "grüß".as_bytes(),
        ),
        (
            "json",
            json!({"a": 1}),
            "application/json; charset=utf-8",
            br#"{"a":1}"#,
        ),
        ("binary", json!("AAH/"), "application/octet-stream", &[0, 1, 255]),
        ("protobuf", json!("CAE="), "application/x-protobuf", &[8, 1]),
    ] {
        client
            .send_json(json!({"type": "event", "event": "My-Event", "dataType": data_type, "data": data}))
            .await;
        let event = webhook.event("user.My-Event").await;
        assert_eq!(event.target, "/chat/My-Event");
        assert_eq!(event.header("content-type"), content_type);
        assert_eq!(event.body, body);
        for (name, value) in [
            ("ce-type", "azure.webpubsub.user.My-Event"),
            ("ce-eventname", "My-Event"),
            ("ce-userid", "ann"),
            ("ce-subprotocol", "json.webpubsub.azure.v1"),
            ("ce-connectionid", &client.id),
        ] {
            assert_eq!(event.header(name), value, "{name}");
        }
    }
}

#[tokio::test]
async fn a_reply_comes_as_a_message_from_the_server_and_then_the_ack() {
    let (_webhook, _service, mut client) = setup(|request| match request.event() {
        "user.text" => answer(200, "text/plain; charset=utf-8", "hällo"),
        "user.json" => answer(200, "application/json", r#"{"n": 1.0}"#),
        "user.binary" => answer(200, "application/octet-stream", vec![255]),
        "user.protobuf" => answer(200, "application/x-protobuf", vec![8, 1]),
        _ => answer(200, "application/json", ""),
    })
    .await;
    for (ack_id, name, data) in [
        (1, "text", json!("hällo")),
        (2, "json", json!({"n": 1.0})),
        (3, "binary", json!("/w==")),
        (4, "protobuf", json!("CAE=")),
    ] {
        client
            .send_json(json!({"type": "event", "event": name, "data": 1, "ackId": ack_id}))
            .await;
        let expected = json!({"type": "message", "from": "server", "dataType": name, "data": data});
        assert_eq!(client.json().await, expected);
        assert_eq!(
            client.json().await,
            json!({"type": "ack", "ackId": ack_id, "success": true})
        );
    }
    // No body is no reply.
    assert_eq!(
        client
            .ask(json!({"type": "event", "event": "none", "data": 1}), 5)
            .await["success"],
        true
    );
}

#[tokio::test]
async fn metadata_goes_both_ways() {
    let (mut webhook, _service, mut client) = setup(|_| {
        let mut reply = answer(200, "text/plain", "x");
        reply
            .headers_mut()
            .insert("X-WebPubSub-Metadata-Back", "2".parse().unwrap());
        reply
    })
    .await;
    client
        .send_json(json!({"type": "event", "event": "e", "data": 1, "metadata": {"There": "1"}}))
        .await;
    assert_eq!(
        webhook.event("user.e").await.header("x-webpubsub-metadata-there"),
        "1"
    );
    assert_eq!(client.json().await["metadata"], json!({"back": "2"}));
}

#[tokio::test]
async fn a_failure_is_acknowledged_and_the_client_stays() {
    let (_webhook, _service, mut client) = setup(|request| match request.event() {
        "user.refused" => answer(400, "text/plain", "my inner thoughts"),
        "user.xml" => answer(200, "application/xml", "<x/>"),
        "user.broken" => answer(200, "application/json", "{oops"),
        _ => ok(),
    })
    .await;
    for (number, (name, says)) in [
        ("refused", "returned 400"),
        ("xml", "application/xml"),
        ("broken", "not a valid JSON"),
    ]
    .into_iter()
    .enumerate()
    {
        let ack = client
            .ask(json!({"type": "event", "event": name, "data": 1}), number as u64)
            .await;
        assert_eq!(
            (&ack["success"], &ack["error"]["name"]),
            (&json!(false), &json!("InternalServerError"))
        );
        let message = ack["error"]["message"].as_str().unwrap();
        assert!(
            message.contains(says) && !message.contains("thoughts"),
            "{message}"
        );
    }
    assert_eq!(
        client
            .ask(json!({"type": "event", "event": "fine", "data": 1}), 9)
            .await["success"],
        true
    );
}

#[tokio::test]
async fn state_is_kept_replaced_and_cleared() {
    // Connect sets a state; then each event's data tells what the answer's header is, null for none.
    let mut webhook = Webhook::start(|request| {
        let mut reply = ok();
        let state = match request.event() {
            "sys.connect" => json!("c3RhcnQ="),
            // Answers of these two must not count.
            "sys.connected" | "sys.disconnected" => json!("ignored"),
            _ => request.json(),
        };
        if let Some(state) = state.as_str() {
            reply
                .headers_mut()
                .insert("ce-connectionState", state.parse().unwrap());
        }
        reply
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let mut client = service.json_client(json!({})).await;
    assert_eq!(
        webhook.event("sys.connect").await.header("ce-connectionstate"),
        ""
    );
    assert_eq!(
        webhook.event("sys.connected").await.header("ce-connectionstate"),
        "c3RhcnQ="
    );
    for (number, (sets, had)) in [
        (json!("bmV3"), "c3RhcnQ="),
        (Value::String("bmV3ZXI=".to_owned()), "bmV3"),
        (json!(0), "bmV3ZXI="),
        (json!(""), "bmV3ZXI="),
        (json!("bGFzdA=="), ""),
    ]
    .into_iter()
    .enumerate()
    {
        client
            .ask(
                json!({"type": "event", "event": "e", "data": sets}),
                number as u64,
            )
            .await;
        let event = webhook.event("user.e").await;
        assert_eq!(event.header("ce-connectionstate"), had);
        assert_eq!(event.headers.contains_key("ce-connectionstate"), !had.is_empty());
    }
    client.close().await;
    assert_eq!(
        webhook
            .event("sys.disconnected")
            .await
            .header("ce-connectionstate"),
        "bGFzdA=="
    );
}

#[tokio::test]
async fn ids_count_up_per_connection() {
    let (mut webhook, _service, mut client) = setup(|_| ok()).await;
    for (ack_id, id) in [(1, "2"), (2, "3")] {
        client
            .ask(json!({"type": "event", "event": "e", "data": 1}), ack_id)
            .await;
        assert_eq!(webhook.event("user.e").await.header("ce-id"), id);
    }
}

#[tokio::test]
async fn a_handler_is_not_cut_off_when_the_client_goes() {
    // The handler answers the user event only after the client has been closed.
    let gone = Arc::new(Notify::new());
    let (asked, mut asking) = unbounded_channel();
    let (finished, mut finish) = unbounded_channel();
    let waits = Arc::clone(&gone);
    let app = Router::new().fallback(move |headers: HeaderMap| async move {
        if headers.get("ce-eventname").is_some_and(|name| name == "e") {
            asked.send(()).unwrap();
            waits.notified().await;
            finished.send(()).unwrap();
        }
        [("webhook-allowed-origin", "*")]
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let template = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });

    let service = Service::with(|builder| builder.event_handler("chat", &template).unwrap()).await;
    let mut client = service.json_client(json!({})).await;
    client
        .send_json(json!({"type": "event", "event": "e", "data": 1}))
        .await;
    asking.recv().await.unwrap();
    service
        .expect(
            204,
            "DELETE",
            &format!("/api/hubs/chat/connections/{}", client.id),
        )
        .await;
    assert_eq!(client.json().await["event"], "disconnected");
    client.closed().await;
    gone.notify_one();
    timeout(Duration::from_secs(20), finish.recv())
        .await
        .expect("the handler was cut off")
        .unwrap();
}
