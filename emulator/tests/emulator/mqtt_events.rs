//! The events of MQTT clients, and what their handler's answers do.

use axum::body::Body;
use axum::http::Response;
use mqtt_proto::v5::{Disconnect, DisconnectReasonCode, Packet, UserProperty};
use mqtt_proto::{QoS, QosPid, v3};
use serde_json::{Value, json};
use webpubsub_emulator::{EventHandler, SystemEvent};

use crate::support::mqtt::{MqttClient, connect, id, keeping, publish};
use crate::support::{Received, Service, Webhook, answer, ok};

const EVENTS: &str = "$webpubsub/server/events/";

fn property(name: &str, value: &str) -> UserProperty {
    UserProperty {
        name: name.into(),
        value: value.into(),
    }
}

/// The last event of a client that connects and goes.
async fn life(webhook: &mut Webhook) -> Received {
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    webhook.event("sys.disconnected").await
}

/// A handler that answers connect with this and everything else with 200.
async fn connect_answer(status: u16, body: Value) -> Webhook {
    Webhook::start(move |request| match request.event() {
        "sys.connect" => answer(status, "application/json", body.to_string()),
        _ => ok(),
    })
    .await
}

#[tokio::test]
async fn the_connect_event_tells_everything_about_the_client() {
    let body = json!({
        "userId": "bob", "groups": ["g"], "roles": ["webpubsub.sendToGroup"], "subprotocol": "mqtt",
        "mqtt": {"userProperties": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]},
    });
    let mut webhook = connect_answer(200, body).await;
    let service = Service::with_webhook(&webhook).await;
    let mut packet = keeping("client1", 30);
    packet.username = Some("ann".into());
    packet.password = Some(vec![0, 255].into());
    packet.properties.user_properties = vec![property("x", "y")];
    let (mut client, connack) = service.mqtt_with(json!({"sub": "token"}), packet).await;
    assert_eq!(
        connack.properties.user_properties,
        [property("a", "1"), property("a", "2")]
    );

    let event = webhook.event("sys.connect").await;
    let physical = event.header("ce-physicalconnectionid").to_owned();
    for (name, value) in [
        ("ce-id", "0"),
        ("ce-connectionid", "client1"),
        ("ce-subprotocol", "mqtt"),
        ("ce-userid", "token"),
        ("ce-sessionid", ""),
        ("ce-source", &format!("/hubs/chat/client/client1/{physical}")),
    ] {
        assert_eq!(event.header(name), value, "{name}");
    }
    assert!(!physical.is_empty());
    let body = event.json();
    assert_eq!(
        body["mqtt"],
        json!({
            "protocolVersion": 5, "cleanStart": false, "username": "ann", "password": "AP8=",
            "userProperties": [{"name": "x", "value": "y"}],
        })
    );
    assert_eq!(
        (&body["subprotocols"], &body["claims"]["sub"]),
        (&json!(["mqtt"]), &json!(["token"]))
    );

    let event = webhook.event("sys.connected").await;
    let session = event.header("ce-sessionid").to_owned();
    assert!(!session.is_empty());
    assert_eq!(
        (
            event.header("ce-userid"),
            event.header("ce-physicalconnectionid"),
            event.json()
        ),
        ("bob", &physical[..], json!({}))
    );
    assert_eq!(webhook.event("gp.joined").await.json(), json!({"group": "g"}));
    assert_eq!(client.publish(publish("g", QosPid::Level1(id(1)), "x")).await, 0);

    // Coming back asks again, but changes nothing and is no new session.
    client.vanish().await;
    let (mut client, connack) = service.mqtt_with(json!({}), keeping("client1", 30)).await;
    assert!(connack.session_present);
    let event = webhook.event("sys.connect").await;
    let second = event.header("ce-physicalconnectionid").to_owned();
    assert_ne!(second, physical);
    let mut packet = Disconnect::new(DisconnectReasonCode::UnspecifiedError);
    packet.properties.session_expiry_interval = Some(0);
    packet.properties.reason_string = Some("tired".into());
    packet.properties.user_properties = vec![property("p", "q")];
    client.send(packet).await;
    let event = webhook.event("sys.disconnected").await;
    assert_eq!(
        (
            event.header("ce-sessionid"),
            event.header("ce-physicalconnectionid"),
            event.header("ce-userid")
        ),
        (&session[..], &second[..], "bob")
    );
    assert_eq!(
        event.json(),
        json!({"reason": "tired", "mqtt": {
            "initiatedByClient": true,
            "disconnectPacket": {"code": 128, "userProperties": [{"name": "p", "value": "q"}]},
        }})
    );
}

