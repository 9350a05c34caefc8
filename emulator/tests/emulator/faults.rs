//! Faults: what happens to the next matching requests and events, and to no others.

use std::time::Duration;

use serde_json::{Value, json};
use webpubsub_emulator::Emulator;
use webpubsub_emulator::control::{Fault, Reset};

use crate::support::{Answer, Client, KEY, Service, Webhook, ok};

const SEND: &str = "/api/hubs/chat/:send";

async fn send(service: &Service) -> Answer {
    service.post(SEND, "text/plain", "hi").await
}

#[tokio::test]
async fn the_next_requests_get_a_status_and_later_ones_do_not() {
    let service = Service::with_admin().await;
    let mut client = service.simple_client(json!({})).await;
    let fault = json!({"on": "rest", "path": "*/:send", "times": 2, "status": 503, "retryAfter": 3});
    let answer = service.admin("POST", "/api/faults", fault).await;
    assert_eq!((answer.status, answer.json()), (201, json!({"id": 1})));

    service.expect(404, "HEAD", "/api/hubs/chat/users/ann").await;
    let answer = send(&service).await;
    assert_eq!(answer.refusal(), (503, "Error.Fault"));
    assert_eq!(answer.header("retry-after"), Some("3"));
    assert_eq!(
        service.look("/api/faults").await,
        json!({"total": 1, "items": [{
            "id": 1, "remaining": 1, "on": "rest", "path": "*/:send", "times": 2, "status": 503, "retryAfter": 3,
        }]})
    );
    assert_eq!(send(&service).await.status, 503);
    assert_eq!(send(&service).await.status, 202);
    assert_eq!(service.look("/api/faults").await["total"], 0);
    // What was refused was not done.
    service.mark("end").await;
    assert_eq!(client.next().await.into_text().unwrap(), "hi");
    assert_eq!(client.next().await.into_text().unwrap(), "\"end\"");
}

#[tokio::test]
async fn a_fault_strikes_only_what_it_matches() {
    let service = Service::start().await;
    let control = service.emulator.control();
    for fault in [
        Fault::rest().hub("other"),
        Fault::rest().method("DELETE"),
        Fault::rest().path("/api/hubs/chat/:sen"),
        Fault::rest().path("/api/hubs/chat/:send*x"),
        Fault::rest().path("a*a"),
        Fault::connect(),
        Fault::event("message"),
    ] {
        control.add_fault(fault.status(500)).unwrap();
    }
    assert_eq!(send(&service).await.status, 202);
    assert_eq!(control.faults().len(), 7);
    control.clear_faults();
    for fault in [
        Fault::rest(),
        Fault::rest().hub("CHAT"),
        Fault::rest().method("post"),
        Fault::rest().path(SEND),
        Fault::rest().path("*"),
        Fault::rest().path("/api/*/chat/*end"),
    ] {
        control.add_fault(fault.clone().status(500)).unwrap();
        assert_eq!(send(&service).await.status, 500, "{fault:?}");
    }
    let id = control.add_fault(Fault::rest().status(500)).unwrap();
    assert!(control.remove_fault(id) && !control.remove_fault(id));
    assert_eq!(send(&service).await.status, 202);
}

#[tokio::test]
async fn of_several_faults_the_first_strikes_first() {
    let service = Service::start().await;
    let control = service.emulator.control();
    for status in [500, 429, 204] {
        control.add_fault(Fault::rest().status(status)).unwrap();
    }
    for status in [500, 429, 204, 202] {
        assert_eq!(send(&service).await.status, status);
    }
}

#[tokio::test]
async fn a_reset_comes_before_or_after_the_request_is_handled() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let mut client = service.simple_client(json!({})).await;
    for (when, body) in [(Reset::Before, "before"), (Reset::After, "after")] {
        control.add_fault(Fault::rest().reset(when)).unwrap();
        let error = service.try_post(SEND, body).await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
        let causes = format!("{error:?}");
        assert!(
            causes.contains("ConnectionReset") || causes.contains("reset"),
            "{causes}"
        );
    }
    service.mark("end").await;
    assert_eq!(client.next().await.into_text().unwrap(), "after");
    assert_eq!(client.next().await.into_text().unwrap(), "\"end\"");
}

#[tokio::test]
async fn a_truncated_body_announces_more_than_it_has() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let _client = service
        .json_client(json!({"sub": "ann", "webpubsub.group": ["room"]}))
        .await;
    control.add_fault(Fault::rest().truncate()).unwrap();
    let url = service.url("/api/hubs/chat/groups/room/connections");
    let token = crate::support::sign(KEY, &json!({"aud": url, "exp": crate::support::in_one_minute()}));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let length = response.content_length().unwrap();
    assert!(length > 20);
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    // A response without a body is lost as a whole.
    control.add_fault(Fault::rest().truncate()).unwrap();
    assert!(service.try_post(SEND, "x").await.is_err());
}

