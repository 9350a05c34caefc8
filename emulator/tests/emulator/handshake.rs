//! The handshake that comes before a handler's first event.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response};
use serde_json::json;

use crate::support::{Client, Received, Service, Webhook, answer, ok};

/// An answer that allows these origins, one header each.
fn allow(origins: &[&str]) -> Response<Body> {
    let mut response = ok();
    for origin in origins {
        response
            .headers_mut()
            .append("webhook-allowed-origin", HeaderValue::from_str(origin).unwrap());
    }
    response
}

fn is_handshake(request: &Received) -> bool {
    request.method != Method::POST
}

/// The status that a client of the hub `chat` is refused with, or 101.
async fn connect(service: &Service) -> u16 {
    match Client::try_open(&service.client_url("chat", &json!({})), None, &[]).await {
        Ok(_) => 101,
        Err(refusal) => refusal.status,
    }
}

#[tokio::test]
async fn it_is_asked_once_with_the_origin() {
    let mut webhook = Webhook::bare(|request| match is_handshake(request) {
        true => allow(&["https://other.example", request.header("webhook-request-origin")]),
        false => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let origin = service.emulator.endpoint().replace("http://", "");
    assert_eq!(connect(&service).await, 101);
    let request = webhook.next().await;
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("OPTIONS", "/chat/validate")
    );
    assert_eq!(
        (
            request.header("webhook-request-origin"),
            request.header("ce-awpsversion")
        ),
        (origin.as_str(), "1.0")
    );
    assert_eq!(webhook.next().await.event(), "sys.connect");
    assert_eq!(connect(&service).await, 101);
    for _ in 0..5 {
        // connected, disconnected, and all of the second client: no further handshake.
        assert_eq!(webhook.next().await.method, Method::POST);
    }
}

#[tokio::test]
async fn origins_are_compared_whole_ignoring_letter_case() {
    for (allowed, status) in [
        (vec!["*"], 101),
        (vec!["HTTP://x", "{ORIGIN}"], 101),
        (vec!["https://other.example"], 500),
        (vec!["https://other.example, {ORIGIN}"], 500),
        (vec![], 500),
    ] {
        let webhook = Webhook::bare(move |request| {
            let origin = request.header("webhook-request-origin").to_uppercase();
            let allowed: Vec<String> = allowed
                .iter()
                .map(|value| value.replace("{ORIGIN}", &origin))
                .collect();
            match is_handshake(request) {
                true => allow(&allowed.iter().map(String::as_str).collect::<Vec<_>>()),
                false => ok(),
            }
        })
        .await;
        assert_eq!(connect(&Service::with_webhook(&webhook).await).await, status);
    }
}

#[tokio::test]
async fn a_handler_without_options_is_asked_by_get() {
    let mut webhook = Webhook::bare(|request| match request.method {
        Method::OPTIONS => answer(404, "text/plain", "no such method"),
        Method::GET => allow(&["*"]),
        _ => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    assert_eq!(connect(&service).await, 101);
    for method in ["OPTIONS", "GET", "POST"] {
        let request = webhook.next().await;
        assert_eq!(request.method, method);
        assert_eq!(request.header("ce-awpsversion"), "1.0");
    }
}

#[tokio::test]
async fn a_refusal_refuses_clients_and_is_asked_again() {
    let mut webhook = Webhook::bare(|request| match is_handshake(request) {
        true => answer(403, "text/plain", "go away"),
        false => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let refusal = Client::try_open(&service.client_url("chat", &json!({})), None, &[])
        .await
        .err()
        .unwrap();
    assert_eq!(refusal.status, 500);
    assert!(refusal.body.contains("answered the handshake with 403") && !refusal.body.contains("go away"));
    assert_eq!(connect(&service).await, 500);
    for _ in 0..2 {
        assert_eq!(webhook.next().await.method, Method::OPTIONS);
    }
}
