//! MQTT clients among themselves: publishing, subscribing, and what either may not do.

use mqtt_proto::v5::{
    Packet, Puback, Pubcomp, PublishProperties, Pubrec, Pubrel, Subscribe, SubscriptionOptions, Unsubscribe,
};
use mqtt_proto::{QoS, QosPid, TopicFilter, v3};
use serde_json::json;

use crate::support::Service;
use crate::support::mqtt::{MqttClient, connect, id, publish};

fn qos1(topic: &str, payload: &str) -> mqtt_proto::v5::Publish {
    publish(topic, QosPid::Level1(id(1)), payload)
}

#[tokio::test]
async fn a_message_comes_with_the_lower_quality_of_service() {
    let service = Service::start().await;
    let (mut sender, _) = service.mqtt(connect("sender")).await;
    let levels = [QoS::Level0, QoS::Level1, QoS::Level2];
    for subscribed in levels {
        let (mut receiver, _) = service
            .mqtt(connect(&format!("receiver{}", subscribed as u8)))
            .await;
        assert_eq!(receiver.subscribe("t", subscribed).await, subscribed as u8);
        for (at, sent) in [QosPid::Level0, QosPid::Level1(id(1)), QosPid::Level2(id(2))]
            .into_iter()
            .enumerate()
        {
            sender.send(publish("t", sent, "x")).await;
            match sent {
                QosPid::Level0 => {}
                QosPid::Level1(id) => assert_eq!(sender.next().await, Puback::new_success(id).into()),
                QosPid::Level2(id) => {
                    assert_eq!(sender.next().await, Pubrec::new_success(id).into());
                    sender.send(Pubrel::new_success(id)).await;
                    assert_eq!(sender.next().await, Pubcomp::new_success(id).into());
                }
            }
            let message = receiver.message().await;
            let expected = levels[at].min(subscribed);
            assert_eq!(
                (message.qos_pid.qos(), message.dup, message.retain),
                (expected, false, false)
            );
        }
    }
}

#[tokio::test]
async fn a_message_of_qos_2_is_published_once() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(connect("a")).await;
    client.subscribe("t", QoS::Level2).await;
    let mut packet = publish("t", QosPid::Level2(id(7)), "once");
    client.send(packet.clone()).await;
    packet.dup = true;
    client.send(packet.clone()).await;
    // The message itself, and an answer to each of the two packets.
    let mut received = Vec::new();
    for _ in 0..3 {
        received.push(client.next().await);
    }
    let answers = received
        .iter()
        .filter(|p| **p == Pubrec::new_success(id(7)).into())
        .count();
    assert_eq!(answers, 2, "{received:?}");
    let messages = received.iter().filter_map(|packet| match packet {
        Packet::Publish(packet) => packet.qos_pid.pid(),
        _ => None,
    });
    let own = messages.collect::<Vec<_>>();
    assert_eq!(own.len(), 1);
    client.send(Pubrel::new_success(id(7))).await;
    assert_eq!(client.next().await, Pubcomp::new_success(id(7)).into());
    client.send(Pubrel::new_success(id(7))).await;
    assert!(matches!(client.next().await, Packet::Pubcomp(p) if p.reason_code as u8 == 146));
    client.send(Pubrec::new_success(own[0])).await;
    assert_eq!(client.next().await, Pubrel::new_success(own[0]).into());
    client.send(Pubcomp::new_success(own[0])).await;
    // The id is free again.
    packet.dup = false;
    client.send(packet).await;
    assert_eq!(client.next().await, Pubrec::new_success(id(7)).into());
}

#[tokio::test]
async fn the_roles_decide_about_topics() {
    let service = Service::start().await;
    let claims = json!({"role": ["webpubsub.joinLeaveGroup.in", "webpubsub.sendToGroup.out"]});
    let (mut client, _) = service.mqtt_with(claims, connect("a")).await;
    assert_eq!(client.subscribe("in", QoS::Level1).await, 1);
    assert_eq!(client.subscribe("out", QoS::Level1).await, 135);
    assert_eq!(client.publish(qos1("out", "x")).await, 0);
    assert_eq!(client.publish(qos1("in", "x")).await, 135);
    client.send(publish("in", QosPid::Level2(id(3)), "x")).await;
    assert!(matches!(client.next().await, Packet::Pubrec(p) if p.reason_code as u8 == 135));
    // The REST API changes that while the client is there.
    let permission = "/api/hubs/chat/permissions";
    service
        .expect(
            200,
            "PUT",
            &format!("{permission}/sendToGroup/connections/a?targetName=in"),
        )
        .await;
    service
        .expect(
            204,
            "DELETE",
            &format!("{permission}/joinLeaveGroup/connections/a?targetName=in"),
        )
        .await;
    assert_eq!(client.publish(qos1("elsewhere", "x")).await, 135);
    client.send(qos1("in", "x")).await;
    let packets = [client.next().await, client.next().await];
    assert!(
        packets.contains(&Puback::new_success(id(1)).into()),
        "{packets:?}"
    );
    client
        .send(Unsubscribe::new(
            id(4),
            ["in", "never"]
                .map(|t| TopicFilter::try_from(t).unwrap())
                .to_vec(),
        ))
        .await;
    match client.next().await {
        Packet::Unsuback(packet) => {
            assert_eq!(
                packet.topics.iter().map(|code| *code as u8).collect::<Vec<_>>(),
                [135, 17]
            );
        }
        other => panic!("{other:?}"),
    }
    // A message of QoS 0 has no answer but the end.
    client.send(publish("elsewhere", QosPid::Level0, "x")).await;
    let (code, reason) = client.disconnected().await;
    assert_eq!((code, reason.contains("'elsewhere'")), (135, true));
}