#[tokio::test]
async fn a_delay_comes_before_everything_else() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let mut client = service.simple_client(json!({})).await;
    control
        .add_fault(Fault::rest().path("*/:send").delay(Duration::from_millis(300)))
        .unwrap();
    let (_, ()) = tokio::join!(send(&service), async {
        // It overtakes the send.
        tokio::time::sleep(Duration::from_millis(50)).await;
        while !control.faults().is_empty() {
            tokio::task::yield_now().await;
        }
        control
            .send_text("chat", &webpubsub_emulator::control::To::All, "first")
            .unwrap();
    });
    assert_eq!(client.next().await.into_text().unwrap(), "first");
    assert_eq!(client.next().await.into_text().unwrap(), "hi");
}

#[tokio::test]
async fn handshakes_of_clients_can_fail() {
    let service = Service::with_admin().await;
    let fault = json!({"on": "connect", "hub": "chat", "status": 503, "retryAfter": 1});
    service.admin("POST", "/api/faults", fault).await;
    let url = service.client_url("chat", &json!({}));
    let refusal = Client::try_open(&url, None, &[]).await.err().unwrap();
    assert_eq!(refusal.status, 503);
    Client::open(&url, None).await;
    let fault = json!({"on": "connect", "reset": "before"});
    service.admin("POST", "/api/faults", fault).await;
    assert!(tokio_tungstenite::connect_async(url.as_str()).await.is_err());
    assert_eq!(send(&service).await.status, 202);
    Client::open(&url, None).await;
}

/// A service that tries a failed event again at once, once.
async fn service_with(webhook: &Webhook) -> Service {
    let template = webhook.url("/{event}");
    Service::with(|builder| {
        let builder = builder.event_handler("chat", &template).unwrap();
        builder.admin_port(0).event_retry_delays([Duration::ZERO])
    })
    .await
}

#[tokio::test]
async fn events_fail_as_if_the_handler_had() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = service_with(&webhook).await;
    let mut client = service.json_client(json!({})).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    let event = json!({"type": "event", "event": "greet", "dataType": "text", "data": "hi"});

    for (fault, attempts_received, success) in [
        // The second attempt succeeds.
        (json!({"on": "event", "event": "greet", "status": 500}), 1, true),
        (
            json!({"on": "event", "event": "greet", "status": 500, "times": 2}),
            0,
            false,
        ),
        (json!({"on": "event", "event": "gr*", "status": 403}), 0, false),
        (json!({"on": "event", "hub": "chat", "reset": "before"}), 1, true),
        (json!({"on": "event", "reset": "after"}), 2, true),
        (json!({"on": "event", "truncate": true}), 2, true),
        (json!({"on": "event", "status": 204}), 0, true),
        (json!({"on": "event", "event": "greet", "delayMs": 1}), 1, true),
    ] {
        let answer = service.admin("POST", "/api/faults", fault.clone()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let id = answer.json()["id"].as_u64().unwrap();
        let ack = client.ask(event.clone(), id).await;
        assert_eq!(ack["success"], success, "{fault}: {ack}");
        for _ in 0..attempts_received {
            webhook.event("user.greet").await;
        }
        let records = service
            .look(&format!("/api/traffic?kind=event&connection={}", client.id))
            .await;
        let struck: Vec<&Value> = records["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|record| record["fault"] == id)
            .collect();
        assert_eq!(
            struck.len() as u64,
            fault["times"].as_u64().unwrap_or(1),
            "{fault}: {records}"
        );
    }
}

#[tokio::test]
async fn a_refused_connect_event_refuses_the_client() {
    let webhook = Webhook::start(|_| ok()).await;
    let service = service_with(&webhook).await;
    let control = service.emulator.control();
    control.add_fault(Fault::event("connect").status(403)).unwrap();
    let url = service.client_url("chat", &json!({}));
    assert_eq!(Client::try_open(&url, None, &[]).await.err().unwrap().status, 403);
    Client::open(&url, None).await;
}

#[tokio::test]
async fn a_fault_that_waits_does_not_hold_up_a_stop() {
    let emulator = Emulator::builder()
        .access_key(KEY)
        .unwrap()
        .start()
        .await
        .unwrap();
    let control = emulator.control();
    control
        .add_fault(Fault::rest().delay(Duration::from_secs(600)))
        .unwrap();
    let url = format!("{}/api/health", emulator.endpoint());
    let call = tokio::spawn(async move { reqwest::Client::new().head(url).send().await });
    while !control.faults().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(10), emulator.stop())
        .await
        .unwrap();
    let _ = call.await;
}
