//! The journal of everything that clients and handlers can do: binary and reliable subprotocols, sockets that are lost,
//! several handlers, and events that are tried again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::timeout;
use webpubsub_emulator::EventHandler;
use webpubsub_emulator::control::{Kind, Record, TrafficFilter, TrafficWatch, What};

use crate::support::protobuf::{Number, Upstream};
use crate::support::{Client, RELIABLE, Service, Webhook, answer, ok};

const PATIENCE: Duration = Duration::from_secs(20);
const PROTOBUF: &str = "protobuf.reliable.webpubsub.azure.v1";

async fn next(watch: &mut TrafficWatch) -> Value {
    let record = timeout(PATIENCE, watch.next())
        .await
        .expect("no record")
        .expect("the end of the traffic");
    serde_json::to_value(record).unwrap()
}

fn watch(service: &Service, kinds: &[Kind]) -> TrafficWatch {
    let filter = kinds
        .iter()
        .fold(TrafficFilter::new(), |filter, kind| filter.kind(*kind));
    service.emulator.control().watch_traffic(filter)
}

#[tokio::test]
async fn frames_of_protobuf_clients_are_recorded_without_their_tokens() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let mut frames = watch(&service, &[Kind::Frame]);
    let mut client = service.protobuf_client(PROTOBUF, json!({"sub": "ann"})).await;
    service.mark("hello").await;
    client.data().await;
    client
        .send_protobuf(&Upstream {
            sequence_ack: Some(Number { value: 1 }),
            ..Upstream::default()
        })
        .await;
    for (direction, marks) in [("out", &b"***"[..]), ("out", b"\"hello\""), ("in", b"")] {
        let frame = next(&mut frames).await;
        assert_eq!(
            (&frame["direction"], &frame["opcode"], &frame["subprotocol"]),
            (&json!(direction), &json!("binary"), &json!(PROTOBUF)),
            "{frame}"
        );
        assert_eq!(
            (&frame["connection"], &frame["user"]),
            (&json!(client.id), &json!("ann"))
        );
        let body = &frame["body"];
        let bytes = match body["base64"].as_str() {
            Some(text) => STANDARD.decode(text).unwrap(),
            None => body["text"].as_str().unwrap().as_bytes().to_vec(),
        };
        assert!(
            marks.is_empty() || bytes.windows(marks.len()).any(|part| part == marks),
            "{frame}"
        );
        let token = client.reconnection_token.as_bytes();
        assert!(!bytes.windows(token.len()).any(|part| part == token), "{frame}");
    }
}

#[tokio::test]
async fn a_lost_socket_and_the_way_back_are_recorded() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let mut records = watch(
        &service,
        &[Kind::Connect, Kind::Frame, Kind::Lost, Kind::Disconnect],
    );
    let lost = service.reliable_client(json!({"sub": "ann"})).await.lose();
    // From here on it is away: what is sent is not written until it comes back.
    for (kind, opcode) in [("connect", None), ("frame", Some("text")), ("lost", None)] {
        let record = next(&mut records).await;
        assert_eq!(
            (record["kind"].as_str(), record["opcode"].as_str()),
            (Some(kind), opcode),
            "{record}"
        );
        assert_eq!(
            (&record["connection"], &record["user"]),
            (&json!(lost.id), &json!("ann"))
        );
        assert!(!record.to_string().contains(&lost.reconnection_token), "{record}");
    }
    service.mark("meanwhile").await;
    let mut client = service.recover(&lost).await;
    assert_eq!(client.json().await["data"], "meanwhile");
    client.close().await;

    let back = next(&mut records).await;
    assert_eq!(
        (&back["kind"], &back["response"]["status"]),
        (&json!("connect"), &json!(101))
    );
    assert_eq!(
        (&back["connection"], &back["user"]),
        (&json!(lost.id), &json!("ann"))
    );
    let url = back["request"]["url"].as_str().unwrap();
    assert!(url.contains("awps_reconnection_token=***"), "{url}");
    for text in ["connected", "meanwhile"] {
        let frame = next(&mut records).await;
        assert!(frame["body"]["text"].as_str().unwrap().contains(text), "{frame}");
        assert!(!frame.to_string().contains("eyJ"), "{frame}");
    }

    // One that cannot come back is told so, which is a frame too.
    let url = service.recovery_url("nobody", "nonsense");
    Client::open(&url, Some(RELIABLE)).await.closed().await;
    let frame = loop {
        let record = next(&mut records).await;
        if record["connection"] == "nobody" && record["kind"] == "frame" {
            break record;
        }
    };
    assert_eq!(
        (&frame["opcode"], &frame["code"], &frame["hub"]),
        (&json!("close"), &json!(1008), &json!("chat"))
    );
}

