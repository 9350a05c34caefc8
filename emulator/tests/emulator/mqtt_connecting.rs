//! MQTT clients: the handshake, CONNECT packets, and who is let in.

use mqtt_proto::v5::{LastWill, Packet};
use mqtt_proto::{QoS, TopicName, v3};
use serde_json::json;

use crate::support::mqtt::{MqttClient, connect};
use crate::support::{Client, Service};

/// The CONNACK code that a CONNECT packet gets, and its reason string.
async fn answer(service: &Service, packet: mqtt_proto::v5::Connect) -> (u8, String) {
    let (_, connack) = service.mqtt(packet).await;
    let reason = connack.properties.reason_string.as_deref().unwrap_or_default();
    (connack.reason_code as u8, reason.to_owned())
}

async fn answer_v3(service: &Service, packet: v3::Connect) -> u8 {
    let mut client = MqttClient::open(&service.mqtt_url("chat", &json!({}))).await;
    client.send_v3(packet.into()).await;
    match client.next_v3().await {
        v3::Packet::Connack(connack) => connack.code as u8,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn both_versions_are_let_in() {
    let service = Service::start().await;
    let (client, connack) = service.mqtt(connect("first")).await;
    assert_eq!(client.socket.subprotocol.as_deref(), Some("mqtt"));
    let properties = connack.properties;
    assert_eq!((connack.reason_code as u8, connack.session_present), (0, false));
    assert_eq!(
        (
            properties.retain_available,
            properties.wildcard_subscription_available,
            properties.shared_subscription_available,
            properties.max_packet_size,
            properties.topic_alias_max,
            properties.max_qos,
            properties.assigned_client_id,
        ),
        (
            Some(false),
            Some(false),
            Some(false),
            Some(1024 * 1024),
            None,
            None,
            None
        )
    );
    assert_eq!(
        answer_v3(&service, v3::Connect::new("second".into(), 60)).await,
        0
    );
    service
        .expect(200, "HEAD", "/api/hubs/chat/connections/first")
        .await;
}

#[tokio::test]
async fn what_the_service_changes_is_in_connack() {
    let service = Service::start().await;
    let mut packet = connect("");
    packet.keep_alive = 0;
    packet.properties.session_expiry_interval = Some(3600);
    let (_client, connack) = service.mqtt(packet).await;
    let properties = connack.properties;
    assert_eq!(
        (properties.server_keep_alive, properties.session_expiry_interval),
        (Some(180), Some(30))
    );
    let id = properties.assigned_client_id.unwrap();
    service
        .expect(200, "HEAD", &format!("/api/hubs/chat/connections/{id}"))
        .await;
}

#[tokio::test]
async fn the_handshake_wants_a_token_for_its_path_and_the_subprotocol() {
    let service = Service::start().await;
    let url = service.mqtt_url("chat", &json!({}));
    for subprotocols in [None, Some("json.webpubsub.azure.v1")] {
        let refusal = Client::try_open(&url, subprotocols, &[]).await.err().unwrap();
        assert_eq!(refusal.status, 400);
        assert!(
            refusal.body.contains("must offer the subprotocol mqtt"),
            "{}",
            refusal.body
        );
    }
    let other = service
        .client_url("chat", &json!({}))
        .replace("/client/", "/clients/mqtt/");
    let refusal = Client::try_open(&other, Some("mqtt"), &[]).await.err().unwrap();
    assert_eq!(refusal.status, 401);
    let bad = service.mqtt_url("chat", &json!({"webpubsub.group": [" "]}));
    let refusal = Client::try_open(&bad, Some("mqtt"), &[]).await.err().unwrap();
    assert_eq!(refusal.status, 400);
}

#[tokio::test]
async fn a_generated_token_serves() {
    let service = Service::with(|builder| builder.entra_token("entra")).await;
    let url = service.url("/api/hubs/chat/:generateToken?clientType=MQTT&userId=ann&group=g");
    let answer = service.raw("POST", &url, Some("entra"), &[], "").await;
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let url = format!(
        "{}/clients/mqtt/hubs/chat?access_token={token}",
        service.socket_endpoint()
    );
    let mut client = MqttClient::open(&url).await;
    client.send(connect("generated")).await;
    assert!(matches!(client.next().await, Packet::Connack(connack) if connack.reason_code as u8 == 0));
    service.expect(200, "HEAD", "/api/hubs/chat/users/ann").await;
    service.expect(200, "HEAD", "/api/hubs/chat/groups/g").await;
}

#[tokio::test]
async fn a_hub_may_let_anonymous_clients_in() {
    let service = Service::with(|builder| builder.anonymous_connect("open").unwrap()).await;
    let base = format!("{}/clients/mqtt/hubs", service.socket_endpoint());
    let mut client = MqttClient::open(&format!("{base}/open")).await;
    client.send(connect("anonymous")).await;
    assert!(matches!(client.next().await, Packet::Connack(connack) if connack.reason_code as u8 == 0));
    let refusal = Client::try_open(&format!("{base}/chat"), Some("mqtt"), &[]).await;
    assert_eq!(refusal.err().unwrap().status, 401);
}

#[tokio::test]
async fn connect_packets_keep_the_services_rules() {
    let service = Service::start().await;
    let long = "a".repeat(129);
    for client_id in ["under_score", "ümlaut", "a/b", &long] {
        let (code, reason) = answer(&service, connect(client_id)).await;
        assert_eq!(code, 133, "{client_id}");
        assert!(reason.contains("0-9, a-z, A-Z"), "{reason}");
        assert_eq!(
            answer_v3(&service, v3::Connect::new(client_id.into(), 60)).await,
            2
        );
    }
    assert_eq!(answer(&service, connect(&long[1..])).await.0, 0);
    // Only MQTT 5 has a way to tell the client its id and its interval.
    assert_eq!(answer_v3(&service, v3::Connect::new("".into(), 60)).await, 2);
    for seconds in [0, 181] {
        assert_eq!(
            answer_v3(&service, v3::Connect::new("a".into(), seconds)).await,
            3
        );
    }
    let mut packet = connect("a");
    packet.properties.auth_method = Some("SCRAM".into());
    assert_eq!(answer(&service, packet).await.0, 140);
    let mut packet = connect("a");
    packet.properties.receive_max = Some(0);
    assert_eq!(answer(&service, packet).await.0, 130);
}

#[tokio::test]
async fn a_will_must_be_one_that_can_be_published() {
    let service = Service::start().await;
    let will = |topic: &str, size: usize| {
        LastWill::new(
            QoS::Level1,
            TopicName::try_from(topic).unwrap(),
            vec![b'x'; size].into(),
        )
    };
    let mut retained = will("t", 1);
    retained.retain = true;
    let long = "t".repeat(1025);
    for (will, code, code_v3) in [
        (will("t", 2000), 0, 5),
        (will("t", 2001), 149, 3),
        (will(" ", 1), 144, 3),
        (will("$webpubsub/server/events/e", 1), 144, 3),
        (will(&long, 1), 144, 3),
        (retained, 154, 3),
    ] {
        let mut packet = connect("a");
        packet.last_will = Some(will.clone());
        assert_eq!(answer(&service, packet).await.0, code, "{}", will.topic_name);
        // This client has no permissions either.
        let mut packet = v3::Connect::new("b".into(), 60);
        packet.last_will = Some(v3::LastWill {
            qos: will.qos,
            retain: will.retain,
            topic_name: will.topic_name,
            message: will.payload,
        });
        assert_eq!(answer_v3(&service, packet).await, code_v3);
    }
    let mut packet = connect("c");
    packet.last_will = Some(will("t", 1));
    let (_, connack) = service.mqtt_with(json!({}), packet).await;
    assert_eq!(connack.reason_code as u8, 135);
}

#[tokio::test]
async fn other_versions_are_refused_in_words_that_they_know() {
    let service = Service::start().await;
    let url = service.mqtt_url("chat", &json!({}));
    let first: [(&[u8], &[u8]); 3] = [
        (b"\x10\x0f\0\x06MQIsdp\x03\x02\0\x3c\0\x01a", b"\x20\x02\0\x01"),
        (b"\x10\x0d\0\x04MQTT\x03\x02\0\x3c\0\x01a", b"\x20\x02\0\x01"),
        (b"\x10\x0e\0\x04MQTT\x06\x02\0\x3c\0\0\x01a", b"\0\x84"),
    ];
    for (packet, answer) in first {
        let mut client = MqttClient::open(&url).await;
        client.send_bytes(packet).await;
        let bytes = client.next_bytes().await;
        let start = if answer.len() == 2 { 2 } else { 0 };
        assert_eq!(&bytes[start..start + answer.len()], answer);
        client.socket.closed().await;
    }
}

#[tokio::test]
async fn what_is_no_connect_packet_closes_the_socket() {
    let service = Service::start().await;
    let url = service.mqtt_url("chat", &json!({}));
    let silent: [&[u8]; 5] = [
        b"\xc0\0",
        b"\x10\x03\0\x04M",
        b"\x10\xff\xff\xff\xff\x01",
        b"\x10\xff\xff\xff\x7f",
        // A password without a user name.
        b"\x10\x10\0\x04MQTT\x04\x42\0\x3c\0\x01a\0\x01p",
    ];
    for bytes in silent {
        let mut client = MqttClient::open(&url).await;
        client.send_bytes(bytes).await;
        let (code, reason) = client.socket.closed().await;
        assert!([1002, 1009].contains(&code), "{code} {reason} for {bytes:?}");
    }
    let mut client = MqttClient::open(&url).await;
    client.socket.send("text").await;
    assert_eq!(client.socket.closed().await.0, 1002);
    // MQTT 5 tells what is wrong with the packet: here an unknown property.
    let mut client = MqttClient::open(&url).await;
    client
        .send_bytes(b"\x10\x10\0\x04MQTT\x05\x02\0\x3c\x02\x7f\x01\0\x01a")
        .await;
    assert!(matches!(client.next().await, Packet::Connack(connack) if connack.reason_code as u8 == 129));
}

#[tokio::test]
async fn the_packets_may_come_in_pieces_and_together() {
    let service = Service::start().await;
    let url = service.mqtt_url("chat", &json!({}));
    let mut client = MqttClient::open(&url).await;
    let mut bytes = Packet::from(connect("pieces"))
        .encode()
        .unwrap()
        .as_ref()
        .to_vec();
    bytes.extend([0xc0, 0, 0xc0, 0, 0xc0]);
    for byte in &bytes[..10] {
        client.send_bytes(&[*byte]).await;
    }
    client.send_bytes(&bytes[10..]).await;
    client.send_bytes(&[0]).await;
    assert!(matches!(client.next().await, Packet::Connack(_)));
    for _ in 0..3 {
        assert_eq!(client.next().await, Packet::Pingresp);
    }
}

#[tokio::test]
async fn a_client_id_of_another_protocols_client_is_taken() {
    let service = Service::start().await;
    let json_client = service.json_client(json!({})).await;
    let (code, reason) = answer(&service, connect(&json_client.id)).await;
    assert_eq!(code, 133);
    assert!(reason.contains("taken"), "{reason}");
    let target = format!("/api/hubs/chat/connections/{}", json_client.id);
    service.expect(200, "HEAD", &target).await;
}
