//! Events: their context, and their bodies.

use serde_json::json;
use webpubsub_edge::events::{Connect, Data, DataType, Kind, mqtt};

use crate::service::{CONNECTION, ORIGIN, Request, SIGNED_PRIMARY, SIGNED_SECONDARY, event, handler, text};

#[test]
fn every_kind_of_event_is_recognised() {
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
fn the_context_is_read_from_the_headers() {
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
    assert_eq!(connect.client_certificates[0].thumbprint.as_deref(), Some("ab"));
    assert!(connect.mqtt.is_none());
    let mqtt = json!({"claims": null, "mqtt": {
        "protocolVersion": 5, "cleanStart": true, "username": "ada", "password": "c2VjcmV0",
        "userProperties": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]
    }});
    let mqtt = Connect::read(mqtt.to_string().as_bytes()).unwrap().mqtt.unwrap();
    assert_eq!(
        (mqtt.protocol_version, mqtt.username.as_deref()),
        (Some(mqtt::V5), Some("ada"))
    );
    assert_eq!(mqtt.user_properties.len(), 2);
    assert!(!format!("{mqtt:?}").contains("c2VjcmV0"));
    for body in [
        "",
        "{",
        "[]",
        r#"{"claims":{"sub":"ada"}}"#,
        r#"{"subprotocols":"a"}"#,
        r#"{"mqtt":[]}"#,
        r#"{"mqtt":"5"}"#,
        r#"{"clientCertificates":[[]]}"#,
    ] {
        let response = Connect::read(body.as_bytes()).unwrap_err();
        assert_eq!(
            (response.status(), text(&response).contains("connect event")),
            (400, true),
            "{body}"
        );
    }
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
    assert_eq!(
        Data::read(DataType::Json, "\u{feff}[1]".into()),
        Ok(Data::Json(json!([1]))),
        "without the byte order mark"
    );
    assert_eq!(
        Data::read(DataType::Text, "\u{feff}a".into()),
        Ok(Data::Text("\u{feff}a".into()))
    );
    assert_eq!(Data::read(DataType::Text, vec![0xff]).unwrap_err().status(), 400);
    assert_eq!(Data::read(DataType::Json, b"{".into()).unwrap_err().status(), 400);
}
