//! The subprotocol `protobuf.webpubsub.azure.v1`, from the client's side.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::protobuf::{
    Ack, Any, Data, DataMessage, Down, Event, MessageData, OfGroup, Send, System, Upstream,
};
use crate::support::{Client, Service, Webhook, answer, ok};

const SUBPROTOCOL: &str = "protobuf.webpubsub.azure.v1";
const ALL: [&str; 2] = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

fn bytes(hex: &str) -> Message {
    Message::binary(hex::decode(hex).unwrap())
}

fn send(group: &str, ack_id: Option<u64>, data: Data) -> Upstream {
    Upstream {
        send: Some(Send {
            group: group.to_owned(),
            ack_id,
            data: MessageData::new(data),
            ..Send::default()
        }),
        ..Upstream::default()
    }
}

fn join(ack_id: u64) -> Upstream {
    let group = OfGroup {
        group: "g".to_owned(),
        ack_id: Some(ack_id),
    };
    Upstream {
        join: Some(group),
        ..Upstream::default()
    }
}

fn success(ack_id: u64) -> Ack {
    Ack {
        ack_id,
        success: true,
        error: None,
    }
}

/// The reason of the `disconnected` message, which must be next.
async fn disconnected(client: &mut Client) -> String {
    match client.protobuf().await {
        Down::System(System {
            disconnected: Some(disconnected),
            ..
        }) => disconnected.reason,
        other => panic!("not disconnected but {other:?}"),
    }
}

#[tokio::test]
async fn frames_of_another_client_are_understood() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let claims = json!({"sub": "ann", "role": ALL, "webpubsub.group": ["room"]});
    let mut client = service.protobuf_client(SUBPROTOCOL, claims.clone()).await;
    let mut member = service.json_client(claims).await;
    for event in ["connect", "connect", "connected", "connected"] {
        let _ = event;
        webhook.next().await;
    }
    // sendToGroup room, ack 1, text "hello", noEcho.
    client
        .send(bytes("0a130a04726f6f6d10011a070a0568656c6c6f2001"))
        .await;
    assert_eq!(client.ack().await, success(1));
    let message = loop {
        let frame = member.json().await;
        if frame["type"] == "message" {
            break frame;
        }
    };
    assert_eq!(
        message,
        json!({"type": "message", "from": "group", "group": "room", "fromUserId": "ann", "dataType": "text", "data": "hello"})
    );
    // event notify, binary 01 02 03, ack 4.
    client.send(bytes("2a110a066e6f74696679120512030102031804")).await;
    assert_eq!(client.ack().await, success(4));
    let event = loop {
        let request = webhook.next().await;
        if request.header("ce-type").starts_with("azure.webpubsub.user.") {
            break request;
        }
    };
    assert_eq!(
        (event.header("ce-eventname"), event.header("content-type")),
        ("notify", "application/octet-stream")
    );
    assert_eq!(event.body.as_ref(), [1, 2, 3]);
    // ping.
    client.send(bytes("4a00")).await;
    assert!(matches!(client.protobuf().await, Down::Pong(_)));
}

