//! Streams: pieces of one message to a group, in their order, with acknowledgements of their own.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::protobuf::{Data, Down, MessageData, StreamData, Upstream};
use crate::support::{Client, RELIABLE, Service};

const ALL: [&str; 2] = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

fn open(id: &str) -> Value {
    json!({"type": "sendToGroup", "group": "g", "noEcho": true, "stream": {"streamId": id}})
}

fn piece(id: &str, number: u64, text: &str) -> Value {
    json!({"type": "streamData", "streamId": id, "streamSequenceId": number, "dataType": "text", "data": text})
}

fn acked(id: &str, expected: u64) -> Value {
    json!({"type": "streamAck", "streamId": id, "expectedSequenceId": expected})
}

/// Sends a frame and returns the next frame that comes.
async fn ask(client: &mut Client, request: Value) -> Value {
    client.send_json(request).await;
    client.json().await
}

/// The name of the error by which a stream is closed.
async fn closed(client: &mut Client, request: Value) -> Value {
    let closed = ask(client, request).await;
    assert_eq!(closed["type"], "streamClosed", "{closed}");
    assert!(!closed["error"]["message"].as_str().unwrap().is_empty());
    closed["error"]["name"].clone()
}

#[tokio::test]
async fn pieces_reach_the_group_in_their_order() {
    let service = Service::start().await;
    let mut sender = service.json_client(json!({"sub": "ann", "role": ALL})).await;
    let member = json!({"webpubsub.group": ["g"]});
    let mut reliable = service.reliable_client(member.clone()).await;
    let mut simple = service.simple_client(member.clone()).await;
    let mut proto = service
        .protobuf_client("protobuf.webpubsub.azure.v1", member)
        .await;
    assert_eq!(ask(&mut sender, open("s")).await, acked("s", 1));
    assert_eq!(ask(&mut sender, piece("s", 1, "hello ")).await, acked("s", 2));
    // What is sent again is acknowledged again, and delivered once; what comes too early is not taken.
    assert_eq!(ask(&mut sender, piece("s", 1, "hello ")).await, acked("s", 2));
    let nack = ask(&mut sender, piece("s", 3, "too early")).await;
    assert_eq!(
        (&nack["type"], &nack["name"], &nack["expectedSequenceId"]),
        (&json!("streamNack"), &json!("InvalidSequenceId"), &json!(2))
    );
    assert_eq!(ask(&mut sender, piece("s", 2, "world")).await, acked("s", 3));
    sender
        .send_json(json!({"type": "streamData", "streamId": "s"}))
        .await;
    let end = json!({"type": "streamEnd", "streamId": "s"});
    assert_eq!(
        ask(&mut sender, end.clone()).await,
        json!({"type": "streamClosed", "streamId": "s"})
    );
    assert_eq!(closed(&mut sender, end).await, "StreamNotFound");

    for (number, text) in [(1, "hello "), (2, "world")] {
        assert_eq!(
            reliable.json().await,
            json!({
                "type": "message", "from": "group", "group": "g", "fromUserId": "ann", "dataType": "text", "data": text,
                "sequenceId": number, "stream": {"streamId": "s", "streamSequenceId": number},
            })
        );
        assert_eq!(simple.text().await, text);
        let data = proto.data().await;
        let stream = data.stream.unwrap();
        assert_eq!(
            (
                stream.stream_id.as_str(),
                stream.sequence_id,
                stream.end_of_stream
            ),
            ("s", number, None)
        );
        assert_eq!(data.data, MessageData::new(Data::Text(text.to_owned())));
    }
    assert_eq!(
        reliable.json().await,
        json!({
            "type": "message", "from": "group", "group": "g", "fromUserId": "ann", "dataType": "text", "data": "",
            "sequenceId": 3, "stream": {"streamId": "s", "streamSequenceId": 3, "endOfStream": true},
        })
    );
    assert_eq!(proto.data().await.stream.unwrap().end_of_stream, Some(true));
    service.mark("mark").await;
    assert_eq!(simple.text().await, "\"mark\"");
}

