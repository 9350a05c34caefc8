//! MQTT clients that break the protocol: each is closed with the right code, and the service goes on.

use mqtt_proto::v5::{Packet, Publish};
use mqtt_proto::{QosPid, TopicName};
use proptest::prelude::{Strategy as _, any};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::support::Service;
use crate::support::mqtt::{MqttClient, connect, id};

#[tokio::test]
async fn broken_packets_close_the_connection_with_their_code() {
    let service = Service::start().await;
    let connect_packet = Packet::from(connect("again")).encode().unwrap();
    let cases: [(&str, &[u8], u8); 18] = [
        ("an unknown type", b"\x00\0", 129),
        ("no body", b"\x82\0", 129),
        ("flags that SUBSCRIBE does not have", b"\x80\x05\0\x01\0\0\0", 129),
        ("a length of five bytes", b"\x30\xff\xff\xff\xff\x01", 129),
        ("a length that is too large", b"\x30\xff\xff\xff\x7f", 149),
        ("QoS 3", b"\x36\x06\0\x01t\0\x01\0", 129),
        ("a topic that is longer than the packet", b"\x30\x03\0\x09t", 129),
        ("a topic that is no UTF-8", b"\x30\x05\0\x02\xff\xfe\0", 129),
        ("a null character in the topic", b"\x30\x05\0\x02a\0\0", 144),
        ("a wildcard in the topic", b"\x30\x04\0\x01#\0", 144),
        ("an empty topic", b"\x30\x03\0\0\0", 130),
        ("packet id 0", b"\x32\x06\0\x01t\0\0\0", 130),
        ("a property twice", b"\x30\x08\0\x01t\x04\x01\0\x01\0", 130),
        ("DUP with QoS 0", b"\x38\x04\0\x01t\0", 129),
        ("no subscription", b"\x82\x03\0\x01\0", 130),
        ("a filter that is none", b"\x82\x09\0\x01\0\0\x03a#b\x01", 143),
        ("a body in PINGREQ", b"\xc0\x01\0", 129),
        ("a packet of the service", b"\xd0\0", 130),
    ];
    for (what, bytes, code) in cases.into_iter().chain([
        ("CONNECT again", connect_packet.as_ref(), 130),
        ("AUTH", &b"\xf0\0"[..], 130),
    ]) {
        let (mut client, _) = service.mqtt(connect("a")).await;
        client.ping().await;
        client.send_bytes(bytes).await;
        let (got, reason) = client.disconnected().await;
        assert_eq!(got, code, "{what}: {reason}");
        assert!(!reason.is_empty());
    }
    let (mut client, _) = service.mqtt(connect("a")).await;
    client.socket.send("text").await;
    assert_eq!(client.disconnected().await.0, 130);
}

#[tokio::test]
async fn a_packet_has_at_most_one_mebibyte() {
    let service = Service::start().await;
    let packet = |size: usize| {
        let topic = TopicName::try_from("t").unwrap();
        Publish::new(QosPid::Level1(id(1)), topic, vec![b'x'; size].into())
    };
    let (mut client, _) = service.mqtt(connect("a")).await;
    // Four bytes of header, three of topic, two of packet id, one of properties.
    assert_eq!(client.publish(packet(1024 * 1024 - 10)).await, 0);
    client.send(packet(1024 * 1024 - 9)).await;
    let (code, reason) = client.disconnected().await;
    assert_eq!((code, reason.contains("1 MiB")), (149, true), "{reason}");
    let (mut client, _) = service.mqtt(connect("a")).await;
    client.send(packet(5 * 1024 * 1024)).await;
    assert_eq!(client.disconnected().await.0, 149);
}

#[tokio::test]
async fn a_client_has_so_many_messages_of_qos_2_under_way() {
    let service = Service::start().await;
    let (mut client, connack) = service.mqtt(connect("a")).await;
    let limit = connack.properties.receive_max.unwrap();
    for number in 1..=limit {
        let topic = TopicName::try_from("t").unwrap();
        client
            .send(Publish::new(QosPid::Level2(id(number)), topic, "x".into()))
            .await;
        client.next().await;
    }
    let topic = TopicName::try_from("t").unwrap();
    client
        .send(Publish::new(QosPid::Level2(id(limit + 1)), topic, "x".into()))
        .await;
    assert_eq!(client.disconnected().await.0, 147);
}

/// Bytes that are nearly packets, and bytes that are not.
#[tokio::test]
async fn no_bytes_stop_the_service() {
    let service = Service::start().await;
    let random = proptest::collection::vec(any::<u8>(), 1..200);
    let nearly = (any::<u8>(), proptest::collection::vec(any::<u8>(), 0..100)).prop_map(|(first, body)| {
        let mut bytes = vec![first, body.len() as u8];
        bytes.extend(body);
        bytes
    });
    // A real packet with a byte changed.
    let mutated = (any::<u8>(), any::<proptest::sample::Index>()).prop_map(|(byte, at)| {
        let mut packet = connect("abc");
        packet.username = Some("user".into());
        packet.properties.session_expiry_interval = Some(5);
        let mut bytes = Packet::from(packet).encode().unwrap().as_ref().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes
    });
    let mut runner = TestRunner::deterministic();
    let url = service.mqtt_url(
        "chat",
        &json!({"role": ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"]}),
    );
    for round in 0..300 {
        let mut bytes = |is_first: bool| match (round % 3, is_first) {
            (0, _) => random.new_tree(&mut runner).unwrap().current(),
            (1, true) => mutated.new_tree(&mut runner).unwrap().current(),
            _ => nearly.new_tree(&mut runner).unwrap().current(),
        };
        let (first, second) = (bytes(true), bytes(false));
        let mut client = MqttClient::open(&url).await;
        if round % 2 == 0 {
            client.send(connect("fuzzed")).await;
        } else {
            client.send_bytes(&first).await;
        }
        client.send_bytes_unless_closed(&second).await;
    }
    let (mut client, connack) = service.mqtt(connect("alive")).await;
    assert_eq!(connack.reason_code as u8, 0);
    client.ping().await;
}
