//! Delivery to many and to slow clients: order, limits, keeping alive, and the end.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, Service, Webhook, ok};

const MIB: usize = 1024 * 1024;

/// Reads what was still delivered to a client that was closed as too slow, to its end; returns how much.
async fn read_to_the_end(client: &mut Client) -> usize {
    let mut read = 0;
    loop {
        let message = client.json().await;
        if message["event"] == "disconnected" {
            assert_eq!(message["message"], "SlowClient");
            assert_eq!(client.closed().await, (1008, "SlowClient".to_owned()));
            return read;
        }
        read += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_reaches_everyone_in_its_order() {
    const COUNT: usize = 3000;
    let service = Service::start().await;
    let claims = json!({"role": ["webpubsub.sendToGroup"], "webpubsub.group": ["g"]});
    let mut readers = Vec::new();
    for _ in 0..5 {
        let mut client = service.json_client(claims.clone()).await;
        readers.push(tokio::spawn(async move {
            for number in 0..COUNT {
                assert_eq!(client.json().await["data"]["number"], number);
            }
        }));
    }
    let mut sender = service.json_client(claims).await;
    let padding = "x".repeat(200);
    for number in 0..COUNT {
        let data = json!({"number": number, "padding": padding});
        sender
            .send_json(json!({"type": "sendToGroup", "group": "g", "noEcho": true, "data": data}))
            .await;
    }
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn one_message_looks_right_in_every_protocol_at_once() {
    let service = Service::start().await;
    let mut json = [
        service.json_client(json!({})).await,
        service.json_client(json!({})).await,
    ];
    let mut simple = [
        service.simple_client(json!({})).await,
        service.simple_client(json!({})).await,
    ];
    let data = "x".repeat(MIB);
    let send = "/api/hubs/chat/:send";
    assert_eq!(service.post(send, "text/plain", data.clone()).await.status, 202);
    for client in &mut json {
        let message = client.json().await;
        assert_eq!(
            message,
            json!({"type": "message", "from": "server", "dataType": "text", "data": data})
        );
    }
    for client in &mut simple {
        assert_eq!(client.next().await, Message::text(data.clone()));
    }
}

#[tokio::test]
async fn messages_of_every_length_arrive_whole_and_in_their_order() {
    let service = Service::start().await;
    let mut client = service.simple_client(json!({})).await;
    // Where the header of a frame grows, or the frame is written in another way.
    let lengths = [1, 125, 126, 16_383, 16_384, 65_535, 65_536, MIB];
    let send = "/api/hubs/chat/:send";
    for length in lengths {
        let text = "x".repeat(length);
        assert_eq!(service.post(send, "text/plain", text.clone()).await.status, 202);
        let sent = service.post(send, "application/octet-stream", text).await;
        assert_eq!(sent.status, 202);
    }
    for length in lengths {
        let text = "x".repeat(length);
        assert_eq!(client.next().await, Message::text(text.clone()));
        assert_eq!(client.next().await, Message::binary(text));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pongs_wait_for_the_end_of_a_long_message() {
    const COUNT: usize = 8;
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    let data = "x".repeat(MIB);
    for _ in 0..COUNT {
        service
            .post("/api/hubs/chat/:send", "text/plain", data.clone())
            .await;
    }
    client.send(Message::Ping("are you there?".into())).await;
    client.send_json(json!({"type": "ping"})).await;
    let (mut messages, mut pongs) = (0, 0);
    while messages < COUNT || pongs < 2 {
        match client.next().await {
            Message::Pong(bytes) => {
                assert_eq!(bytes, "are you there?");
                pongs += 1;
            }
            Message::Text(text) if text.len() < 100 => {
                assert_eq!(text, r#"{"type":"pong"}"#);
                pongs += 1;
            }
            Message::Text(text) => {
                assert!(text.contains(&data), "{} bytes", text.len());
                messages += 1;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_for_which_too_many_bytes_wait_is_closed() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let mut slow = service.json_client(json!({"sub": "slow"})).await;
    let mut other = service.json_client(json!({})).await;
    let there = format!("/api/hubs/chat/connections/{}", slow.id);
    let mut sent = 0;
    while service.call("HEAD", &there).await.status == 200 {
        let answer = service
            .post("/api/hubs/chat/users/slow/:send", "text/plain", "x".repeat(MIB))
            .await;
        assert_eq!(answer.status, 202);
        sent += 1;
        assert!(sent < 100, "{sent} MiB wait");
    }
    assert!(sent > 16, "closed after {sent} MiB");
    // What the system's buffers had taken arrives, then the reason.
    assert!(read_to_the_end(&mut slow).await < sent);
    let mut event = webhook.next().await;
    while event.event() != "sys.disconnected" {
        event = webhook.next().await;
    }
    assert_eq!(event.json(), json!({"reason": "SlowClient"}));
    service.mark("still here").await;
    assert_eq!(other.json().await["data"], "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_for_which_too_many_messages_wait_is_closed() {
    let service = Service::start().await;
    let mut slow = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    let mut sender = service
        .json_client(json!({"role": ["webpubsub.sendToGroup"]}))
        .await;
    // 1,000 of these are less than 16 MiB.
    let data = "x".repeat(15 * 1024);
    let there = format!("/api/hubs/chat/connections/{}", slow.id);
    let mut sent = 0;
    while service.call("HEAD", &there).await.status == 200 {
        for _ in 0..100 {
            sender
                .send_json(json!({"type": "sendToGroup", "group": "g", "dataType": "text", "data": data}))
                .await;
        }
        sender.send_json(json!({"type": "ping"})).await;
        assert_eq!(sender.json().await["type"], "pong");
        sent += 100;
        assert!(sent < 10_000, "{sent} messages wait");
    }
    assert!(sent > 1000, "closed after {sent}");
    assert!(read_to_the_end(&mut slow).await < sent);
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_disconnected() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let template = webhook.url("/{event}");
    let service = Service::with(|builder| {
        builder
            .keep_alive_interval(Duration::from_secs(1))
            .event_handler("chat", &template)
            .unwrap()
    })
    .await;
    // Whoever reads answers pings, which the library does by itself.
    let mut alive = service.json_client(json!({})).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    let reader = tokio::spawn(async move {
        while !matches!(alive.next().await, Message::Text(_)) {}
        alive
    });
    let silent = service.json_client(json!({})).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    let event = webhook.event("sys.disconnected").await;
    assert_eq!(event.header("ce-connectionid"), silent.id);
    assert_eq!(event.json(), json!({"reason": "PingTimeout"}));
    service
        .expect(404, "HEAD", &format!("/api/hubs/chat/connections/{}", silent.id))
        .await;
    service.mark("for the living").await;
    let alive = reader.await.unwrap();
    service
        .expect(200, "HEAD", &format!("/api/hubs/chat/connections/{}", alive.id))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_closes_everyone_also_when_some_do_not_read() {
    let service = Service::start().await;
    let mut stuck = Vec::new();
    for _ in 0..5 {
        stuck.push(service.json_client(json!({"sub": "stuck"})).await);
    }
    for _ in 0..12 {
        service
            .post("/api/hubs/chat/users/stuck/:send", "text/plain", "x".repeat(MIB))
            .await;
    }
    let mut clients = Vec::new();
    for _ in 0..300 {
        clients.push(service.simple_client(json!({})).await);
    }
    let clients: Vec<_> = clients
        .into_iter()
        .map(|mut client| tokio::spawn(async move { client.closed().await }))
        .collect();
    service.emulator.stop().await;
    for client in clients {
        assert_eq!(client.await.unwrap(), (1001, "ServiceReload".to_owned()));
    }
}