#[tokio::test]
async fn large_headers_and_urls_do_not_make_the_journal_larger() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let large = "x".repeat(300_000);
    for number in 0..200 {
        let query = match number % 2 {
            0 => String::new(),
            // The URI of a request has at most 64 KiB.
            _ => format!("?userId={}", "y".repeat(60_000)),
        };
        let url = format!("{}/api/health{query}", service.emulator.endpoint());
        service.raw("HEAD", &url, None, &[("x-large", &large)], "").await;
    }
    let records = service.emulator.control().traffic(&TrafficFilter::new());
    assert!((50..=110).contains(&records.len()), "{}", records.len());
    assert_eq!(records.last().unwrap().seq, 200);
}

/// The events of one type, as soon as there are so many.
async fn events(watch: &mut TrafficWatch, event: &str, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    while found.len() < count {
        let record = next(watch).await;
        if record["event"] == event {
            found.push(record);
        }
    }
    found
}

#[tokio::test]
async fn events_to_several_handlers_and_their_repetitions_are_recorded() {
    let has_failed = AtomicBool::new(false);
    let orders = Webhook::start(move |_| match has_failed.swap(true, Ordering::SeqCst) {
        false => answer(503, "text/plain", "come back later"),
        true => ok(),
    })
    .await;
    let rest = Webhook::start(|_| ok()).await;
    let (to_orders, to_rest) = (orders.url("/orders/{event}"), rest.url("/rest/{event}"));
    let service = Service::with(|builder| {
        let orders = EventHandler::new(&to_orders)
            .unwrap()
            .user_events("order")
            .unwrap();
        builder
            .add_event_handler("chat", orders)
            .unwrap()
            .event_handler("chat", &to_rest)
            .unwrap()
            .event_retry_delays([Duration::ZERO])
            .record_traffic()
    })
    .await;
    let mut watch = watch(&service, &[Kind::Event]);
    let mut client = service.json_client(json!({})).await;
    let ack = client
        .ask(json!({"type": "event", "event": "order", "data": 1}), 1)
        .await;
    assert_eq!(ack["success"], true);
    let handshakes = events(&mut watch, "handshake", 1).await;
    assert!(
        handshakes[0]["request"]["url"]
            .as_str()
            .unwrap()
            .contains("/rest/validate")
    );
    assert_eq!(handshakes[0]["request"]["headers"]["ce-awpsversion"], "1.0");
    let tries = events(&mut watch, "user.order", 2).await;
    for (record, status) in tries.iter().zip([503, 200]) {
        let url = record["request"]["url"].as_str().unwrap();
        assert!(url.ends_with("/orders/order"), "{url}");
        assert_eq!(
            (&record["response"]["status"], &record["connection"]),
            (&json!(status), &json!(client.id))
        );
        assert_eq!(
            record["request"]["headers"]["ce-id"],
            tries[0]["request"]["headers"]["ce-id"]
        );
    }
    // What a handler says about its failure is often the best explanation.
    assert_eq!(tries[0]["response"]["body"]["text"], "come back later");
    assert_eq!(tries[0]["error"], "The event handler returned 503.");
    assert!(tries[1].get("error").is_none());
}

#[tokio::test]
async fn a_failed_event_to_the_second_handler_is_told_apart() {
    let first = Webhook::start(|_| ok()).await;
    let second = Webhook::start(|_| {
        let mut refused = ok();
        *refused.status_mut() = StatusCode::FORBIDDEN;
        refused
    })
    .await;
    let (to_first, to_second) = (first.url("/1/{event}"), second.url("/2/{event}"));
    let service = Service::with(|builder| {
        let first = EventHandler::new(&to_first).unwrap().system_events([]);
        let builder = builder.add_event_handler("chat", first).unwrap();
        builder
            .event_handler("chat", &to_second)
            .unwrap()
            .record_traffic()
    })
    .await;
    let mut watch = watch(&service, &[Kind::Event]);
    let url = service.client_url("chat", &json!({}));
    assert_eq!(Client::try_open(&url, None, &[]).await.err().unwrap().status, 403);
    let connect = events(&mut watch, "sys.connect", 1).await;
    assert!(
        connect[0]["request"]["url"]
            .as_str()
            .unwrap()
            .contains("/2/connect")
    );
    let records: Vec<Record> = service.emulator.control().traffic(&TrafficFilter::new());
    let to_first =
        |record: &&Record| matches!(&record.what, What::Event { request, .. } if request.url.contains("/1/"));
    assert_eq!(records.iter().filter(to_first).count(), 0);
}