#[tokio::test]
async fn the_end_is_told_as_it_was() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let (client, _) = service.mqtt(connect("a")).await;
    client.vanish().await;
    let event = life(&mut webhook).await;
    assert_eq!(
        event.json(),
        json!({"reason": "", "mqtt": {"initiatedByClient": false, "disconnectPacket": null}})
    );
    let (_client, _) = service.mqtt(connect("a")).await;
    service
        .expect(204, "DELETE", "/api/hubs/chat/connections/a?reason=r")
        .await;
    let event = life(&mut webhook).await;
    let packet = json!({"code": 152, "userProperties": null});
    assert_eq!(
        event.json(),
        json!({"reason": "r", "mqtt": {"initiatedByClient": false, "disconnectPacket": packet}})
    );
    let mut client = MqttClient::open(&service.mqtt_url("chat", &json!({}))).await;
    client.send_v3(v3::Connect::new("a".into(), 60).into()).await;
    client.send_v3(v3::Packet::Disconnect).await;
    let event = life(&mut webhook).await;
    let packet = json!({"code": 0, "userProperties": null});
    assert_eq!(
        event.json(),
        json!({"reason": "", "mqtt": {"initiatedByClient": true, "disconnectPacket": packet}})
    );
}

#[tokio::test]
async fn refusals_reach_the_client_in_its_version() {
    for (status, body, code_v3, code_v5) in [
        (401, json!({"mqtt": {"code": 138}}), 3, 138),
        (401, json!({"mqtt": {"code": 4}}), 4, 128),
        (401, json!({"mqtt": {"code": 0}}), 3, 128),
        (500, json!({"mqtt": {"code": 999}}), 3, 128),
        (400, json!({}), 4, 134),
        (401, json!("no object"), 5, 135),
        (403, json!({"mqtt": null}), 3, 128),
    ] {
        let webhook = connect_answer(status, body.clone()).await;
        let template = webhook.url("/{hub}/{event}");
        let service = Service::with(|builder| {
            builder
                .event_retry_delays(vec![])
                .event_handler("chat", &template)
                .unwrap()
        })
        .await;
        let (_, connack) = service.mqtt(connect("a")).await;
        assert_eq!(connack.reason_code as u8, code_v5, "{status} {body}");
        let mut client = MqttClient::open(&service.mqtt_url("chat", &json!({}))).await;
        client.send_v3(v3::Connect::new("a".into(), 60).into()).await;
        match client.next_v3().await {
            v3::Packet::Connack(connack) => assert_eq!(connack.code as u8, code_v3, "{status} {body}"),
            other => panic!("{other:?}"),
        }
        client.socket.closed().await;
    }
}

