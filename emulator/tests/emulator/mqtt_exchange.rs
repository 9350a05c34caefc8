//! Messages between MQTT clients and everyone else: clients of other protocols, and the REST API.

use mqtt_proto::{QoS, QosPid};
use serde_json::json;
use tokio::time::{Duration, sleep};

use crate::support::mqtt::{connect, id, keeping, publish};
use crate::support::{Client, Service};

const ALL: [&str; 2] = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

fn qos1(topic: &str, payload: &str) -> mqtt_proto::v5::Publish {
    publish(topic, QosPid::Level1(id(1)), payload)
}

#[tokio::test]
async fn payloads_cross_between_the_protocols() {
    let service = Service::start().await;
    let (mut mqtt, _) = service.mqtt(connect("a")).await;
    mqtt.subscribe("g", QoS::Level1).await;
    let mut json_client = service
        .json_client(json!({"role": ALL, "webpubsub.group": ["g"]}))
        .await;
    let mut simple = service.simple_client(json!({"webpubsub.group": ["g"]})).await;
    for (content_type, payload, data_type, data) in [
        (Some("text/plain"), "t", "text", json!("t")),
        (
            Some("application/json; charset=utf-8"),
            "{\"a\": 1.0}",
            "json",
            json!({"a": 1.0}),
        ),
        (Some("application/octet-stream"), "b", "binary", json!("Yg==")),
        (Some("application/x-protobuf"), "p", "protobuf", json!("cA==")),
        (Some("image/png"), "i", "binary", json!("aQ==")),
        (None, "n", "binary", json!("bg==")),
    ] {
        let mut packet = publish("g", QosPid::Level0, payload);
        packet.properties.content_type = content_type.map(Into::into);
        packet.properties.user_properties = vec![mqtt_proto::v5::UserProperty {
            name: "a".into(),
            value: "b".into(),
        }];
        mqtt.send(packet).await;
        let message = json_client.json().await;
        assert_eq!(
            (
                &message["from"],
                &message["group"],
                &message["dataType"],
                &message["data"]
            ),
            (&json!("group"), &json!("g"), &json!(data_type), &data)
        );
        assert!(message.get("metadata").is_none());
        assert_eq!(simple.next().await.into_data(), payload.as_bytes());
        let own = mqtt.message().await;
        assert_eq!(own.properties.content_type.as_deref(), content_type);
        assert_eq!(own.payload, payload);
    }
    for (ack_id, data_type, data, content_type, payload) in [
        (1, "text", json!("t"), "text/plain", "t"),
        (2, "json", json!([1]), "application/json", "[1]"),
        (3, "binary", json!("Yg=="), "application/octet-stream", "b"),
    ] {
        let request =
            json!({"type": "sendToGroup", "group": "g", "noEcho": true, "dataType": data_type, "data": data});
        json_client.ask(request, ack_id).await;
        let message = mqtt.message().await;
        assert_eq!(
            (
                message.properties.content_type.as_deref(),
                &message.payload[..],
                message.qos_pid.qos()
            ),
            (Some(content_type), payload.as_bytes(), QoS::Level1)
        );
    }
}

#[tokio::test]
async fn a_payload_must_be_what_its_content_type_says() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(connect("a")).await;
    for (content_type, payload) in [("application/json", &b"{"[..]), ("text/plain", b"\xff")] {
        let mut packet = qos1("t", "");
        packet.payload = payload.to_vec().into();
        packet.properties.content_type = Some(content_type.into());
        assert_eq!(client.publish(packet).await, 153, "{content_type}");
    }
}

