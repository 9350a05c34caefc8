//! An MQTT client that shows every packet, and can send anything.

use bytes::BytesMut;
use mqtt_proto::v5::{
    Connack, Connect, Disconnect, LastWill, Packet, Publish, Subscribe, SubscriptionOptions,
};
use mqtt_proto::{Pid, QoS, QosPid, TopicFilter, TopicName, v3};
use serde_json::{Value, json};

use super::{Client, Service};

pub(crate) struct MqttClient {
    pub(crate) socket: Client,
    received: BytesMut,
}

/// A packet id.
pub(crate) fn id(value: u16) -> Pid {
    Pid::try_from(value).unwrap()
}

/// The CONNECT packet of a client that keeps no session.
pub(crate) fn connect(client_id: &str) -> Connect {
    Connect::new(client_id.into(), 60)
}

/// A CONNECT packet whose session outlives the connection by so many seconds.
pub(crate) fn keeping(client_id: &str, seconds: u32) -> Connect {
    let mut packet = connect(client_id);
    packet.clean_start = false;
    packet.properties.session_expiry_interval = Some(seconds);
    packet
}

/// A CONNECT packet with a will for the topic `wills`, which is published after this many seconds.
pub(crate) fn with_will(mut packet: Connect, payload: &'static str, delay: u32) -> Connect {
    let mut will = LastWill::new(QoS::Level1, TopicName::try_from("wills").unwrap(), payload.into());
    will.properties.delay_interval = Some(delay);
    packet.last_will = Some(will);
    packet
}

pub(crate) fn publish(topic: &str, qos_pid: QosPid, payload: &str) -> Publish {
    let payload = payload.to_owned().into();
    Publish::new(qos_pid, TopicName::try_from(topic).unwrap(), payload)
}

impl Service {
    /// The URL of an MQTT client of `hub` whose token has these claims besides audience and expiry.
    pub(crate) fn mqtt_url(&self, hub: &str, claims: &Value) -> String {
        self.signed_url(&format!("/clients/mqtt/hubs/{hub}"), claims)
    }

    /// An MQTT 5 client of the hub `chat` that may do everything, and its CONNACK packet.
    pub(crate) async fn mqtt(&self, packet: Connect) -> (MqttClient, Connack) {
        let claims = json!({"role": ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"]});
        self.mqtt_with(claims, packet).await
    }

    pub(crate) async fn mqtt_with(&self, claims: Value, packet: Connect) -> (MqttClient, Connack) {
        let mut client = MqttClient::open(&self.mqtt_url("chat", &claims)).await;
        client.send(packet).await;
        let Packet::Connack(connack) = client.next().await else {
            panic!("no CONNACK");
        };
        (client, connack)
    }
}

impl MqttClient {
    /// A client that has not sent CONNECT yet.
    pub(crate) async fn open(url: &str) -> Self {
        Self {
            socket: Client::open(url, Some("mqtt")).await,
            received: BytesMut::new(),
        }
    }

    pub(crate) async fn send(&mut self, packet: impl Into<Packet>) {
        let bytes = packet.into().encode().unwrap();
        self.send_bytes(bytes.as_ref()).await;
    }

    pub(crate) async fn send_v3(&mut self, packet: v3::Packet) {
        let bytes = packet.encode().unwrap();
        self.send_bytes(bytes.as_ref()).await;
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.send(bytes.to_vec()).await;
    }

    /// Sends to a service that may have closed the socket already.
    pub(crate) async fn send_bytes_unless_closed(&mut self, bytes: &[u8]) {
        let _ = self.socket.try_send(bytes.to_vec()).await;
    }

    /// The bytes of the next packet.
    pub(crate) async fn next_bytes(&mut self) -> BytesMut {
        loop {
            let mut shift = 0;
            let mut total = 1;
            let mut is_there = false;
            for byte in self.received.iter().skip(1) {
                total += 1 + (usize::from(byte & 0x7f) << shift);
                shift += 7;
                if byte & 0x80 == 0 {
                    is_there = self.received.len() >= total;
                    break;
                }
            }
            if is_there {
                return self.received.split_to(total);
            }
            let frame = self.socket.next().await;
            assert!(frame.is_binary(), "{frame:?}");
            self.received.extend_from_slice(&frame.into_data());
        }
    }

    pub(crate) async fn next(&mut self) -> Packet {
        Packet::decode(&self.next_bytes().await).unwrap().unwrap()
    }

    pub(crate) async fn next_v3(&mut self) -> v3::Packet {
        v3::Packet::decode(&self.next_bytes().await).unwrap().unwrap()
    }

    /// The next packet, which must be PUBLISH.
    pub(crate) async fn message(&mut self) -> Publish {
        match self.next().await {
            Packet::Publish(packet) => packet,
            other => panic!("no PUBLISH but {other:?}"),
        }
    }

    /// Subscribes to a topic; the code in SUBACK.
    pub(crate) async fn subscribe(&mut self, topic: &str, qos: QoS) -> u8 {
        self.subscribe_with(topic, SubscriptionOptions::new(qos)).await
    }

    pub(crate) async fn subscribe_with(&mut self, topic: &str, options: SubscriptionOptions) -> u8 {
        let filter = TopicFilter::try_from(topic).unwrap();
        self.send(Subscribe::new(id(9), vec![(filter, options)])).await;
        match self.next().await {
            Packet::Suback(packet) => packet.topics[0] as u8,
            other => panic!("no SUBACK but {other:?}"),
        }
    }

    /// Publishes with QoS 1; the code in PUBACK, which must come next.
    pub(crate) async fn publish(&mut self, packet: Publish) -> u8 {
        self.send(packet).await;
        match self.next().await {
            Packet::Puback(packet) => packet.reason_code as u8,
            other => panic!("no PUBACK but {other:?}"),
        }
    }

    /// The code and the reason of DISCONNECT, which must come next; then the close.
    pub(crate) async fn disconnected(&mut self) -> (u8, String) {
        let Packet::Disconnect(Disconnect {
            reason_code,
            properties,
        }) = self.next().await
        else {
            panic!("no DISCONNECT");
        };
        self.socket.closed().await;
        let reason = properties.reason_string.as_deref().unwrap_or_default();
        (reason_code as u8, reason.to_owned())
    }

    /// Closes the socket without DISCONNECT. The service knows it when this returns.
    pub(crate) async fn vanish(mut self) {
        self.socket.close().await;
    }

    /// Whatever a test did before has been handled.
    pub(crate) async fn ping(&mut self) {
        self.send(Packet::Pingreq).await;
        assert_eq!(self.next().await, Packet::Pingresp);
    }
}