#[tokio::test]
async fn mqtt_3_says_no_by_closing() {
    let service = Service::start().await;
    let url = service.mqtt_url("chat", &json!({}));
    let mut client = MqttClient::open(&url).await;
    client.send_v3(v3::Connect::new("a".into(), 60).into()).await;
    client.next_v3().await;
    let filters = ["g", "a/+", "$share/g/t"].map(|t| (TopicFilter::try_from(t).unwrap(), QoS::Level1));
    client
        .send_v3(v3::Subscribe::new(id(1), filters.to_vec()).into())
        .await;
    assert_eq!(&client.next_bytes().await[..], b"\x90\x05\0\x01\x80\x80\x80");
    let topic = "g".try_into().unwrap();
    client
        .send_v3(v3::Publish::new(QosPid::Level1(id(1)), topic, "x".into()).into())
        .await;
    let (code, reason) = client.socket.closed().await;
    assert_eq!(
        (code, reason.contains("permission to send to group 'g'")),
        (1008, true)
    );
}

#[tokio::test]
async fn what_the_service_has_not_is_refused_by_name() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(connect("a")).await;
    let long = "t".repeat(1025);
    let filters = ["a/+", "#", "$share/g/t", " ", &long, "fine"];
    let filters = filters.map(|t| {
        (
            TopicFilter::try_from(t).unwrap(),
            SubscriptionOptions::new(QoS::Level1),
        )
    });
    client.send(Subscribe::new(id(1), filters.to_vec())).await;
    match client.next().await {
        Packet::Suback(packet) => {
            let codes: Vec<_> = packet.topics.iter().map(|code| *code as u8).collect();
            assert_eq!(codes, [162, 162, 158, 143, 143, 1]);
            let reason = packet.properties.reason_string.unwrap();
            assert!(reason.contains("wildcards are not supported"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    for topic in ["$webpubsub/else", " ", "$webpubsub/server/events/a/b", &long] {
        assert_eq!(client.publish(qos1(topic, "x")).await, 144, "{topic}");
    }
    let mut retained = qos1("t", "x");
    retained.retain = true;
    client.send(retained).await;
    assert_eq!(client.disconnected().await.0, 154);
    let (mut client, _) = service.mqtt(connect("b")).await;
    let mut alias = qos1("t", "x");
    alias.properties.topic_alias = Some(1);
    client.send(alias).await;
    assert_eq!(client.disconnected().await.0, 148);
}

#[tokio::test]
async fn properties_and_options_of_mqtt_5_are_kept() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(connect("a")).await;
    let mut options = SubscriptionOptions::new(QoS::Level1);
    options.no_local = true;
    let mut packet = Subscribe::new(id(1), vec![(TopicFilter::try_from("t").unwrap(), options)]);
    packet.properties.subscription_id = Some(5.try_into().unwrap());
    client.send(packet).await;
    client.next().await;
    // Its own message does not come back.
    assert_eq!(client.publish(qos1("t", "mine")).await, 0);
    let (mut other, _) = service.mqtt(connect("b")).await;
    let properties = PublishProperties {
        payload_is_utf8: Some(true),
        message_expiry_interval: Some(1000),
        response_topic: Some("r".try_into().unwrap()),
        correlation_data: Some("c".into()),
        user_properties: ["1", "2"]
            .map(|value| mqtt_proto::v5::UserProperty {
                name: "n".into(),
                value: value.into(),
            })
            .to_vec(),
        content_type: Some("x/y".into()),
        ..PublishProperties::default()
    };
    let mut packet = qos1("t", "theirs");
    packet.properties = properties.clone();
    assert_eq!(other.publish(packet).await, 0);
    let got = client.message().await.properties;
    let left = got.message_expiry_interval.unwrap();
    assert!((900..=1000).contains(&left), "{left}");
    assert_eq!(
        got,
        PublishProperties {
            subscription_id: Some(5.try_into().unwrap()),
            message_expiry_interval: Some(left),
            ..properties
        }
    );
    // Identifier 0 does not exist.
    let filter = TopicFilter::try_from("t").unwrap();
    let mut packet = Subscribe::new(id(1), vec![(filter, SubscriptionOptions::new(QoS::Level0))]);
    packet.properties.subscription_id = Some(0.try_into().unwrap());
    client.send(packet).await;
    assert_eq!(client.disconnected().await.0, 130);
}

#[tokio::test]
async fn a_client_gets_no_more_and_nothing_larger_than_it_takes() {
    let service = Service::start().await;
    let mut packet = connect("a");
    packet.properties.receive_max = Some(2);
    packet.properties.max_packet_size = Some(200);
    let (mut client, _) = service.mqtt(packet).await;
    client.subscribe("t", QoS::Level1).await;
    let large = "x".repeat(300);
    for payload in ["1", &large, "2", "3"] {
        service
            .post("/api/hubs/chat/groups/t/:send", "text/plain", payload.to_owned())
            .await;
    }
    let first = client.message().await;
    assert_eq!(client.message().await.payload, "2");
    // Two are not acknowledged: the third waits.
    client.ping().await;
    client
        .send(Puback::new_success(first.qos_pid.pid().unwrap()))
        .await;
    assert_eq!(client.message().await.payload, "3");
}

#[tokio::test]
async fn a_client_that_acknowledges_nothing_is_closed_as_too_slow() {
    let service = Service::start().await;
    let mut packet = connect("slow");
    packet.properties.receive_max = Some(1);
    let (mut client, _) = service.mqtt(packet).await;
    client.subscribe("t", QoS::Level1).await;
    for _ in 0..1002 {
        service
            .post("/api/hubs/chat/groups/t/:send", "text/plain", "x")
            .await;
    }
    client.message().await;
    assert_eq!(client.disconnected().await, (151, "SlowClient".to_owned()));
}