#[tokio::test]
async fn rest_sends_reach_mqtt_clients() {
    let service = Service::start().await;
    let claims = json!({"sub": "ann", "role": ALL});
    let (mut client, _) = service.mqtt_with(claims, connect("a")).await;
    client.subscribe("g", QoS::Level2).await;
    service
        .post("/api/hubs/chat/groups/g/:send", "text/plain", "1")
        .await;
    for target in [
        ":send",
        "users/ann/:send",
        "connections/a/:send",
        ":send?filter=protocol%20eq%20'mqtt'",
    ] {
        service
            .post_json(&format!("/api/hubs/chat/{target}"), &json!({"a": 1}))
            .await;
    }
    let message = client.message().await;
    assert_eq!((&*message.topic_name, message.qos_pid.qos()), ("g", QoS::Level1));
    assert_eq!(message.properties.content_type.as_deref(), Some("text/plain"));
    for _ in 0..3 {
        let message = client.message().await;
        assert_eq!(
            (&*message.topic_name, message.qos_pid.qos(), &message.payload[..]),
            ("$webpubsub/server/messages", QoS::Level1, &b"{\"a\":1}"[..])
        );
    }
    // Added by others than the client: the default options.
    service
        .expect(200, "PUT", "/api/hubs/chat/groups/h/connections/a")
        .await;
    service
        .expect(204, "DELETE", "/api/hubs/chat/groups/g/connections/a")
        .await;
    service
        .post("/api/hubs/chat/groups/g/:send", "text/plain", "not any more")
        .await;
    service
        .post("/api/hubs/chat/groups/h/:send", "text/plain", "2")
        .await;
    let mut last = client.message().await;
    while &*last.topic_name == "$webpubsub/server/messages" {
        last = client.message().await;
    }
    assert_eq!((&*last.topic_name, last.qos_pid), ("h", QosPid::Level0));
}

#[tokio::test]
async fn other_clients_hear_of_a_client_by_its_user() {
    let service = Service::start().await;
    let mut json_client: Client = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    let (mut mqtt, _) = service
        .mqtt_with(json!({"sub": "ann", "role": ALL}), connect("a"))
        .await;
    assert_eq!(mqtt.publish(qos1("g", "x")).await, 0);
    assert_eq!(json_client.json().await["fromUserId"], "ann");
}

#[tokio::test]
async fn the_pieces_of_a_stream_are_messages() {
    let service = Service::start().await;
    let (mut mqtt, _) = service.mqtt(connect("a")).await;
    mqtt.subscribe("g", QoS::Level1).await;
    let mut json_client = service.json_client(json!({"role": ALL})).await;
    for request in [
        json!({"type": "sendToGroup", "group": "g", "stream": {"streamId": "s"}}),
        json!({"type": "streamData", "streamId": "s", "streamSequenceId": 1, "dataType": "text", "data": "piece"}),
        json!({"type": "streamEnd", "streamId": "s"}),
    ] {
        json_client.send_json(request).await;
    }
    let message = mqtt.message().await;
    assert_eq!((&*message.topic_name, &message.payload[..]), ("g", &b"piece"[..]));
    // The end of the stream is none.
    service
        .post("/api/hubs/chat/groups/g/:send", "text/plain", "next")
        .await;
    assert_eq!(mqtt.message().await.payload, "next");
}

#[tokio::test]
async fn a_time_to_live_of_the_rest_api_holds_for_sessions_too() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    client.subscribe("t", QoS::Level1).await;
    client.vanish().await;
    for (query, text) in [("?messageTtlSeconds=1", "short"), ("", "long")] {
        let target = format!("/api/hubs/chat/groups/t/:send{query}");
        assert_eq!(service.post(&target, "text/plain", text).await.status, 202);
    }
    sleep(Duration::from_millis(1100)).await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    let message = client.message().await;
    assert_eq!(
        (&message.payload[..], message.properties.message_expiry_interval),
        (&b"long"[..], None)
    );
}

#[tokio::test]
async fn a_message_that_expires_is_not_replayed_to_reliable_clients() {
    let service = Service::start().await;
    let claims = json!({"webpubsub.group": ["g"]});
    let lost = service.reliable_client(claims).await.lose();
    let (mut mqtt, _) = service.mqtt(connect("a")).await;
    let mut short = qos1("g", "short");
    short.properties.message_expiry_interval = Some(1);
    assert_eq!(mqtt.publish(short).await, 0);
    assert_eq!(mqtt.publish(qos1("g", "long")).await, 0);
    sleep(Duration::from_millis(1100)).await;
    let mut back = service.recover(&lost).await;
    assert_eq!(back.json().await["data"], "bG9uZw==");
}
