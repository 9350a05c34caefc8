//! A handler that takes its time: what waits for it, and what does not.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::support::{Client, Service};

/// A service whose handler answers each user event only when it is let; the names of all events come as they start.
struct Setup {
    service: Service,
    gate: Arc<Semaphore>,
    started: UnboundedReceiver<String>,
}

impl Setup {
    async fn new() -> Self {
        let gate = Arc::new(Semaphore::new(0));
        let (sender, started) = unbounded_channel();
        let handler_gate = Arc::clone(&gate);
        let app = Router::new().fallback(move |headers: HeaderMap| async move {
            let header = |name: &str| {
                headers
                    .get(name)
                    .map_or("", |value| value.to_str().unwrap())
                    .to_owned()
            };
            if !header("ce-type").is_empty() {
                sender.send(header("ce-eventname")).unwrap();
            }
            if header("ce-type").starts_with("azure.webpubsub.user.") {
                handler_gate.acquire().await.unwrap().forget();
            }
            [("webhook-allowed-origin", "*")]
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let template = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let service = Service::with(|builder| builder.event_handler("chat", &template).unwrap()).await;
        Self {
            service,
            gate,
            started,
        }
    }

    async fn next(&mut self) -> String {
        timeout(Duration::from_secs(20), self.started.recv())
            .await
            .expect("no event")
            .unwrap()
    }

    async fn expect(&mut self, names: &[&str]) {
        for name in names {
            assert_eq!(self.next().await, *name);
        }
    }
}

async fn send(client: &mut Client, name: &str, ack_id: u64) {
    client
        .send_json(json!({"type": "event", "event": name, "data": 1, "ackId": ack_id}))
        .await;
}

#[tokio::test]
async fn other_frames_do_not_wait_and_events_keep_their_order() {
    let mut setup = Setup::new().await;
    let claims = json!({"role": ["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup"]});
    let mut client = setup.service.json_client(claims).await;
    setup.expect(&["connect", "connected"]).await;
    for (name, ack_id) in [("first", 1), ("second", 2), ("third", 3)] {
        send(&mut client, name, ack_id).await;
    }
    setup.expect(&["first"]).await;
    // None of these waits for the handler.
    client.send_json(json!({"type": "ping"})).await;
    assert_eq!(client.json().await["type"], "pong");
    let join = json!({"type": "joinGroup", "group": "g"});
    assert_eq!(client.ask(join, 4).await["success"], true);
    setup.expect(&["joined"]).await;
    client
        .send_json(json!({"type": "sendToGroup", "group": "g", "data": "x", "ackId": 5}))
        .await;
    assert_eq!(client.json().await["data"], "x");
    assert_eq!(client.json().await["ackId"], 5);
    setup.service.mark("from REST").await;
    assert_eq!(client.json().await["data"], "from REST");
    for (ack_id, next) in [(1, Some("second")), (2, Some("third")), (3, None)] {
        assert!(setup.started.try_recv().is_err());
        setup.gate.add_permits(1);
        let ack = client.json().await;
        assert_eq!((&ack["ackId"], &ack["success"]), (&json!(ack_id), &json!(true)));
        if let Some(next) = next {
            setup.expect(&[next]).await;
        }
    }
}

#[tokio::test]
async fn an_event_repeated_while_it_waits_is_a_duplicate() {
    let mut setup = Setup::new().await;
    let mut client = setup.service.json_client(json!({})).await;
    setup.expect(&["connect", "connected"]).await;
    send(&mut client, "e", 1).await;
    send(&mut client, "e", 1).await;
    setup.gate.add_permits(2);
    assert_eq!(client.json().await["success"], true);
    assert_eq!(client.json().await["error"]["name"], "Duplicate");
    setup.expect(&["e"]).await;
    assert!(setup.started.try_recv().is_err());
}

#[tokio::test]
async fn what_was_sent_before_a_close_is_still_delivered() {
    let mut setup = Setup::new().await;
    let mut client = setup.service.json_client(json!({})).await;
    setup.expect(&["connect", "connected"]).await;
    send(&mut client, "first", 1).await;
    send(&mut client, "second", 2).await;
    client.close().await;
    setup.expect(&["first"]).await;
    setup.gate.add_permits(2);
    setup.expect(&["second", "disconnected"]).await;
}

#[tokio::test]
async fn a_client_that_floods_a_slow_handler_is_not_read_any_further() {
    let mut setup = Setup::new().await;
    let mut client = setup.service.json_client(json!({})).await;
    setup.expect(&["connect", "connected"]).await;
    let data = "x".repeat(1000 * 1024);
    let mut frames = 0;
    let event = json!({"type": "event", "event": "e", "dataType": "text", "data": data});
    // The socket takes no more when neither the queue nor the system's buffers have room.
    while timeout(Duration::from_secs(2), client.send_json(event.clone()))
        .await
        .is_ok()
    {
        frames += 1;
        assert!(frames < 100, "{frames} MB were taken");
    }
}
