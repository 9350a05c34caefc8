//! Which of several handlers takes an event, and what happens when none does.

use std::time::Duration;

use axum::body::Body;
use serde_json::json;
use webpubsub_emulator::{Builder, EventHandler, GroupEvent, SystemEvent};

use crate::support::{Client, Service, Webhook, answer, ok};

fn handler(webhook: &Webhook) -> EventHandler {
    EventHandler::new(&webhook.url("/{hub}/{event}")).unwrap()
}

/// A service whose hub `chat` has these handlers, in this order.
async fn with_handlers(handlers: impl IntoIterator<Item = EventHandler>) -> Service {
    Service::with(|builder| {
        handlers.into_iter().fold(builder, |builder, handler| {
            builder.add_event_handler("chat", handler).unwrap()
        })
    })
    .await
}

/// Sends an event and expects it to be accepted, or not.
async fn send(client: &mut Client, event: &str, ack_id: u64) -> serde_json::Value {
    client
        .ask(
            json!({"type": "event", "event": event, "dataType": "text", "data": "x"}),
            ack_id,
        )
        .await
}

#[tokio::test]
async fn the_first_handler_that_takes_a_user_event_gets_it() {
    let mut webhooks = [
        Webhook::start(|_| ok()).await,
        Webhook::start(|_| ok()).await,
        Webhook::start(|_| ok()).await,
    ];
    let service = with_handlers([
        handler(&webhooks[0]).user_events("order, cancel").unwrap(),
        handler(&webhooks[1]).user_events("*").unwrap(),
        handler(&webhooks[2]).user_events("order,other").unwrap(),
    ])
    .await;
    let mut client = service.json_client(json!({})).await;
    // Letter case does not matter.
    for (ack_id, (event, taken_by)) in [("order", 0), ("CANCEL", 0), ("other", 1), ("orders", 1)]
        .into_iter()
        .enumerate()
    {
        let ack = send(&mut client, event, ack_id as u64 + 1).await;
        assert_eq!(ack["success"], true, "{event}: {ack}");
        let received = webhooks[taken_by].event(&format!("user.{event}")).await;
        assert_eq!(received.target, format!("/chat/{event}"));
    }
    assert!(webhooks.iter_mut().all(Webhook::is_silent));
}

