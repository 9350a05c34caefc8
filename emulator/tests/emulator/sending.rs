//! Sends by REST: who is reached, and what the message looks like.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::Service;

/// Puts a percent-encoded filter into a query.
fn filter(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn every_content_type_reaches_both_protocols() {
    let service = Service::start().await;
    let mut json_client = service.json_client(json!({})).await;
    let mut simple = service.simple_client(json!({})).await;
    let send = "/api/hubs/chat/:send";

    // A number beyond 2^53 and the writing of the JSON survive.
    let source = r#"{"big": 18446744073709551615, "pi": 3.10}"#;
    service
        .post(send, "application/json; charset=utf-8", source)
        .await;
    let text = json_client.text().await;
    assert!(text.contains(source), "{text}");
    let message: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&message["type"], &message["from"], &message["dataType"]),
        (&json!("message"), &json!("server"), &json!("json"))
    );
    assert_eq!(simple.next().await, Message::text(source));

    service.post(send, "application/json", r#""quoted""#).await;
    assert_eq!(json_client.json().await["data"], "quoted");
    assert_eq!(simple.next().await, Message::text(r#""quoted""#));

    service.post(send, "text/plain", "grüße").await;
    let message = json_client.json().await;
    assert_eq!(
        message,
        json!({"type": "message", "from": "server", "dataType": "text", "data": "grüße"})
    );
    assert_eq!(simple.next().await, Message::text("grüße"));

    service
        .post(send, "text/plain; charset=iso-8859-1", vec![b'g', 0xfc])
        .await;
    assert_eq!(json_client.json().await["data"], "gü");
    assert_eq!(simple.next().await, Message::text("gü"));

    for headers in [&[("content-type", "application/octet-stream")][..], &[]] {
        service.send("POST", send, headers, vec![0, 255, 1]).await;
        let message = json_client.json().await;
        assert_eq!(
            message,
            json!({"type": "message", "from": "server", "dataType": "binary", "data": "AP8B"})
        );
        assert_eq!(simple.next().await, Message::binary(vec![0, 255, 1]));
    }
}

#[tokio::test]
async fn each_send_reaches_its_target_and_nobody_else() {
    let service = Service::start().await;
    let mut ann = service
        .json_client(json!({"sub": "ann", "webpubsub.group": ["room"]}))
        .await;
    let mut bob = service
        .json_client(json!({"sub": "bob", "webpubsub.group": "room"}))
        .await;
    let mut eve = service.json_client(json!({})).await;

    for (target, gets) in [
        (":send".to_owned(), [true, true, true]),
        (
            format!(":send?excluded={}&excluded={}", ann.id, eve.id),
            [false, true, false],
        ),
        (
            format!(":send?filter={}", filter("userId eq null")),
            [false, false, true],
        ),
        ("groups/room/:send".to_owned(), [true, true, false]),
        (
            format!("groups/room/:send?excluded={}", bob.id),
            [true, false, false],
        ),
        (
            format!("groups/room/:send?filter={}", filter("userId in ('bob', 'cid')")),
            [false, true, false],
        ),
        (
            "users/bob/:send?messageTtlSeconds=60".to_owned(),
            [false, true, false],
        ),
        (
            format!("users/bob/:send?filter={}", filter("not ('room' in groups)")),
            [false, false, false],
        ),
        (format!("connections/{}/:send", eve.id), [false, false, true]),
    ] {
        let target = format!("/api/hubs/chat/{target}");
        assert_eq!(service.post_json(&target, &json!(target)).await.status, 202);
        // Whoever gets the mark first did not get the message.
        service.mark("mark").await;
        for (client, gets) in [&mut ann, &mut bob, &mut eve].into_iter().zip(gets) {
            if gets {
                assert_eq!(client.json().await["data"], target);
            }
            assert_eq!(client.json().await["data"], "mark", "{target}");
        }
    }
}

#[tokio::test]
async fn a_send_to_a_group_says_so_and_carries_metadata() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"sub": "ann", "webpubsub.group": ["a group"]}))
        .await;
    let headers = [
        ("content-type", "text/plain"),
        ("X-WebPubSub-Metadata-Trace", "1 2"),
        ("X-Other", "x"),
    ];
    service
        .send("POST", "/api/hubs/chat/groups/a%20group/:send", &headers, "hi")
        .await;
    assert_eq!(
        client.json().await,
        json!({
            "type": "message", "from": "group", "group": "a group", "dataType": "text", "data": "hi",
            "metadata": {"trace": "1 2"},
        })
    );
}

#[tokio::test]
async fn hubs_are_separate_and_ignore_letter_case() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    service
        .post("/api/hubs/other/:send", "text/plain", "elsewhere")
        .await;
    service.post("/api/hubs/CHAT/:send", "text/plain", "here").await;
    assert_eq!(client.json().await["data"], "here");
}

#[tokio::test]
async fn a_filter_may_ask_for_the_protocol() {
    let service = Service::start().await;
    let mut json = service.json_client(json!({})).await;
    let mut simple = service.simple_client(json!({})).await;
    for (filter, text) in [
        ("protocol%20eq%20%27json.webpubsub.azure.v1%27", "for json"),
        ("protocol%20eq%20null", "for simple"),
    ] {
        let target = format!("/api/hubs/chat/:send?filter={filter}");
        assert_eq!(service.post(&target, "text/plain", text).await.status, 202);
    }
    service.mark("all").await;
    assert_eq!(json.json().await["data"], "for json");
    assert_eq!(json.json().await["data"], "all");
    assert_eq!(simple.text().await, "for simple");
    assert_eq!(simple.text().await, r#""all""#);
}
