//! The subprotocol `json.reliable.webpubsub.azure.v1`: numbered messages, acknowledgements, and coming back.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::support::protobuf::{Data, Down, MessageData, Number, Upstream};
use crate::support::reliable::{acknowledge, message, refused};
use crate::support::{Client, Lost, RELIABLE, Service, Webhook, ok};

const ALL: [&str; 2] = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
/// A window that a test waits out.
const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn messages_are_numbered_from_one_and_other_frames_are_not() {
    let service = Service::start().await;
    let mut client = service
        .reliable_client(json!({"sub": "ann", "role": ALL, "webpubsub.group": ["g"]}))
        .await;
    assert!(!client.reconnection_token.is_empty());
    service.mark("a").await;
    assert_eq!(
        client.json().await,
        json!({"type": "message", "from": "server", "dataType": "json", "data": "a", "sequenceId": 1})
    );
    client
        .send_json(json!({"type": "sendToGroup", "group": "g", "data": {"n": 1.50}, "ackId": 1}))
        .await;
    assert_eq!(
        client.json().await,
        json!({
            "type": "message", "from": "group", "group": "g", "fromUserId": "ann", "dataType": "json",
            "data": {"n": 1.50}, "sequenceId": 2,
        })
    );
    assert_eq!(
        client.json().await,
        json!({"type": "ack", "ackId": 1, "success": true})
    );
    service.mark("b").await;
    assert_eq!(message(&mut client).await, (3, json!("b")));
    // Each connection has numbers of its own.
    let mut other = service.reliable_client(json!({})).await;
    service.mark("c").await;
    assert_eq!(message(&mut other).await, (1, json!("c")));
    assert_eq!(message(&mut client).await, (4, json!("c")));
}

#[tokio::test]
async fn a_client_comes_back_to_what_it_has_not_acknowledged() {
    let service = Service::start().await;
    let mut client = service
        .reliable_client(json!({"sub": "ann", "webpubsub.group": ["g"]}))
        .await;
    for mark in ["a", "b", "c"] {
        service.mark(mark).await;
    }
    for number in 1..=3 {
        assert_eq!(message(&mut client).await.0, number);
    }
    acknowledge(&mut client, 2).await;
    let lost = client.lose();

    // While it is away it is still there for everyone.
    for target in [
        format!("connections/{}", lost.id),
        "users/ann".to_owned(),
        "groups/g".to_owned(),
    ] {
        service
            .expect(200, "HEAD", &format!("/api/hubs/chat/{target}"))
            .await;
    }
    let sent = service
        .post_json("/api/hubs/chat/groups/g/:send", &json!("d"))
        .await;
    assert_eq!(sent.status, 202);

    let mut client = service.recover(&lost).await;
    assert_ne!(client.reconnection_token, lost.reconnection_token);
    assert_eq!(message(&mut client).await, (3, json!("c")));
    assert_eq!(message(&mut client).await, (4, json!("d")));
    service.mark("e").await;
    assert_eq!(message(&mut client).await, (5, json!("e")));
    acknowledge(&mut client, 5).await;

    // Once more, with the new token; nothing is left to replay.
    let mut client = service.recover(&client.lose()).await;
    service.mark("f").await;
    assert_eq!(message(&mut client).await, (6, json!("f")));
    // The first token stays valid: the client may not have received the second.
    drop(client);
    let mut client = service.recover(&lost).await;
    assert_eq!(message(&mut client).await, (6, json!("f")));
}

#[tokio::test]
async fn a_client_takes_over_from_a_socket_that_seems_to_be_alive() {
    let service = Service::start().await;
    let mut client = service.reliable_client(json!({})).await;
    service.mark("a").await;
    assert_eq!(message(&mut client).await, (1, json!("a")));
    let lost = Lost {
        id: client.id.clone(),
        reconnection_token: client.reconnection_token.clone(),
    };
    let mut second = service.recover(&lost).await;
    assert_eq!(message(&mut second).await, (1, json!("a")));
    service.mark("b").await;
    assert_eq!(message(&mut second).await, (2, json!("b")));
}

