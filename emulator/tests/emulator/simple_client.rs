//! Clients without a subprotocol.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, Service, Webhook, answer, ok};

#[tokio::test]
async fn frames_are_message_events_and_replies_are_frames() {
    let mut webhook = Webhook::start(|request| match request.header("content-type") {
        "application/octet-stream" => answer(200, "application/octet-stream", vec![9, 8]),
        _ if request.event() == "user.message" => answer(200, "application/json", r#"{"ok": true}"#),
        _ => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let mut client = service.simple_client(json!({"sub": "ann"})).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;

    client.send("hällo").await;
    let event = webhook.event("user.message").await;
    assert_eq!(
        (event.target.as_str(), event.header("ce-eventname")),
        ("/chat/message", "message")
    );
    assert_eq!(event.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(event.body, "hällo");
    assert_eq!(client.next().await, Message::text(r#"{"ok": true}"#));

    client.send(Message::binary(vec![1, 0])).await;
    let event = webhook.event("user.message").await;
    assert_eq!(
        (event.header("content-type"), event.body.as_ref()),
        ("application/octet-stream", &[1, 0][..])
    );
    assert_eq!(client.next().await, Message::binary(vec![9, 8]));
}

#[tokio::test]
async fn a_failed_event_closes_the_client() {
    let webhook = Webhook::start(|request| match request.event() {
        "user.message" => answer(400, "text/plain", "my inner thoughts"),
        _ => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let mut client = service.simple_client(json!({})).await;
    client.send("x").await;
    assert_eq!(
        client.closed().await,
        (1011, "The event handler returned 400.".to_owned())
    );

    let service = Service::start().await;
    let mut client = service.simple_client(json!({})).await;
    client.send("x").await;
    assert_eq!(
        client.closed().await,
        (1011, "No event handler is configured for this hub.".to_owned())
    );
}

#[tokio::test]
async fn frames_can_go_to_a_group_instead() {
    let service = Service::start().await;
    let mut member = service.json_client(json!({"webpubsub.group": ["a b"]})).await;
    let claims = json!({"sub": "ann", "role": ["webpubsub.sendToGroup.a b"], "webpubsub.group": ["a b"]});
    let url = format!(
        "{}&webpubsub_mode=sendToGroup&group=a%20b",
        service.client_url("chat", &claims)
    );
    let mut echoed = Client::open(&url, None).await;
    echoed.send("hi").await;
    assert_eq!(echoed.text().await, "hi");
    assert_eq!(
        member.json().await,
        json!({"type": "message", "from": "group", "group": "a b", "fromUserId": "ann", "dataType": "text", "data": "hi"})
    );
    let mut silent = Client::open(&format!("{url}&noEcho=true"), None).await;
    silent.send(Message::binary(vec![5])).await;
    assert_eq!(echoed.next().await, Message::binary(vec![5]));
    assert_eq!(member.json().await["data"], "BQ==");
    service.mark("mark").await;
    assert_eq!(silent.text().await, r#""mark""#);
}

#[tokio::test]
async fn sending_to_a_group_needs_permission() {
    let service = Service::start().await;
    let url = format!(
        "{}&webpubsub_mode=sendToGroup&group=g",
        service.client_url("chat", &json!({}))
    );
    let mut client = Client::open(&url, None).await;
    client.send("hi").await;
    let reason = "The client does not have permission to send to group 'g'.".to_owned();
    assert_eq!(client.closed().await, (1008, reason));
}

#[tokio::test]
async fn the_mode_is_checked() {
    let service = Service::start().await;
    for query in [
        "webpubsub_mode=fly",
        "webpubsub_mode=sendToGroup",
        "webpubsub_mode=sendToGroup&group=%20",
    ] {
        let url = format!("{}&{query}", service.client_url("chat", &json!({})));
        match Client::try_open(&url, None, &[]).await {
            Ok(_) => panic!("{query} was accepted"),
            Err(refusal) => assert_eq!(refusal.status, 400, "{query}"),
        }
    }
}
