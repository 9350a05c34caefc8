//! When an event is tried again, and when not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::support::{Client, Service, Webhook, answer, ok};

/// A handler whose first `failures` answers to an event of this name have this status.
async fn failing(name: &'static str, status: u16, failures: usize) -> (Webhook, Arc<AtomicUsize>) {
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    let webhook = Webhook::start(move |request| {
        if request.event() == name && counter.fetch_add(1, Ordering::SeqCst) < failures {
            return answer(status, "text/plain", "not now");
        }
        ok()
    })
    .await;
    (webhook, tries)
}

/// A service that tries again at once, as often as the real one.
async fn impatient(template: &str) -> Service {
    Service::with(|builder| {
        builder
            .event_handler("chat", template)
            .unwrap()
            .event_retry_delays([Duration::ZERO; 3])
    })
    .await
}

#[tokio::test]
async fn server_errors_and_timeouts_are_tried_again_with_the_same_id() {
    for status in [408, 500, 503] {
        let (mut webhook, tries) = failing("user.e", status, 3).await;
        let service = impatient(&webhook.url("/")).await;
        let mut client = service.json_client(json!({})).await;
        let ack = client
            .ask(json!({"type": "event", "event": "e", "data": 1}), 1)
            .await;
        assert_eq!((&ack["success"], tries.load(Ordering::SeqCst)), (&json!(true), 4));
        webhook.event("sys.connect").await;
        webhook.event("sys.connected").await;
        for _ in 0..4 {
            let event = webhook.event("user.e").await;
            assert_eq!((event.header("ce-id"), event.body.as_ref()), ("2", &b"1"[..]));
        }
    }
}

#[tokio::test]
async fn four_tries_are_the_end() {
    let (webhook, tries) = failing("user.e", 500, usize::MAX).await;
    let service = impatient(&webhook.url("/")).await;
    let mut client = service.json_client(json!({})).await;
    let ack = client
        .ask(json!({"type": "event", "event": "e", "data": 1}), 1)
        .await;
    assert_eq!(ack["error"]["message"], "The event handler returned 500.");
    assert_eq!(tries.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn other_refusals_are_final() {
    for status in [400, 401, 404, 413, 429] {
        let (webhook, tries) = failing("user.e", status, 1).await;
        let service = impatient(&webhook.url("/")).await;
        let mut client = service.json_client(json!({})).await;
        let ack = client
            .ask(json!({"type": "event", "event": "e", "data": 1}), 1)
            .await;
        assert_eq!(
            (&ack["success"], tries.load(Ordering::SeqCst)),
            (&json!(false), 1),
            "{status}"
        );
    }
}

#[tokio::test]
async fn connect_and_notifications_are_tried_again_too() {
    for name in ["sys.connect", "sys.connected", "sys.disconnected"] {
        let (mut webhook, _) = failing(name, 500, 2).await;
        let service = impatient(&webhook.url("/")).await;
        service.simple_client(json!({})).await.close().await;
        for (event, tries) in [("sys.connect", 1), ("sys.connected", 1), ("sys.disconnected", 1)] {
            for _ in 0..(if event == name { 3 } else { tries }) {
                webhook.event(event).await;
            }
        }
    }
}

#[tokio::test]
async fn a_handler_that_cannot_be_reached_refuses_clients() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let service = impatient(&format!("http://{free}/?code=a-secret-code")).await;
    let refusal = Client::try_open(&service.client_url("chat", &json!({})), None, &[])
        .await
        .err()
        .unwrap();
    assert_eq!(refusal.status, 500);
    assert!(
        refusal.body.contains("cannot be reached") && !refusal.body.contains("secret"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_stop_does_not_wait_for_retries() {
    let (mut webhook, _) = failing("user.e", 500, usize::MAX).await;
    let template = webhook.url("/");
    let service = Service::with(|builder| {
        let an_hour = Duration::from_secs(3600);
        builder
            .event_handler("chat", &template)
            .unwrap()
            .event_retry_delays([an_hour])
    })
    .await;
    let mut client = service.json_client(json!({})).await;
    client
        .send_json(json!({"type": "event", "event": "e", "data": 1}))
        .await;
    webhook.event("sys.connect").await;
    loop {
        // The connected event may come before or after.
        if webhook.next().await.event() == "user.e" {
            break;
        }
    }
    service.emulator.stop().await;
}
