//! The subprotocol `json.webpubsub.azure.v1`, from the client's side.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::Service;

const ALL: [&str; 2] = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

#[tokio::test]
async fn clients_talk_in_groups() {
    let service = Service::start().await;
    let mut ann = service.json_client(json!({"sub": "ann", "role": ALL})).await;
    let mut bob = service.json_client(json!({"role": ALL})).await;
    for client in [&mut ann, &mut bob] {
        let ack = client.ask(json!({"type": "joinGroup", "group": "room"}), 1).await;
        assert_eq!(ack, json!({"type": "ack", "ackId": 1, "success": true}));
    }
    for (data_type, data) in [
        ("json", json!({"n": [1.50, null]})),
        ("text", json!("hi")),
        ("binary", json!("AP8=")),
    ] {
        ann.send_json(json!({"type": "sendToGroup", "group": "room", "dataType": data_type, "data": data}))
            .await;
        for client in [&mut ann, &mut bob] {
            assert_eq!(
                client.json().await,
                json!({
                    "type": "message", "from": "group", "group": "room", "fromUserId": "ann",
                    "dataType": data_type, "data": data,
                })
            );
        }
    }
    // Without echo, with metadata; the sender has no user, the data type is json unless said.
    let send = json!({
        "type": "SENDTOGROUP", "group": "room", "noEcho": true, "data": 7, "metadata": {"k": "v"}, "ttlSeconds": 300,
    });
    assert_eq!(bob.ask(send, 2).await["success"], true);
    assert_eq!(
        ann.json().await,
        json!({"type": "message", "from": "group", "group": "room", "dataType": "json", "data": 7, "metadata": {"k": "v"}})
    );
    bob.ask(json!({"type": "leaveGroup", "group": "room"}), 3).await;
    ann.send_json(json!({"type": "sendToGroup", "group": "room", "data": "gone"}))
        .await;
    bob.send_json(json!({"type": "ping"})).await;
    assert_eq!(bob.json().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn sending_needs_no_membership_and_initial_groups_need_no_role() {
    let service = Service::start().await;
    let mut sender = service
        .json_client(json!({"role": ["webpubsub.sendToGroup.g"]}))
        .await;
    let mut member = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    sender
        .ask(json!({"type": "sendToGroup", "group": "g", "data": 1}), 1)
        .await;
    assert_eq!(member.json().await["data"], 1);
}

#[tokio::test]
async fn ack_ids_are_lossless() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({"role": ALL})).await;
    for id in [0, 1, (1 << 53) + 1, u64::MAX - 1, u64::MAX] {
        client
            .send(format!(r#"{{"type":"joinGroup","group":"g","ackId":{id}}}"#))
            .await;
        let ack = client.text().await;
        assert!(
            ack.contains(&format!(r#""ackId":{id}"#)) && ack.contains(r#""success":true"#),
            "{ack}"
        );
    }
}

#[tokio::test]
async fn a_repeated_ack_id_is_a_duplicate_and_not_done_again() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"role": ALL, "webpubsub.group": ["g"]}))
        .await;
    client
        .send_json(json!({"type": "sendToGroup", "group": "g", "data": "once", "ackId": 7}))
        .await;
    assert_eq!(client.json().await["data"], "once");
    assert_eq!(client.json().await["success"], true);
    let ack = client
        .ask(json!({"type": "sendToGroup", "group": "g", "data": "once"}), 7)
        .await;
    assert_eq!(ack["success"], false);
    assert_eq!(
        ack["error"],
        json!({"name": "Duplicate", "message": "Message with ack-id: 7 has been processed"})
    );
}

#[tokio::test]
async fn a_failed_ack_id_may_be_tried_again() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    let join = json!({"type": "joinGroup", "group": "g"});
    assert_eq!(client.ask(join.clone(), 1).await["error"]["name"], "Forbidden");
    assert_eq!(client.ask(join.clone(), 1).await["error"]["name"], "Forbidden");
    let grant = format!(
        "/api/hubs/chat/permissions/joinLeaveGroup/connections/{}?targetName=g",
        client.id
    );
    service.expect(200, "PUT", &grant).await;
    assert_eq!(client.ask(join, 1).await["success"], true);
}