#[tokio::test]
async fn a_client_that_answers_no_pings_may_come_back_too() {
    let service = Service::with(|builder| builder.keep_alive_interval(Duration::from_millis(50))).await;
    let mut client = service.reliable_client(json!({})).await;
    // It does not read, so it answers no ping.
    sleep(Duration::from_millis(400)).await;
    client.expect_end().await;
    let mut client = service.recover(&client.lose()).await;
    service.mark("a").await;
    loop {
        match client.next().await {
            Message::Text(text) => break assert!(text.contains(r#""sequenceId":1"#), "{text}"),
            other => assert!(other.is_ping(), "{other}"),
        }
    }
}

#[tokio::test]
async fn ack_ids_and_permissions_outlive_the_socket() {
    let service = Service::start().await;
    let mut client = service.reliable_client(json!({"role": ALL})).await;
    let join = json!({"type": "joinGroup", "group": "g"});
    assert_eq!(client.ask(join.clone(), 7).await["success"], true);
    let mut client = service.recover(&client.lose()).await;
    assert_eq!(client.ask(join, 7).await["error"]["name"], "Duplicate");
    let send = json!({"type": "sendToGroup", "group": "g", "data": 1, "noEcho": true});
    assert_eq!(client.ask(send, 8).await["success"], true);
}

#[tokio::test]
async fn a_recovery_is_no_event() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let client = service.reliable_client(json!({})).await;
    webhook.event("sys.connect").await;
    let connected = webhook.event("sys.connected").await;
    assert_eq!(connected.header("ce-subprotocol"), RELIABLE);
    let mut client = service.recover(&client.lose()).await;
    client
        .send_json(json!({"type": "event", "event": "e", "data": 1, "ackId": 1}))
        .await;
    webhook.event("user.e").await;
    assert_eq!(client.json().await["success"], true);
    let close = CloseFrame {
        code: 1000.into(),
        reason: "done".into(),
    };
    client.send(Message::Close(Some(close))).await;
    let disconnected = webhook.event("sys.disconnected").await;
    assert_eq!(disconnected.json(), json!({"reason": "done"}));
    refused(&service, &client.id, &client.reconnection_token).await;
}

#[tokio::test]
async fn a_client_that_does_not_come_back_in_time_is_disconnected() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let template = webhook.url("/{hub}/{event}");
    let service = Service::with(|builder| {
        builder
            .event_handler("chat", &template)
            .unwrap()
            .recovery_window(SHORT)
    })
    .await;
    let lost = service.reliable_client(json!({"sub": "ann"})).await.lose();
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    webhook.event("sys.disconnected").await;
    service
        .expect(404, "HEAD", &format!("/api/hubs/chat/connections/{}", lost.id))
        .await;
    refused(&service, &lost.id, &lost.reconnection_token).await;

    // A client library that closes without a code may come back too.
    let mut client = service.reliable_client(json!({})).await;
    client.close().await;
    let lost = client.lose();
    let mut client = service.recover(&lost).await;
    service.mark("a").await;
    assert_eq!(message(&mut client).await, (1, json!("a")));
}

#[tokio::test]
async fn a_close_by_the_service_is_final() {
    let service = Service::start().await;
    let mut client = service.reliable_client(json!({})).await;
    let target = format!("/api/hubs/chat/connections/{}?reason=enough", client.id);
    service.expect(204, "DELETE", &target).await;
    let disconnected = client.json().await;
    assert_eq!(
        disconnected,
        json!({"type": "system", "event": "disconnected", "message": "enough"})
    );
    assert_eq!(client.closed().await, (1000, "enough".to_owned()));
    refused(&service, &client.id, &client.reconnection_token).await;

    // Also of a client that is away.
    let lost = service.reliable_client(json!({})).await.lose();
    let target = format!("/api/hubs/chat/connections/{}", lost.id);
    service.expect(204, "DELETE", &target).await;
    refused(&service, &lost.id, &lost.reconnection_token).await;
}

#[tokio::test]
async fn only_the_token_of_the_connection_and_its_subprotocol_recover_it() {
    let service = Service::start().await;
    let first = service.reliable_client(json!({})).await;
    let second = service.reliable_client(json!({})).await;
    refused(&service, &first.id, &second.reconnection_token).await;
    refused(&service, &first.id, "").await;
    refused(&service, "unknown", &first.reconnection_token).await;
    // An access token is no reconnection token, and the other way round.
    let access = service.client_url("chat", &json!({}));
    let access = access.split_once("access_token=").unwrap().1;
    refused(&service, &first.id, access).await;
    let url = format!(
        "{}/client/hubs/chat?access_token={}",
        service.socket_endpoint(),
        first.reconnection_token
    );
    let refusal = Client::try_open(&url, Some(RELIABLE), &[]).await.err().unwrap();
    assert_eq!(refusal.status, 401);

    let url = service.recovery_url(&first.id, &first.reconnection_token);
    let mut other = Client::open(&url, Some("protobuf.reliable.webpubsub.azure.v1")).await;
    assert_eq!(other.closed().await.0, 1008);
    for offered in [None, Some("json.webpubsub.azure.v1")] {
        let refusal = Client::try_open(&url, offered, &[]).await.err().unwrap();
        assert!(
            refusal.status == 400 && refusal.body.contains("reliable subprotocol"),
            "{refusal:?}"
        );
    }
    // An access token beside it, as the official client sends, is not looked at.
    let url = format!("{url}&access_token=expired");
    let mut client = Client::open(&url, Some(RELIABLE)).await;
    client.welcome().await;
    assert_eq!(client.id, first.id);
}

