//! What tests of reliable clients share.

use serde_json::{Value, json};

use super::{Client, RELIABLE, Service};

/// Sequence id and data of the next frame, which must be a message.
pub(crate) async fn message(client: &mut Client) -> (u64, Value) {
    let message = client.json().await;
    assert_eq!(message["type"], "message", "{message}");
    (message["sequenceId"].as_u64().unwrap(), message["data"].clone())
}

/// Acknowledges messages, and waits until the service has read it.
pub(crate) async fn acknowledge(client: &mut Client, sequence_id: u64) {
    client
        .send_json(json!({"type": "sequenceAck", "sequenceId": sequence_id}))
        .await;
    client.send_json(json!({"type": "ping"})).await;
    assert_eq!(client.json().await, json!({"type": "pong"}));
}

/// A recovery that must be refused by a close with 1008.
pub(crate) async fn refused(service: &Service, connection_id: &str, token: &str) {
    let url = service.recovery_url(connection_id, token);
    let mut client = Client::open(&url, Some(RELIABLE)).await;
    let (code, reason) = client.closed().await;
    assert_eq!(
        (code, reason.as_str()),
        (1008, "The connection cannot be recovered.")
    );
}