#[tokio::test]
async fn bad_requests_with_an_ack_id_are_acknowledged_as_such() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({"role": ALL})).await;
    for (number, (request, says)) in [
        (json!({"type": "fly"}), "Unknown 'type': fly."),
        (json!({"type": "joinGroup"}), "Missing required property 'group'."),
        (json!({"type": "joinGroup", "group": " "}), "group name"),
        (json!({"type": "joinGroup", "group": 5}), "cannot be read"),
        (json!({"group": "g"}), "missing field `type`"),
        (
            json!({"type": "sendToGroup", "group": "g"}),
            "Missing required property 'data'.",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": null}),
            "Missing required property 'data'.",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": 1, "dataType": "text"}),
            "should be a string",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": "é", "dataType": "binary"}),
            "base64",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": 1, "dataType": "xml"}),
            "Unknown 'dataType': xml.",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": 1, "ttlSeconds": 301}),
            "[0,300]",
        ),
        (
            json!({"type": "sendToGroup", "group": "g", "data": 1, "metadata": {"k k": "v"}}),
            "HTTP token",
        ),
        (
            json!({"type": "event", "data": 1}),
            "Missing required property 'event'.",
        ),
        (json!({"type": "event", "event": "1st", "data": 1}), "event name"),
    ]
    .into_iter()
    .enumerate()
    {
        let ack = client.ask(request, number as u64).await;
        assert_eq!(
            (&ack["success"], &ack["error"]["name"]),
            (&json!(false), &json!("BadRequest"))
        );
        let message = ack["error"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(
        client.ask(json!({"type": "joinGroup", "group": "g"}), 0).await["success"],
        true
    );
}

#[tokio::test]
async fn frames_that_cannot_be_answered_close_the_connection() {
    let service = Service::start().await;
    for (frame, code, says) in [
        (Message::text("{oops"), 1007, "cannot be read"),
        (
            Message::text(r#"{"type":"joinGroup","group":"g","ackId":-1}"#),
            1007,
            "cannot be read",
        ),
        (
            Message::text(r#"{"type":"sendToGroup","group":"g"}"#),
            1007,
            "Missing required property 'data'",
        ),
        (Message::binary(vec![1]), 1003, "Binary"),
        (Message::text("x".repeat(1024 * 1024 + 1)), 1009, "1 MiB"),
    ] {
        let mut client = service.json_client(json!({})).await;
        client.send(frame).await;
        let last = client.json().await;
        assert_eq!(last["event"], "disconnected");
        assert!(last["message"].as_str().unwrap().contains(says), "{last}");
        let (got, reason) = client.closed().await;
        assert!(got == code && reason.contains(says), "{got} {reason}");
        service
            .expect(404, "HEAD", &format!("/api/hubs/chat/connections/{}", client.id))
            .await;
    }
}

#[tokio::test]
async fn kinds_of_frames_that_are_not_served_are_answered_and_the_connection_stays() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({"role": ALL})).await;
    let error = |message: &str| json!({"name": "BadRequest", "message": message});
    for (request, answer) in [
        (
            json!({"type": "fly"}),
            json!({"type": "ack", "ackId": null, "success": false, "error": error("Unknown 'type': fly.")}),
        ),
        (
            json!({"type": "sequenceAck", "sequenceId": 1}),
            json!({
                "type": "ack", "ackId": null, "success": false,
                "error": error("'sequenceAck' belongs to the reliable subprotocols."),
            }),
        ),
        (
            json!({"type": "fly", "ackId": 3}),
            json!({"type": "ack", "ackId": 3, "success": false, "error": error("Unknown 'type': fly.")}),
        ),
    ] {
        client.send_json(request).await;
        assert_eq!(client.json().await, answer);
    }
    client.send_json(json!({"type": "ping"})).await;
    assert_eq!(client.json().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn only_the_last_1000_ack_ids_are_remembered() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({"role": ALL})).await;
    let join = json!({"type": "joinGroup", "group": "g"});
    for id in 0..=1000 {
        assert_eq!(client.ask(join.clone(), id).await["success"], true);
    }
    assert_eq!(client.ask(join.clone(), 1).await["error"]["name"], "Duplicate");
    assert_eq!(client.ask(join, 0).await["success"], true);
}

#[tokio::test]
async fn an_event_that_nobody_handles_fails() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    let ack = client
        .ask(json!({"type": "event", "event": "e", "data": 1}), 1)
        .await;
    assert_eq!(
        ack["error"],
        json!({"name": "InternalServerError", "message": "No event handler is configured for this hub."})
    );
}

#[tokio::test]
async fn who_closes_is_gone() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"sub": "ann", "webpubsub.group": ["g"]}))
        .await;
    client.close().await;
    for target in [
        format!("connections/{}", client.id),
        "users/ann".to_owned(),
        "groups/g".to_owned(),
    ] {
        service
            .expect(404, "HEAD", &format!("/api/hubs/chat/{target}"))
            .await;
    }
}
