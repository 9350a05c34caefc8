//! What events say.

use serde_json::json;
use webpubsub_edge::events::{Connect, Data, DataType, Disconnected, GroupChange, Kind, mqtt};

use crate::service::{CONNECTION, ORIGIN, Request, SIGNED_PRIMARY, SIGNED_SECONDARY, event, handler, words};

#[test]
fn every_kind_of_event() {
    let kinds = [
        ("sys.connect", Kind::Connect, true),
        ("sys.connected", Kind::Connected, false),
        ("sys.disconnected", Kind::Disconnected, false),
        ("gp.joined", Kind::GroupJoined, false),
        ("gp.left", Kind::GroupLeft, false),
        ("user.a.b", Kind::User(DataType::Json), true),
    ];
    for (kind, expected, blocking) in kinds {
        let request = Request::event(kind);
        let event = event(&handler(), &request);
        assert_eq!((event.kind(), event.kind().is_blocking()), (expected, blocking));
        assert_eq!(event.event_name(), kind.split_once('.').unwrap().1);
    }
}

#[test]
fn what_the_head_says() {
    let request = Request::event("user.note")
        .without("ce-eventName")
        .and("ce-userId", "Zoë")
        .and("ce-subprotocol", "json.webpubsub.azure.v1")
        .and("X-WebPubSub-Metadata-Locale", "de")
        .and("X-WebPubSub-Metadata-", "nameless");
    let handler = handler();
    let event = event(&handler, &request);
    assert_eq!(
        (event.hub(), event.connection_id(), event.event_name()),
        ("chat", CONNECTION, "note")
    );
    assert_eq!(
        (event.user_id(), event.subprotocol()),
        (Some("Zoë"), Some("json.webpubsub.azure.v1"))
    );
    assert_eq!(event.origin(), ORIGIN);
    assert_eq!(event.signature(), format!("{SIGNED_PRIMARY},{SIGNED_SECONDARY}"));
    assert_eq!(
        (event.id(), event.time()),
        (Some("1"), Some("2026-01-31T12:00:00Z"))
    );
    assert_eq!(event.source(), Some(&*format!("/hubs/chat/client/{CONNECTION}")));
    assert_eq!(event.metadata(), [("Locale", "de")]);
    assert_eq!((event.physical_connection_id(), event.session_id()), (None, None));
    assert_eq!(event.content_type(), Some("application/json"));
}

#[test]
fn the_body_of_a_connect_event() {
    let body = json!({
        "claims": {"sub": ["ada"]}, "query": {"room": ["1", "2"]}, "headers": {}, "subprotocols": ["a"],
        "clientCertificates": [{"thumbprint": "ab", "content": null}], "more": 1
    });
    let connect = Connect::read(body.to_string().as_bytes()).unwrap();
    assert_eq!(connect.claims["sub"], ["ada"]);
    assert_eq!(connect.query["room"], ["1", "2"]);
    assert_eq!(connect.subprotocols, ["a"]);
    assert_eq!(connect.client_certificates[0].thumbprint, "ab");
    assert!(connect.mqtt.is_none());
    let mqtt = json!({"claims": null, "mqtt": {
        "protocolVersion": 5, "cleanStart": true, "username": "ada", "password": "c2VjcmV0",
        "userProperties": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]
    }});
    let mqtt = Connect::read(mqtt.to_string().as_bytes()).unwrap().mqtt.unwrap();
    assert_eq!(
        (mqtt.protocol_version, mqtt.username.as_deref()),
        (mqtt::V5, Some("ada"))
    );
    assert_eq!(mqtt.user_properties.len(), 2);
    assert!(!format!("{mqtt:?}").contains("c2VjcmV0"));
    for body in [
        "",
        "{",
        "[]",
        r#"{"claims":{"sub":"ada"}}"#,
        r#"{"subprotocols":"a"}"#,
        r#"{"mqtt":{}}"#,
    ] {
        let answer = Connect::read(body.as_bytes()).unwrap_err();
        assert_eq!(
            (answer.status(), words(&answer).contains("connect event")),
            (400, true),
            "{body}"
        );
    }
}

