//! MQTT sessions: how long they live, what they keep, wills, and how they end.

use std::time::Duration;

use mqtt_proto::v5::{Disconnect, DisconnectReasonCode, Packet, Puback, Pubrec, Pubrel};
use mqtt_proto::{QoS, QosPid, v3};
use serde_json::json;
use tokio::time::sleep;

use crate::support::mqtt::{MqttClient, connect, id, keeping, publish, with_will};
use crate::support::{Service, until};

async fn exists(service: &Service, id: &str) -> bool {
    let target = format!("/api/hubs/chat/connections/{id}");
    service.call("HEAD", &target).await.status == 200
}

async fn gone(service: &Service, id: &str) {
    until("the session is gone", async || !exists(service, id).await).await;
}

async fn send(service: &Service, group: &str, text: &'static str) {
    let target = format!("/api/hubs/chat/groups/{group}/:send");
    assert_eq!(service.post(&target, "text/plain", text).await.status, 202);
}

#[tokio::test]
async fn a_session_keeps_subscriptions_and_messages() {
    let service = Service::start().await;
    let (mut client, connack) = service.mqtt(keeping("a", 30)).await;
    assert!(!connack.session_present);
    client.subscribe("t", QoS::Level2).await;
    client.subscribe("zero", QoS::Level0).await;
    send(&service, "t", "unacknowledged").await;
    let first = client.message().await.qos_pid.pid().unwrap();
    client.vanish().await;
    send(&service, "t", "meanwhile").await;
    let (mut client, connack) = service.mqtt(keeping("a", 30)).await;
    assert!(connack.session_present);
    let again = client.message().await;
    assert_eq!(
        (again.dup, again.qos_pid.pid(), &again.payload[..]),
        (true, Some(first), &b"unacknowledged"[..])
    );
    let next = client.message().await;
    assert_eq!((next.dup, &next.payload[..]), (false, &b"meanwhile"[..]));
    for message in [again, next] {
        client
            .send(Puback::new_success(message.qos_pid.pid().unwrap()))
            .await;
    }
    client.ping().await;
    client.vanish().await;
    send(&service, "zero", "dropped").await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    client.ping().await;
}

#[tokio::test]
async fn what_is_under_way_with_qos_2_goes_on() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    client.subscribe("t", QoS::Level2).await;
    let (mut sender, _) = service.mqtt(connect("b")).await;
    sender.send(publish("t", QosPid::Level2(id(1)), "x")).await;
    let theirs = client.message().await.qos_pid.pid().unwrap();
    client.send(Pubrec::new_success(theirs)).await;
    assert_eq!(client.next().await, Pubrel::new_success(theirs).into());
    client.send(publish("u", QosPid::Level2(id(2)), "y")).await;
    assert_eq!(client.next().await, Pubrec::new_success(id(2)).into());
    client.vanish().await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    assert_eq!(client.next().await, Pubrel::new_success(theirs).into());
    client.send(Pubrel::new_success(id(2))).await;
    assert!(matches!(client.next().await, Packet::Pubcomp(p) if p.reason_code as u8 == 0));
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let service = Service::start().await;
    let (client, _) = service.mqtt(connect("none")).await;
    client.vanish().await;
    gone(&service, "none").await;
    let (client, _) = service.mqtt(keeping("one", 1)).await;
    client.vanish().await;
    gone(&service, "one").await;
    let (_, connack) = service.mqtt(keeping("one", 30)).await;
    assert!(!connack.session_present);
    // DISCONNECT may say otherwise, but not bring to life what was to end.
    let (mut client, _) = service.mqtt(keeping("two", 30)).await;
    let mut packet = Disconnect::new_normal();
    packet.properties.session_expiry_interval = Some(0);
    client.send(packet).await;
    gone(&service, "two").await;
    let (mut client, _) = service.mqtt(connect("three")).await;
    let mut packet = Disconnect::new_normal();
    packet.properties.session_expiry_interval = Some(10);
    client.send(packet).await;
    assert_eq!(client.disconnected().await.0, 130);
}

#[tokio::test]
async fn mqtt_3_sessions_are_kept_without_clean_session() {
    let service = Service::start().await;
    let url = service.mqtt_url("chat", &json!({"role": ["webpubsub.joinLeaveGroup"]}));
    for (clean, is_present) in [(false, false), (false, true), (true, false)] {
        let mut client = MqttClient::open(&url).await;
        let mut packet = v3::Connect::new("a".into(), 60);
        packet.clean_session = clean;
        client.send_v3(packet.into()).await;
        let v3::Packet::Connack(connack) = client.next_v3().await else {
            panic!("no CONNACK");
        };
        assert_eq!(connack.session_present, is_present, "clean: {clean}");
        client.send_v3(v3::Packet::Disconnect).await;
        match clean {
            false => assert!(exists(&service, "a").await),
            true => gone(&service, "a").await,
        }
    }
}

#[tokio::test]
async fn the_second_connection_takes_over() {
    let service = Service::start().await;
    let (mut first, _) = service.mqtt(keeping("a", 30)).await;
    first.subscribe("t", QoS::Level1).await;
    let (mut second, connack) = service.mqtt(keeping("a", 30)).await;
    assert!(connack.session_present);
    assert_eq!(first.disconnected().await.0, 142);
    send(&service, "t", "x").await;
    assert_eq!(second.message().await.payload, "x");
    // With a clean start, the session ends.
    let (mut third, connack) = service.mqtt(connect("a")).await;
    assert!(!connack.session_present);
    assert_eq!(second.disconnected().await.0, 142);
    send(&service, "t", "y").await;
    third.ping().await;
    assert!(exists(&service, "a").await);
}