#[tokio::test]
async fn who_opens_says_how_and_the_sender_may_be_a_member() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"role": ALL, "webpubsub.group": ["g"]}))
        .await;
    let echoed = json!({"type": "sendToGroup", "group": "g", "stream": {"streamId": "s"}});
    assert_eq!(ask(&mut client, echoed.clone()).await, acked("s", 1));
    assert_eq!(ask(&mut client, piece("s", 1, "x")).await["data"], "x");
    assert_eq!(client.json().await, acked("s", 2));
    // Opened again, it goes on.
    assert_eq!(ask(&mut client, echoed).await, acked("s", 2));
    let error = json!({
        "type": "streamEnd", "streamId": "s", "error": {"message": "changed my mind", "userErrorCode": "E1"},
    });
    assert_eq!(
        ask(&mut client, error).await,
        json!({"type": "streamClosed", "streamId": "s"})
    );
    assert_eq!(
        client.json().await["stream"],
        json!({
            "streamId": "s", "streamSequenceId": 2, "endOfStream": true,
            "error": {"name": "UserError", "message": "changed my mind", "userErrorCode": "E1"},
        })
    );
}

#[tokio::test]
async fn a_stream_that_rests_too_long_ends() {
    let service = Service::start().await;
    let mut sender = service.json_client(json!({"role": ALL})).await;
    let mut member = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    let mut open = open("s");
    open["stream"]["idleTimeoutMs"] = json!(100);
    assert_eq!(ask(&mut sender, open).await, acked("s", 1));
    let closed = sender.json().await;
    assert_eq!(
        (&closed["type"], &closed["error"]["name"]),
        (&json!("streamClosed"), &json!("IdleTimeout"))
    );
    let stream = &member.json().await["stream"];
    assert_eq!(
        (&stream["endOfStream"], &stream["error"]["name"]),
        (&json!(true), &json!("IdleTimeout"))
    );
}

#[tokio::test]
async fn frames_that_make_no_sense_close_the_stream_and_not_the_connection() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"role": ["webpubsub.sendToGroup.g"]}))
        .await;
    let mut member = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    assert_eq!(closed(&mut client, piece("s", 1, "x")).await, "StreamNotFound");
    for (request, name) in [
        (
            json!({"type": "sendToGroup", "group": "h", "stream": {"streamId": "s"}}),
            "Forbidden",
        ),
        (
            json!({"type": "sendToGroup", "stream": {"streamId": "s"}}),
            "BadRequest",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": 1, "stream": {"streamId": "s"}}),
            "BadRequest",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "stream": {"streamId": "s", "idleTimeoutMs": 0}}),
            "BadRequest",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "stream": {"streamId": "s", "idleTimeoutMs": "soon"}}),
            "BadRequest",
        ),
    ] {
        assert_eq!(closed(&mut client, request.clone()).await, name, "{request}");
    }
    for request in [
        json!({"type": "streamData", "streamId": "s", "streamSequenceId": 1, "dataType": "binary", "data": "é"}),
        json!({"type": "streamData", "streamId": "s", "streamSequenceId": -1, "data": 1}),
        json!({"type": "streamData", "streamId": "s", "data": 1}),
        json!({"type": "streamEnd", "streamId": "s", "error": 5}),
    ] {
        assert_eq!(ask(&mut client, open("s")).await, acked("s", 1));
        assert_eq!(
            closed(&mut client, request.clone()).await,
            "BadRequest",
            "{request}"
        );
        assert_eq!(member.json().await["stream"]["error"]["name"], "Cancelled");
    }
    // A stream has acknowledgements of its own.
    let ack = client.ask(open("s"), 1).await;
    assert_eq!(ack["error"]["name"], "BadRequest");
    // The permission is asked for at every piece.
    assert_eq!(ask(&mut client, open("s")).await, acked("s", 1));
    let target = format!(
        "/api/hubs/chat/permissions/sendToGroup/connections/{}?targetName=g",
        client.id
    );
    service.expect(204, "DELETE", &target).await;
    assert_eq!(closed(&mut client, piece("s", 1, "x")).await, "Forbidden");
    assert_eq!(member.json().await["stream"]["error"]["name"], "Forbidden");
}

