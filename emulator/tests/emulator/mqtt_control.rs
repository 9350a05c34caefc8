//! MQTT clients in the journal, cut by the network, and under a clock that is moved.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mqtt_proto::{QoS, QosPid};
use serde_json::{Value, json};
use tokio::time::timeout;
use webpubsub_emulator::control::{Kind, To, TrafficFilter, TrafficWatch};

use crate::support::mqtt::{MqttClient, connect, id, keeping, publish, with_will};
use crate::support::{PATIENCE, Service, Webhook, ok, until, while_advancing};

const PASSWORD: &[u8] = b"a-password-of-mine";

async fn next(watch: &mut TrafficWatch) -> Value {
    let record = timeout(PATIENCE, watch.next()).await.expect("no record");
    serde_json::to_value(record.expect("the end of the traffic")).unwrap()
}

fn bytes(body: &Value) -> Vec<u8> {
    match body["base64"].as_str() {
        Some(text) => STANDARD.decode(text).unwrap(),
        None => body["text"].as_str().unwrap().as_bytes().to_vec(),
    }
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|found| found == part)
}

#[tokio::test]
async fn packets_are_recorded_and_passwords_are_not() {
    let webhook = Webhook::start(|_| ok()).await;
    let template = webhook.url("/{event}");
    let service =
        Service::with(|builder| builder.event_handler("chat", &template).unwrap().record_traffic()).await;
    let mut packet = keeping("device1", 30);
    packet.username = Some("ann".into());
    packet.password = Some(PASSWORD.into());
    let control = service.emulator.control();
    let filter = TrafficFilter::new().connection("device1");
    let mut watch = control.watch_traffic(filter.kind(Kind::Frame).kind(Kind::Lost).kind(Kind::Disconnect));
    let (mut client, _) = service.mqtt_with(json!({"sub": "ann"}), packet).await;
    assert_eq!(
        control
            .send_text("chat", &To::User("ann".to_owned()), "hello there")
            .unwrap(),
        1
    );
    client.message().await;
    client.vanish().await;
    control.advance_clock_ms(31_000).unwrap();
    for (kind, direction, mark) in [
        ("frame", Some("in"), &b"device1"[..]),
        ("frame", Some("out"), b""),
        ("frame", Some("out"), b"hello there"),
        ("frame", Some("in"), b""),
        ("lost", None, b""),
    ] {
        let record = next(&mut watch).await;
        assert_eq!(
            (
                record["kind"].as_str(),
                record["direction"].as_str(),
                record["user"].as_str()
            ),
            (Some(kind), direction, Some("ann")),
            "{record}"
        );
        if kind == "frame" {
            let bytes = bytes(&record["body"]);
            assert!(has(&bytes, mark), "{record}");
            assert!(!has(&bytes, PASSWORD), "{record}");
        }
    }
    // The clock may have been moved before the client was away.
    let end = while_advancing(&control, 31_000, next(&mut watch)).await;
    assert_eq!(end["kind"], "disconnect");
    let all = serde_json::to_string(&control.traffic(&TrafficFilter::new())).unwrap();
    assert!(!all.contains(std::str::from_utf8(PASSWORD).unwrap()));
    assert!(!all.contains(&STANDARD.encode(PASSWORD)));
}

#[tokio::test]
async fn a_connect_packet_that_is_not_understood_is_covered() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let mut watch = service
        .emulator
        .control()
        .watch_traffic(TrafficFilter::new().kind(Kind::Frame));
    let mut client = MqttClient::open(&service.mqtt_url("chat", &json!({}))).await;
    client.send_bytes(b"\x10\x05nonsense with a secret").await;
    client.socket.closed().await;
    let first = next(&mut watch).await;
    assert!(bytes(&first["body"]).iter().all(|byte| *byte == b'*'), "{first}");
    assert_eq!(next(&mut watch).await["opcode"], "close");
}

#[tokio::test]
async fn a_session_survives_a_cut() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    client.subscribe("t", QoS::Level1).await;
    let a = To::Connection("a".to_owned());
    assert_eq!(control.drop_connections("chat", &a, None).unwrap(), 1);
    client.socket.expect_end().await;
    control
        .send_text("chat", &To::Group("t".to_owned()), "meanwhile")
        .unwrap();
    // There is no socket to cut, and the next one is not meant.
    control.drop_connections("chat", &a, None).unwrap();
    let (mut client, connack) = service.mqtt(keeping("a", 30)).await;
    assert!(connack.session_present);
    assert_eq!(client.message().await.payload, "meanwhile");
    client.ping().await;
}

#[tokio::test]
async fn sessions_wills_and_messages_go_by_the_clock() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let (mut watcher, _) = service.mqtt(connect("watcher")).await;
    watcher.subscribe("wills", QoS::Level0).await;
    let packet = with_will(keeping("a", 30), "gone", 20);
    let (mut client, _) = service.mqtt(packet).await;
    client.subscribe("t", QoS::Level1).await;
    client.vanish().await;
    for (seconds, payload) in [(5, "short"), (300, "long")] {
        let mut packet = publish("t", QosPid::Level1(id(1)), payload);
        packet.properties.message_expiry_interval = Some(seconds);
        watcher.publish(packet).await;
    }
    // Ten seconds: one message is too old, and the session is still there.
    control.advance_clock_ms(10_000).unwrap();
    let (mut client, connack) = service.mqtt(keeping("a", 30)).await;
    assert!(connack.session_present);
    let message = client.message().await;
    assert_eq!(message.payload, "long");
    let left = message.properties.message_expiry_interval.unwrap();
    assert!((280..=290).contains(&left), "{left}");
    client.vanish().await;

    let target = "/api/hubs/chat/connections/a";
    let gone = until("the session is gone", async || {
        service.call("HEAD", target).await.status != 200
    });
    while_advancing(&control, 31_000, gone).await;
}

#[tokio::test]
async fn a_delayed_will_is_published_when_its_time_has_come() {
    let service = Service::start().await;
    let control = service.emulator.control();
    let (mut watcher, _) = service.mqtt(connect("watcher")).await;
    watcher.subscribe("wills", QoS::Level0).await;
    let packet = with_will(keeping("a", 30), "gone", 20);
    let (client, _) = service.mqtt(packet).await;
    client.vanish().await;
    let will = while_advancing(&control, 21_000, watcher.message()).await;
    assert_eq!(will.payload, "gone");
}