#[tokio::test]
async fn messages_whose_time_is_over_are_not_replayed() {
    let service = Service::start().await;
    let claims = json!({"role": ALL, "webpubsub.group": ["g"]});
    let mut sender = service.json_client(claims.clone()).await;
    let client = service.reliable_client(claims.clone()).await;
    let mut present = service.reliable_client(claims).await;
    let lost = client.lose();
    for (query, data) in [
        ("?messageTtlSeconds=1", "short"),
        ("?messageTtlSeconds=300", "long"),
        ("?messageTtlSeconds=0", "forever"),
    ] {
        let target = format!("/api/hubs/chat/:send{query}");
        assert_eq!(service.post_json(&target, &json!(data)).await.status, 202);
    }
    for (ttl, data) in [(1, "short frame"), (300, "long frame")] {
        let send =
            json!({"type": "sendToGroup", "group": "g", "data": data, "ttlSeconds": ttl, "noEcho": true});
        sender.send_json(send).await;
    }
    // Whoever is there gets everything.
    for (number, data) in ["short", "long", "forever", "short frame", "long frame"]
        .into_iter()
        .enumerate()
    {
        let data = json!(data);
        assert_eq!(message(&mut present).await, (number as u64 + 1, data.clone()));
        if number < 3 {
            assert_eq!(sender.json().await["data"], data);
        }
    }
    sleep(Duration::from_millis(1100)).await;
    let mut client = service.recover(&lost).await;
    for (number, data) in [(2, "long"), (3, "forever"), (5, "long frame")] {
        assert_eq!(message(&mut client).await, (number, json!(data)));
    }
}

#[tokio::test]
async fn a_stop_does_not_wait_for_clients_that_are_away() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let lost = service.reliable_client(json!({})).await.lose();
    service
        .expect(200, "HEAD", &format!("/api/hubs/chat/connections/{}", lost.id))
        .await;
    timeout(Duration::from_secs(20), service.emulator.stop())
        .await
        .unwrap();
    for event in ["sys.connect", "sys.connected", "sys.disconnected"] {
        webhook.event(event).await;
    }
}

#[tokio::test]
async fn the_protobuf_form_does_the_same() {
    const SUBPROTOCOL: &str = "protobuf.reliable.webpubsub.azure.v1";
    let service = Service::start().await;
    let mut client = service
        .protobuf_client(SUBPROTOCOL, json!({"webpubsub.group": ["g"]}))
        .await;
    for (number, mark) in (1..=2).zip(["a", "b"]) {
        service.mark(mark).await;
        let data = client.data().await;
        assert_eq!(
            (data.from.as_str(), data.group.clone(), data.sequence_id),
            ("server", None, Some(number))
        );
        assert_eq!(data.data, MessageData::new(Data::Json(format!("\"{mark}\""))));
    }
    client
        .send_protobuf(&Upstream {
            sequence_ack: Some(Number { value: 1 }),
            ..Upstream::default()
        })
        .await;
    client.send(Message::binary(vec![0x4a, 0])).await;
    assert!(matches!(client.protobuf().await, Down::Pong(_)));
    let lost = client.lose();
    let sent = service
        .post("/api/hubs/chat/groups/g/:send", "text/plain", "c")
        .await;
    assert_eq!(sent.status, 202);
    let url = service.recovery_url(&lost.id, &lost.reconnection_token);
    let mut client = Client::open(&url, Some(SUBPROTOCOL)).await;
    client.welcome_protobuf().await;
    assert_eq!(client.id, lost.id);
    assert!(client.reconnection_token != lost.reconnection_token && !client.reconnection_token.is_empty());
    let (second, third) = (client.data().await, client.data().await);
    assert_eq!((second.sequence_id, third.sequence_id), (Some(2), Some(3)));
    assert_eq!(third.group.as_deref(), Some("g"));
    assert_eq!(third.data, MessageData::new(Data::Text("c".to_owned())));
}