#[test]
fn the_bodies_of_other_events() {
    let left = Disconnected::read(br#"{"reason":null,"mqtt":{"initiatedByClient":true,"disconnectPacket":{"code":4,"userProperties":null}}}"#).unwrap();
    assert_eq!(
        (left.reason, left.mqtt.unwrap().disconnect_packet.unwrap().code),
        (None, 4)
    );
    let lost =
        Disconnected::read(br#"{"reason":"","mqtt":{"initiatedByClient":false,"disconnectPacket":null}}"#)
            .unwrap();
    assert!(lost.mqtt.unwrap().disconnect_packet.is_none());
    assert_eq!(GroupChange::read(br#"{"group":"room"}"#).unwrap().group, "room");
    assert_eq!(GroupChange::read(b"{}").unwrap_err().status(), 400);
}

#[test]
fn user_events_as_text_json_and_bytes() {
    let cases = [
        ("text/plain", DataType::Text),
        ("TEXT/PLAIN ; charset=utf-8", DataType::Text),
        ("application/json", DataType::Json),
        ("application/octet-stream", DataType::Binary),
        ("application/x-protobuf", DataType::Binary),
        ("image/png", DataType::Binary),
        ("", DataType::Binary),
    ];
    for (content_type, expected) in cases {
        let request = Request::event("user.x").with("Content-Type", content_type);
        assert_eq!(
            event(&handler(), &request).kind(),
            Kind::User(expected),
            "{content_type}"
        );
    }
    assert_eq!(
        Data::read(DataType::Text, "hä".into()),
        Ok(Data::Text("hä".into()))
    );
    assert_eq!(
        Data::read(DataType::Json, b"[1]".into()),
        Ok(Data::Json(json!([1])))
    );
    assert_eq!(
        Data::read(DataType::Binary, vec![0xff]),
        Ok(Data::Binary(vec![0xff]))
    );
    assert_eq!(Data::read(DataType::Text, vec![0xff]).unwrap_err().status(), 400);
    assert_eq!(Data::read(DataType::Json, b"{".into()).unwrap_err().status(), 400);
}

#[test]
fn mqtt_clients() {
    let request = Request::event("user.x")
        .and("ce-subprotocol", "mqtt")
        .and("ce-physicalConnectionId", "p")
        .and("ce-sessionId", "s")
        .and("mqtt-Color", "red");
    let handler = handler();
    let mqtt = event(&handler, &request);
    assert_eq!(
        (mqtt.physical_connection_id(), mqtt.session_id()),
        (Some("p"), Some("s"))
    );
    assert_eq!(mqtt.user_properties(), [("Color", "red")]);
    let unnamed = request.clone().without("ce-subprotocol");
    assert_eq!(event(&handler, &unnamed).physical_connection_id(), Some("p"));
    let other = request.with("ce-subprotocol", "json.webpubsub.azure.v1");
    assert_eq!(event(&handler, &other).physical_connection_id(), None);
}

#[test]
fn the_state_of_a_connection() {
    let handler = handler();
    let state = |value: &str| {
        let request = Request::event("user.x").and("ce-connectionState", value);
        event(&handler, &request)
            .states()
            .map_err(|answer| words(&answer).to_owned())
    };
    assert_eq!(
        state("eyJrZXkiOiJhIn0="),
        Ok(json!({"key": "a"}).as_object().unwrap().clone())
    );
    assert_eq!(state("eyJrZXkiOiJhIn0").unwrap().len(), 1, "without padding");
    assert!(state("").unwrap().is_empty());
    for malformed in ["~~~", "WzFd", "bnVsbA==", "/w==", "e30x"] {
        assert!(
            state(malformed)
                .unwrap_err()
                .contains("ce-connectionState is not base64"),
            "{malformed}"
        );
    }
}