#[tokio::test]
async fn many_connections_of_one_client_leave_one() {
    let service = Service::start().await;
    let mut tasks = Vec::new();
    for clean in [true, false].repeat(10) {
        let mut packet = keeping("a", 30);
        packet.clean_start = clean;
        let url = service.mqtt_url("chat", &json!({}));
        tasks.push(tokio::spawn(async move {
            let mut client = MqttClient::open(&url).await;
            client.send(packet).await;
            client
        }));
    }
    let mut clients = Vec::new();
    for task in tasks {
        clients.push(task.await.unwrap());
    }
    let (mut last, _) = service.mqtt(keeping("a", 30)).await;
    last.ping().await;
    assert!(exists(&service, "a").await);
    last.send(Disconnect::new_normal()).await;
    assert!(exists(&service, "a").await);
}

#[tokio::test]
async fn a_will_is_published_unless_the_client_says_goodbye() {
    let service = Service::start().await;
    let (mut watcher, _) = service.mqtt(connect("watcher")).await;
    watcher.subscribe("wills", QoS::Level1).await;
    let (mut polite, _) = service.mqtt(with_will(connect("a"), "polite", 0)).await;
    polite.send(Disconnect::new_normal()).await;
    gone(&service, "a").await;
    let (mut with_message, _) = service.mqtt(with_will(connect("a"), "on request", 0)).await;
    with_message
        .send(Disconnect::new(DisconnectReasonCode::DisconnectWithWillMessage))
        .await;
    assert_eq!(watcher.message().await.payload, "on request");
    let (lost, _) = service.mqtt(with_will(connect("a"), "lost", 0)).await;
    // Not even the socket is closed.
    drop(lost);
    assert_eq!(watcher.message().await.payload, "lost");
    let (mut bad, _) = service.mqtt(with_will(connect("a"), "bad", 0)).await;
    bad.send_bytes(&[0, 0]).await;
    assert_eq!(watcher.message().await.payload, "bad");
    let (_closed, _) = service.mqtt(with_will(connect("b"), "closed", 0)).await;
    service
        .expect(204, "DELETE", "/api/hubs/chat/connections/b")
        .await;
    // The close has taken the client and its permissions away, but not its will.
    assert_eq!(watcher.message().await.payload, "closed");
}

#[tokio::test]
async fn a_delayed_will_waits_for_the_client() {
    let service = Service::start().await;
    let (mut watcher, _) = service.mqtt(connect("watcher")).await;
    watcher.subscribe("wills", QoS::Level1).await;
    // It comes back in time.
    let (client, _) = service.mqtt(with_will(keeping("a", 30), "never", 20)).await;
    client.vanish().await;
    let (mut client, connack) = service.mqtt(keeping("a", 30)).await;
    assert!(connack.session_present);
    client.send(Disconnect::new_normal()).await;
    // It does not, before the delay or before its session ends.
    let (client, _) = service.mqtt(with_will(keeping("b", 30), "late", 1)).await;
    client.vanish().await;
    assert_eq!(watcher.message().await.payload, "late");
    assert!(exists(&service, "b").await);
    let (client, _) = service.mqtt(with_will(keeping("c", 1), "at the end", 20)).await;
    client.vanish().await;
    assert_eq!(watcher.message().await.payload, "at the end");
    gone(&service, "c").await;
}

#[tokio::test]
async fn the_rest_api_ends_sessions() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    service
        .expect(204, "DELETE", "/api/hubs/chat/connections/a?reason=enough")
        .await;
    assert_eq!(client.disconnected().await, (152, "enough".to_owned()));
    let (client, _) = service.mqtt(keeping("b", 30)).await;
    client.vanish().await;
    service
        .expect(204, "POST", "/api/hubs/chat/:closeConnections")
        .await;
    let (_, connack) = service.mqtt(keeping("b", 30)).await;
    assert!(!connack.session_present);
}

#[tokio::test]
async fn a_stop_says_so() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(connect("a")).await;
    let url = service.mqtt_url("chat", &json!({}));
    let _waiting = MqttClient::open(&url).await;
    service.emulator.stop().await;
    assert_eq!(client.disconnected().await, (139, "ServiceReload".to_owned()));
}

#[tokio::test]
async fn a_silent_client_is_disconnected() {
    let service = Service::start().await;
    let mut packet = connect("a");
    packet.keep_alive = 1;
    let (mut client, _) = service.mqtt(packet).await;
    assert_eq!(client.disconnected().await.0, 141);
    gone(&service, "a").await;
}

#[tokio::test]
async fn messages_expire_while_they_wait() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    client.subscribe("t", QoS::Level1).await;
    client.vanish().await;
    let (mut sender, _) = service.mqtt(connect("b")).await;
    let mut packet = publish("t", QosPid::Level1(id(1)), "short");
    packet.properties.message_expiry_interval = Some(1);
    sender.publish(packet).await;
    sender.publish(publish("t", QosPid::Level1(id(1)), "long")).await;
    sleep(Duration::from_millis(1100)).await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    assert_eq!(client.message().await.payload, "long");
}

#[tokio::test]
async fn a_client_that_is_away_does_not_make_the_service_grow() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(keeping("a", 30)).await;
    client.subscribe("t", QoS::Level1).await;
    client.vanish().await;
    for _ in 0..1001 {
        send(&service, "t", "x").await;
    }
    gone(&service, "a").await;
}