#[tokio::test]
async fn each_kind_of_event_finds_its_own_handler() {
    let mut connect = Webhook::start(|_| answer(200, "application/json", r#"{"userId": "ann"}"#)).await;
    let mut life = Webhook::start(|_| ok()).await;
    let mut groups = Webhook::start(|_| ok()).await;
    let service = with_handlers([
        handler(&connect).system_events([SystemEvent::Connect]),
        handler(&life).system_events([SystemEvent::Connected, SystemEvent::Disconnected]),
        handler(&groups).group_events([GroupEvent::Joined]),
    ])
    .await;
    let role = json!({"role": ["webpubsub.joinLeaveGroup"]});
    let mut client = service.json_client(role).await;
    assert_eq!(connect.event("sys.connect").await.header("ce-userid"), "");
    assert_eq!(life.event("sys.connected").await.header("ce-userid"), "ann");
    for (ack_id, kind) in [(1, "joinGroup"), (2, "leaveGroup")] {
        client.ask(json!({"type": kind, "group": "g"}), ack_id).await;
    }
    assert_eq!(groups.event("gp.joined").await.json(), json!({"group": "g"}));
    let ack = send(&mut client, "e", 3).await;
    assert_eq!(
        ack["error"],
        json!({"name": "InternalServerError", "message": "No event handler of this hub takes this event."})
    );
    client.close().await;
    life.event("sys.disconnected").await;
    assert!(
        [&mut connect, &mut life, &mut groups]
            .into_iter()
            .all(Webhook::is_silent)
    );
}

#[tokio::test]
async fn what_no_handler_takes_is_accepted_but_user_events_fail() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = with_handlers([handler(&webhook).user_events("named").unwrap()]).await;
    // A client connects although nobody was asked, and keeps its connection after an event that fails.
    let mut client = service.json_client(json!({"sub": "ann"})).await;
    assert_eq!(send(&mut client, "other", 1).await["success"], false);
    assert_eq!(send(&mut client, "named", 2).await["success"], true);
    webhook.event("user.named").await;
    // What a simple client sends is the event `message`.
    let mut simple = service.simple_client(json!({})).await;
    simple.send("x").await;
    assert_eq!(
        simple.closed().await,
        (1011, "No event handler of this hub takes this event.".to_owned())
    );
    assert!(webhook.is_silent());
}

#[tokio::test]
async fn the_wildcard_hub_is_for_hubs_without_handlers_of_their_own() {
    let (mut any, mut chat) = (Webhook::start(|_| ok()).await, Webhook::start(|_| ok()).await);
    let service = Service::with(|builder: Builder| {
        let own = handler(&chat).system_events([SystemEvent::Connect]);
        builder
            .add_event_handler("*", handler(&any))
            .unwrap()
            .add_event_handler("chat", own)
            .unwrap()
    })
    .await;
    let mut clients = vec![Client::open(&service.client_url("chat", &json!({})), None).await];
    assert_eq!(chat.event("sys.connect").await.target, "/chat/connect");
    for hub in ["lobby", "news"] {
        clients.push(Client::open(&service.client_url(hub, &json!({})), None).await);
        // Each hub is a URL of its own, which has to agree.
        let handshake = any.next().await;
        assert_eq!(
            (handshake.method.as_str(), handshake.target),
            ("OPTIONS", format!("/{hub}/validate"))
        );
        let event = any.event("sys.connect").await;
        assert_eq!(
            (event.target.as_str(), event.header("ce-hub")),
            (format!("/{hub}/connect").as_str(), hub)
        );
        any.event("sys.connected").await;
    }
}

#[tokio::test]
async fn a_handler_that_takes_too_long_fails() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let template = format!("http://{}/", silent.local_addr().unwrap());
    let service = Service::with(|builder| {
        let handler = EventHandler::new(&template).unwrap().user_events("*").unwrap();
        builder
            .add_event_handler("chat", handler)
            .unwrap()
            .event_timeout(Duration::from_millis(20))
            .event_retry_delays([Duration::ZERO])
    })
    .await;
    // It agrees to the handshake, which has its own time, and then says nothing.
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut held = Vec::new();
        loop {
            let (mut stream, _) = silent.accept().await.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            if request[..length].starts_with(b"OPTIONS") {
                let agreed = "HTTP/1.1 200 OK\r\nWebHook-Allowed-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(agreed.as_bytes()).await.unwrap();
            } else {
                held.push(stream);
            }
        }
    });
    let mut client = service.json_client(json!({})).await;
    let ack = send(&mut client, "e", 1).await;
    assert_eq!(ack["error"]["message"], "The event handler cannot be reached.");
}

#[tokio::test]
async fn hubs_let_anonymous_clients_in_when_they_are_told_to() {
    let mut webhook =
        Webhook::start(|_| answer(200, "application/json", Body::from(r#"{"userId":"guest"}"#))).await;
    let service = Service::with(|builder| {
        builder
            .anonymous_connect("chat")
            .unwrap()
            .add_event_handler("chat", handler(&webhook).system_events([SystemEvent::Connect]))
            .unwrap()
    })
    .await;
    let url = |hub: &str| format!("{}/client/hubs/{hub}", service.socket_endpoint());
    let mut client = Client::open(&url("chat"), Some("json.webpubsub.azure.v1")).await;
    assert_eq!(webhook.event("sys.connect").await.json()["claims"], json!({}));
    assert_eq!(client.json().await["userId"], "guest");
    // A token is checked all the same, and other hubs ask for one.
    let bad = format!("{}?access_token=nonsense", url("chat"));
    for refused in [bad, url("other")] {
        let refusal = Client::try_open(&refused, None, &[]).await.err().unwrap();
        assert_eq!(refusal.status, 401, "{refused}");
    }
}
