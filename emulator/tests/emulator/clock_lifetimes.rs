//! What runs out by the service's clock, besides tokens: the time to come back, times to live, streams.

use serde_json::json;

use crate::support::reliable::refused;
use crate::support::{Service, Webhook, ok, while_advancing};

const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * SECOND_MS;

#[tokio::test]
async fn the_clock_can_be_advanced_step_by_step() {
    let service = Service::with_admin().await;
    for (by_ms, offset_ms) in [(1_000, 1_000), (500, 1_500), (-2_000, -500)] {
        let answer = service
            .admin("POST", "/api/clock/advance", json!({"byMs": by_ms}))
            .await;
        assert_eq!(
            (answer.status, &answer.json()["offsetMs"]),
            (200, &json!(offset_ms))
        );
    }
    let too_far = json!({"byMs": 4_000_000_000_000_000_i64});
    let answer = service.admin("POST", "/api/clock/advance", too_far).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("The offset must be between"), "{answer:?}");
    let control = service.emulator.control();
    assert!(control.advance_clock_ms(i64::MAX).is_err());
    assert_eq!(control.clock_offset_ms(), -500);
    control.reset();
    assert_eq!(control.clock_offset_ms(), 0);
}

#[tokio::test]
async fn a_client_that_is_away_runs_out_of_its_time_to_come_back() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let control = service.emulator.control();
    let lost = service.reliable_client(json!({})).await.lose();
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    // It is away as soon as it can be seen to be, and then 29 of its 30 seconds are not enough.
    let client = service.recover(&lost).await;
    let lost = client.lose();
    control.advance_clock_ms(29 * SECOND_MS).unwrap();
    let client = service.recover(&lost).await;
    let lost = client.lose();
    // A second offset is another 30 seconds only if the first one was before it went.
    let event = while_advancing(&control, 31 * SECOND_MS, webhook.event("sys.disconnected")).await;
    assert_eq!(event.json(), json!({"reason": ""}));
    refused(&service, &lost.id, &lost.reconnection_token).await;
}

#[tokio::test]
async fn reconnection_tokens_expire_after_a_week() {
    let service = Service::with(|builder| {
        // The window must not end first.
        builder.recovery_window(std::time::Duration::from_secs(30 * 24 * 60 * 60))
    })
    .await;
    let control = service.emulator.control();
    let lost = service.reliable_client(json!({})).await.lose();
    control.set_clock_offset_ms(6 * DAY_MS).unwrap();
    let lost_again = service.recover(&lost).await.lose();
    control.set_clock_offset_ms(8 * DAY_MS).unwrap();
    refused(&service, &lost.id, &lost.reconnection_token).await;
    // The newer one was made by the clock of then.
    let client = service.recover(&lost_again).await;
    // All tokens can be expired, these too.
    control.expire_tokens().await;
    refused(&service, &client.id, &client.reconnection_token).await;
}

#[tokio::test]
async fn messages_run_out_of_their_time_to_live() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let client = service.reliable_client(json!({})).await;
    let lost = client.lose();
    for (seconds, data) in [(20, "short"), (300, "long")] {
        let target = format!("/api/hubs/chat/:send?messageTtlSeconds={seconds}");
        assert_eq!(service.post_json(&target, &json!(data)).await.status, 202);
    }
    control.advance_clock_ms(21 * SECOND_MS).unwrap();
    let mut client = service.recover(&lost).await;
    assert_eq!(client.json().await["data"], "long");
}

#[tokio::test]
async fn streams_rest_by_the_clock_and_states_are_dated_by_it() {
    let service = Service::start().await;
    let claims =
        json!({"role": ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"], "webpubsub.group": ["g"]});
    let mut client = service.json_client(claims).await;
    let open = json!({
        "type": "sendToGroup", "group": "g", "noEcho": true, "stream": {"streamId": "s", "idleTimeoutMs": 300_000},
    });
    client.send_json(open).await;
    assert_eq!(client.json().await["type"], "streamAck");
    let control = service.emulator.control();
    control.advance_clock_ms(301 * SECOND_MS).unwrap();
    let closed = client.json().await;
    assert_eq!(
        (&closed["type"], &closed["error"]["name"]),
        (&json!("streamClosed"), &json!("IdleTimeout"))
    );
}