#[tokio::test]
async fn a_connection_has_a_limited_number_of_streams() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({"role": ALL})).await;
    for number in 0..1000 {
        assert_eq!(
            ask(&mut client, open(&number.to_string())).await["type"],
            "streamAck"
        );
    }
    assert_eq!(closed(&mut client, open("one more")).await, "BadRequest");
}

#[tokio::test]
async fn streams_outlive_a_lost_socket_and_end_with_the_connection() {
    let service = Service::start().await;
    let mut member = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    let mut sender = service.reliable_client(json!({"role": ALL})).await;
    assert_eq!(ask(&mut sender, open("s")).await, acked("s", 1));
    assert_eq!(ask(&mut sender, piece("s", 1, "a")).await, acked("s", 2));
    let mut sender = service.recover(&sender.lose()).await;
    assert_eq!(sender.subprotocol.as_deref(), Some(RELIABLE));
    assert_eq!(ask(&mut sender, piece("s", 2, "b")).await, acked("s", 3));
    let target = format!("/api/hubs/chat/connections/{}", sender.id);
    service.expect(204, "DELETE", &target).await;
    assert_eq!(member.json().await["data"], "a");
    assert_eq!(member.json().await["data"], "b");
    let end = member.json().await;
    assert_eq!(
        (&end["stream"]["endOfStream"], &end["stream"]["error"]["name"]),
        (&json!(true), &json!("Cancelled"))
    );
}

#[tokio::test]
async fn protobuf_clients_have_streams_too() {
    let service = Service::start().await;
    let mut member = service.json_client(json!({"webpubsub.group": ["room"]})).await;
    let mut sender = service
        .protobuf_client("protobuf.webpubsub.azure.v1", json!({"role": ALL}))
        .await;
    let frame = |hex: &str| Message::binary(hex::decode(hex).unwrap());
    // Stream s1 to room, 300,000 ms, noEcho.
    sender.send(frame("0a110a04726f6f6d20013a070a017310e0a712")).await;
    match sender.protobuf().await {
        Down::StreamAck(ack) => assert_eq!((ack.stream_id.as_str(), ack.expected), ("s", 1)),
        other => panic!("{other:?}"),
    }
    // Piece 1, text x.
    sender.send(frame("6a0a0a017310011a030a0178")).await;
    match sender.protobuf().await {
        Down::StreamAck(ack) => assert_eq!((ack.stream_id.as_str(), ack.expected), ("s", 2)),
        other => panic!("{other:?}"),
    }
    sender
        .send_protobuf(&Upstream {
            stream_data: Some(StreamData {
                stream_id: "s".to_owned(),
                sequence_id: Some(7),
                data: MessageData::new(Data::Text("early".to_owned())),
            }),
            ..Upstream::default()
        })
        .await;
    match sender.protobuf().await {
        Down::StreamNack(nack) => assert_eq!((nack.name.as_str(), nack.expected), ("InvalidSequenceId", 2)),
        other => panic!("{other:?}"),
    }
    // The end, with the error done/E.
    sender.send(frame("720e0a017312090a04646f6e65120145")).await;
    match sender.protobuf().await {
        Down::StreamClosed(closed) => assert_eq!((closed.stream_id.as_str(), closed.error), ("s", None)),
        other => panic!("{other:?}"),
    }
    assert_eq!(member.json().await["data"], "x");
    assert_eq!(
        member.json().await["stream"]["error"],
        json!({"name": "UserError", "message": "done", "userErrorCode": "E"})
    );
    sender.send(frame("72030a0173")).await;
    match sender.protobuf().await {
        Down::StreamClosed(closed) => assert_eq!(closed.error.unwrap().name, "StreamNotFound"),
        other => panic!("{other:?}"),
    }
}