#[tokio::test]
async fn data_is_converted_between_the_protocols() {
    let service = Service::start().await;
    let claims = json!({"sub": "ann", "role": ALL, "webpubsub.group": ["g"]});
    let mut proto = service.protobuf_client(SUBPROTOCOL, claims.clone()).await;
    let mut json_client = service.json_client(claims.clone()).await;
    let mut simple = service.simple_client(claims).await;
    let any = Any {
        type_url: "type.googleapis.com/azure.webpubsub.TestMessage".to_owned(),
        value: vec![8, 1],
    };
    let any_base64 = "Ci90eXBlLmdvb2dsZWFwaXMuY29tL2F6dXJlLndlYnB1YnN1Yi5UZXN0TWVzc2FnZRICCAE=";
    let any_bytes = STANDARD.decode(any_base64).unwrap();
    let large = r#"{"n":12345678901234567890.5}"#;
    for (data, data_type, in_json, frame) in [
        (
            Data::Text("hällo".to_owned()),
            "text",
            json!("hällo"),
            Message::text("hällo"),
        ),
        (
            Data::Json("[1,null]".to_owned()),
            "json",
            json!([1, null]),
            Message::text("[1,null]"),
        ),
        (
            Data::Json(large.to_owned()),
            "json",
            serde_json::from_str(large).unwrap(),
            Message::text(large),
        ),
        (
            Data::Binary(vec![0, 255]),
            "binary",
            json!("AP8="),
            Message::binary(vec![0, 255]),
        ),
        (
            Data::Protobuf(any.clone()),
            "protobuf",
            json!(any_base64),
            Message::binary(any_bytes),
        ),
    ] {
        proto.send_protobuf(&send("g", None, data.clone())).await;
        let expected = DataMessage {
            from: "group".to_owned(),
            group: Some("g".to_owned()),
            data: MessageData::new(data.clone()),
            ..DataMessage::default()
        };
        assert_eq!(proto.data().await, expected);
        let message = json_client.json().await;
        assert_eq!(
            (&message["dataType"], &message["data"]),
            (&json!(data_type), &in_json)
        );
        assert_eq!(message["fromUserId"], "ann");
        assert_eq!(simple.next().await, frame);
        // And the other way round.
        json_client
            .send_json(json!({"type": "sendToGroup", "group": "g", "dataType": data_type, "data": in_json}))
            .await;
        match (proto.data().await.data.unwrap().data.unwrap(), data) {
            // The text of a number may change on its way through a test that parses it.
            (Data::Json(got), Data::Json(_)) => {
                assert_eq!(serde_json::from_str::<serde_json::Value>(&got).unwrap(), in_json);
            }
            (got, sent) => assert_eq!(got, sent),
        }
        json_client.json().await;
        simple.next().await;
    }
    // What is no Any cannot travel as one.
    json_client
        .send_json(json!({"type": "sendToGroup", "group": "g", "dataType": "protobuf", "data": "/w=="}))
        .await;
    assert_eq!(proto.data().await.data, MessageData::new(Data::Binary(vec![255])));
}

