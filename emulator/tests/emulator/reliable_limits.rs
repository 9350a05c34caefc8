//! How much a reliable client may leave unacknowledged.

use serde_json::json;

use crate::support::Service;
use crate::support::reliable::{acknowledge, message, refused};

#[tokio::test]
async fn a_client_that_acknowledges_too_little_is_dropped() {
    let service = Service::start().await;
    let mut client = service.reliable_client(json!({})).await;
    for number in 1..=1000 {
        service.mark("x").await;
        assert_eq!(message(&mut client).await.0, number);
    }
    // As many may be replayed, and other frames come after them.
    let mut client = service.recover(&client.lose()).await;
    for _ in 0..100 {
        client.send_json(json!({"type": "ping"})).await;
    }
    for number in 1..=1000 {
        assert_eq!(message(&mut client).await.0, number);
    }
    for _ in 0..100 {
        assert_eq!(client.json().await, json!({"type": "pong"}));
    }
    acknowledge(&mut client, 1).await;
    service.mark("x").await;
    assert_eq!(message(&mut client).await.0, 1001);
    service.mark("one too many").await;
    assert_eq!(client.json().await["message"], "SlowClient");
    assert_eq!(client.closed().await, (1008, "SlowClient".to_owned()));
    refused(&service, &client.id, &client.reconnection_token).await;
}

#[tokio::test]
async fn a_client_that_is_away_for_more_than_16_mib_is_dropped() {
    let service = Service::start().await;
    let lost = service.reliable_client(json!({})).await.lose();
    let large = "x".repeat(1024 * 1024 - 1024);
    let send = || service.post("/api/hubs/chat/:send", "text/plain", large.clone());
    for _ in 0..16 {
        assert_eq!(send().await.status, 202);
    }
    let mut client = service.recover(&lost).await;
    for number in 1..=16 {
        assert_eq!(message(&mut client).await.0, number);
    }
    let lost = client.lose();
    assert_eq!(send().await.status, 202);
    refused(&service, &lost.id, &lost.reconnection_token).await;
}