#[tokio::test]
async fn a_refusal_has_its_reason_and_properties() {
    let body =
        json!({"mqtt": {"code": 151, "reason": "full", "userProperties": [{"name": "a", "value": "b"}]}});
    let webhook = connect_answer(429, body).await;
    let service = Service::with_webhook(&webhook).await;
    let (mut client, connack) = service.mqtt(connect("a")).await;
    assert_eq!(
        (
            connack.reason_code as u8,
            connack.properties.reason_string.as_deref(),
            connack.properties.user_properties,
        ),
        (151, Some("full"), vec![property("a", "b")])
    );
    assert_eq!(client.socket.closed().await, (1008, "full".to_owned()));
    service.expect(404, "HEAD", "/api/hubs/chat/connections/a").await;
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_refuses_and_is_told() {
    for body in [
        json!({"subprotocol": "json.webpubsub.azure.v1"}),
        json!({"groups": [" "]}),
        json!({"roles": ["webpubsub.joinLeaveGroups.*****************"]}),
    ] {
        let mut webhook = connect_answer(200, body.clone()).await;
        let service = Service::with_webhook(&webhook).await;
        let (_, connack) = service.mqtt(connect("a")).await;
        assert_eq!(connack.reason_code as u8, 128, "{body}");
        webhook.event("sys.connect").await;
        webhook.event("sys.disconnected").await;
    }
}

fn event_answer(name: &str) -> Response<Body> {
    let mut response = match name {
        "user.ok" => answer(200, "text/x-reply", "reply"),
        "user.empty" => return answer_without_body(204),
        _ => answer(418, "application/json", "{}"),
    };
    let headers = response.headers_mut();
    headers.insert("mqtt-left", "right".parse().unwrap());
    headers.insert("ce-connectionstate", "state".parse().unwrap());
    response
}

fn answer_without_body(status: u16) -> Response<Body> {
    let mut response = ok();
    *response.status_mut() = status.try_into().unwrap();
    response
}

#[tokio::test]
async fn events_go_to_the_handler_and_answers_come_back() {
    let mut webhook = Webhook::start(|request| match request.event() {
        name if name.starts_with("user.") => event_answer(name),
        _ => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    // Events need no role.
    let (mut client, _) = service.mqtt_with(json!({"sub": "ann"}), connect("a")).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    for (at, (name, status, outcome, content_type, payload)) in [
        ("ok", "200", "succeeded", Some("text/x-reply"), "reply"),
        ("empty", "204", "succeeded", None, ""),
        ("bad", "418", "failed", Some("application/json"), "{}"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut packet = publish(&format!("{EVENTS}{name}"), QosPid::Level1(id(5)), "body");
        packet.properties.content_type = Some("text/x-own".into());
        packet.properties.correlation_data = Some("c".into());
        packet.properties.user_properties =
            vec![property("x", "1"), property("x", "2"), property("no header", "3")];
        client.send(packet).await;
        let packets = [client.next().await, client.next().await];
        let reply = packets
            .into_iter()
            .find_map(|packet| match packet {
                Packet::Publish(packet) => Some(packet),
                _ => None,
            })
            .unwrap();
        assert_eq!(&*reply.topic_name, format!("{EVENTS}{name}/{outcome}"));
        assert_eq!(
            (&reply.payload[..], reply.qos_pid.qos()),
            (payload.as_bytes(), QoS::Level1)
        );
        let properties = reply.properties;
        assert_eq!(
            (
                properties.content_type.as_deref(),
                properties.correlation_data.as_deref()
            ),
            (content_type, Some(&b"c"[..]))
        );
        let mut expected = vec![property("azure-status-code", status)];
        if name != "empty" {
            expected.insert(0, property("left", "right"));
        }
        assert_eq!(properties.user_properties, expected);

        let event = webhook.event(&format!("user.{name}")).await;
        assert_eq!(
            (
                event.header("content-type"),
                &event.body[..],
                event.header("ce-userid")
            ),
            ("text/x-own", &b"body"[..], "ann")
        );
        let values: Vec<_> = event.headers.get_all("mqtt-x").iter().collect();
        assert_eq!(values, ["1", "2"]);
        let state = if at == 0 { "" } else { "state" };
        assert_eq!(event.header("ce-connectionstate"), state);
        assert!(!event.header("ce-sessionid").is_empty());
    }
    // What no event can be.
    let mut packet = publish(&format!("{EVENTS}ok"), QosPid::Level1(id(6)), "body");
    packet.properties.content_type = Some("no type".into());
    assert_eq!(client.publish(packet).await, 153);
    let packet = publish(&format!("{EVENTS}1"), QosPid::Level1(id(6)), "body");
    assert_eq!(client.publish(packet).await, 144);
}

#[tokio::test]
async fn an_event_without_handler_fails() {
    let service = Service::start().await;
    let (mut client, _) = service.mqtt(connect("a")).await;
    client
        .send(publish(&format!("{EVENTS}e"), QosPid::Level0, "x"))
        .await;
    let reply = client.message().await;
    assert_eq!(
        (&*reply.topic_name, &reply.payload[..]),
        (
            &*format!("{EVENTS}e/failed"),
            &b"No event handler is configured for this hub."[..]
        )
    );
    assert_eq!(
        reply.properties.user_properties,
        [property("azure-status-code", "500")]
    );
}

#[tokio::test]
async fn each_event_goes_to_the_handler_that_takes_it() {
    let mut system = Webhook::start(|_| ok()).await;
    let mut user = Webhook::start(|_| answer(200, "text/plain", "taken")).await;
    let handlers = [
        EventHandler::new(&system.url("/{hub}/{event}"))
            .unwrap()
            .system_events([SystemEvent::Connected, SystemEvent::Disconnected]),
        EventHandler::new(&user.url("/{hub}/{event}"))
            .unwrap()
            .user_events("order")
            .unwrap(),
    ];
    let service = Service::with(|builder| {
        handlers.into_iter().fold(builder, |builder, handler| {
            builder.add_event_handler("chat", handler).unwrap()
        })
    })
    .await;
    let (mut client, connack) = service.mqtt(connect("a")).await;
    assert_eq!(connack.reason_code as u8, 0);
    for (event, outcome, payload) in [
        ("order", "succeeded", "taken"),
        (
            "cancel",
            "failed",
            "No event handler of this hub takes this event.",
        ),
    ] {
        client
            .send(publish(&format!("{EVENTS}{event}"), QosPid::Level0, "x"))
            .await;
        let reply = client.message().await;
        assert_eq!(
            (&*reply.topic_name, &reply.payload[..]),
            (&*format!("{EVENTS}{event}/{outcome}"), payload.as_bytes())
        );
    }
    client.send(Disconnect::new_normal()).await;
    system.event("sys.connected").await;
    assert_eq!(
        system.event("sys.disconnected").await.json()["mqtt"]["initiatedByClient"],
        true
    );
    user.event("user.order").await;
    assert!(user.is_silent());
}