#[tokio::test]
async fn messages_of_the_service_arrive_by_their_content_type() {
    let service = Service::start().await;
    let mut client = service.protobuf_client(SUBPROTOCOL, json!({})).await;
    for (content_type, body, data) in [
        ("text/plain", "hi", Data::Text("hi".to_owned())),
        (
            "application/json",
            r#"{"a": 1}"#,
            Data::Json(r#"{"a": 1}"#.to_owned()),
        ),
        ("application/octet-stream", "hi", Data::Binary(b"hi".to_vec())),
    ] {
        let headers = [("content-type", content_type), ("x-webpubsub-metadata-k", "v")];
        let sent = service.send("POST", "/api/hubs/chat/:send", &headers, body).await;
        assert_eq!(sent.status, 202);
        let expected = DataMessage {
            from: "server".to_owned(),
            data: MessageData::new(data),
            metadata: HashMap::from([("k".to_owned(), "v".to_owned())]),
            ..DataMessage::default()
        };
        assert_eq!(client.data().await, expected);
    }
    let target = format!("/api/hubs/chat/connections/{}?reason=enough", client.id);
    service.expect(204, "DELETE", &target).await;
    assert_eq!(disconnected(&mut client).await, "enough");
    assert_eq!(client.closed().await, (1000, "enough".to_owned()));
}

#[tokio::test]
async fn the_event_handler_gets_and_sends_any_messages() {
    let any = hex::decode(
        "0A2F747970652E676F6F676C65617069732E636F6D2F617A7572652E7765627075627375622E546573744D65737361676512020801",
    )
    .unwrap();
    let reply = any.clone();
    let mut webhook = Webhook::start(move |request| match request.event() {
        "user.e" => answer(200, "application/x-protobuf", reply.clone()),
        _ => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let mut client = service.protobuf_client(SUBPROTOCOL, json!({})).await;
    webhook.event("sys.connect").await;
    assert_eq!(
        webhook.event("sys.connected").await.header("ce-subprotocol"),
        SUBPROTOCOL
    );
    let data = Data::Protobuf(Any {
        type_url: "type.googleapis.com/azure.webpubsub.TestMessage".to_owned(),
        value: vec![8, 1],
    });
    client
        .send_protobuf(&Upstream {
            event: Some(Event {
                event: "e".to_owned(),
                data: MessageData::new(data.clone()),
                ack_id: Some(1),
            }),
            ..Upstream::default()
        })
        .await;
    let event = webhook.event("user.e").await;
    assert_eq!(event.header("content-type"), "application/x-protobuf");
    assert_eq!(event.body, any);
    let message = client.data().await;
    assert_eq!(
        (message.from.as_str(), message.data),
        ("server", MessageData::new(data))
    );
    assert_eq!(client.ack().await, success(1));
}

#[tokio::test]
async fn acknowledgements_are_lossless_and_say_what_is_wrong() {
    let service = Service::start().await;
    let mut client = service.protobuf_client(SUBPROTOCOL, json!({"role": ALL})).await;
    for id in [0, 1, (1 << 53) + 1, u64::MAX] {
        client.send_protobuf(&join(id)).await;
        assert_eq!(client.ack().await, success(id));
        client.send_protobuf(&join(id)).await;
        let error = client.ack().await.error.unwrap();
        assert_eq!(
            (error.name, error.message),
            (
                "Duplicate".to_owned(),
                format!("Message with ack-id: {id} has been processed")
            )
        );
    }
    let too_long = Send {
        group: "g".to_owned(),
        ack_id: Some(5),
        data: MessageData::new(Data::Text(String::new())),
        ttl_seconds: Some(301),
        ..Send::default()
    };
    let metadata = Send {
        ttl_seconds: None,
        metadata: HashMap::from([("k k".to_owned(), "v".to_owned())]),
        ..too_long.clone()
    };
    let no_data = Send {
        data: None,
        metadata: HashMap::new(),
        ..metadata.clone()
    };
    let of_send = |send| Upstream {
        send: Some(send),
        ..Upstream::default()
    };
    for (request, says) in [
        (of_send(too_long), "[0,300]"),
        (of_send(metadata), "HTTP token"),
        (of_send(no_data), "data is required"),
        (send("g", Some(5), Data::Json("{".to_owned())), "not valid JSON"),
        (send(" ", Some(5), Data::Text(String::new())), "group name"),
    ] {
        client.send_protobuf(&request).await;
        let ack = client.ack().await;
        let error = ack.error.unwrap();
        assert!(
            ack.ack_id == 5 && !ack.success && error.name == "BadRequest" && error.message.contains(says),
            "{error:?}"
        );
    }
    let mut client = service.protobuf_client(SUBPROTOCOL, json!({})).await;
    client.send_protobuf(&join(1)).await;
    assert_eq!(client.ack().await.error.unwrap().name, "Forbidden");
}

#[tokio::test]
async fn frames_that_cannot_be_read_close_the_connection_and_unknown_ones_do_not() {
    let service = Service::start().await;
    for (frame, code, says) in [
        (Message::text("{}"), 1003, "Text frames"),
        (Message::binary(vec![0xff]), 1007, "cannot be read"),
        // joinGroup without an ack id and with a blank group.
        (bytes("32030a0120"), 1007, "group name"),
    ] {
        let mut client = service.protobuf_client(SUBPROTOCOL, json!({"role": ALL})).await;
        client.send(frame).await;
        let reason = disconnected(&mut client).await;
        assert!(reason.contains(says), "{reason}");
        assert_eq!(client.closed().await, (code, reason));
    }
    let mut client = service.protobuf_client(SUBPROTOCOL, json!({})).await;
    for unknown in ["", "12020a00", "f2060101"] {
        client.send(bytes(unknown)).await;
    }
    client.send(bytes("4a00")).await;
    assert!(matches!(client.protobuf().await, Down::Pong(_)));
}
