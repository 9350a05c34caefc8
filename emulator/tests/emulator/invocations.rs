//! Invocations: events whose reply is the response to the one client that asks.

use serde_json::{Value, json};

use crate::support::protobuf::{Down, Invoke, Upstream};
use crate::support::{Client, Service, Webhook, answer, ok};

async fn invoke(client: &mut Client, id: &str, frame: Value) -> Value {
    let mut request = json!({"type": "invoke", "invocationId": id});
    for (name, value) in frame.as_object().unwrap() {
        request[name] = value.clone();
    }
    client.send_json(request).await;
    client.json().await
}

fn failed(response: &Value, id: &str) -> String {
    let message = response["error"]["message"].as_str().unwrap().to_owned();
    let expected = json!({
        "type": "invokeResponse", "invocationId": id, "success": false,
        "error": {"name": "InvocationFailed", "message": message},
    });
    assert_eq!(*response, expected);
    message
}

#[tokio::test]
async fn the_reply_of_the_event_handler_is_the_response() {
    let mut webhook = Webhook::start(|request| match request.event() {
        "user.json" => answer(200, "application/json", r#"{"n":12345678901234567890123}"#),
        "user.text" => answer(200, "text/plain", "grüß"),
        "user.binary" => answer(200, "application/octet-stream", vec![0, 1, 255]),
        "user.nothing" => answer(204, "text/plain", ""),
        "user.refused" => answer(400, "text/plain", "not this one"),
        _ => ok(),
    })
    .await;
    let service = Service::with_webhook(&webhook).await;
    let mut clients = Vec::new();
    for subprotocol in ["json.webpubsub.azure.v1", "json.reliable.webpubsub.azure.v1"] {
        let mut client = service.client(subprotocol, json!({"sub": "ann"})).await;
        webhook.event("sys.connect").await;
        webhook.event("sys.connected").await;

        let question = json!({"target": "event", "event": "text", "dataType": "json", "data": {"q": 1}});
        assert_eq!(
            invoke(&mut client, "1", question).await,
            json!({"type": "invokeResponse", "invocationId": "1", "success": true, "dataType": "text", "data": "grüß"})
        );
        let event = webhook.event("user.text").await;
        assert_eq!(
            (event.header("content-type"), &event.body[..]),
            ("application/json; charset=utf-8", br#"{"q":1}"#.as_slice())
        );

        let ask = |event| json!({"target": "event", "event": event, "dataType": "text", "data": "x"});
        let response = invoke(&mut client, "2", ask("json")).await;
        assert_eq!(
            (&response["dataType"], &response["success"]),
            (&json!("json"), &json!(true))
        );
        let response = invoke(&mut client, "3", ask("binary")).await;
        assert_eq!(
            (&response["dataType"], &response["data"]),
            (&json!("binary"), &json!("AAH/"))
        );
        assert_eq!(
            invoke(&mut client, "4", ask("nothing")).await,
            json!({"type": "invokeResponse", "invocationId": "4", "success": true})
        );
        let message = failed(&invoke(&mut client, "5", ask("refused")).await, "5");
        assert!(message.contains("400"), "{message}");
        for _ in 0..4 {
            webhook.next().await;
        }
        // What is asked once is answered in order, and a cancellation changes nothing for the others.
        client
            .send_json(json!({"type": "cancelInvocation", "invocationId": "5"}))
            .await;
        client.send_json(json!({"type": "ping"})).await;
        assert_eq!(client.json().await, json!({"type": "pong"}));
        clients.push(client);
    }
}

#[tokio::test]
async fn an_invocation_that_cannot_be_served_fails_in_words() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    let good = json!({"target": "event", "event": "e", "dataType": "text", "data": "x"});
    let message = failed(&invoke(&mut client, "1", good.clone()).await, "1");
    assert!(message.contains("event handler"), "{message}");
    for (member, value, expected) in [
        (
            "target",
            json!("server"),
            "Unknown 'target': server. Use 'event'.",
        ),
        ("target", json!(null), "Missing required property 'target'."),
        ("event", json!(null), "Missing required property 'event'."),
        (
            "data",
            json!(5),
            "'data' should be a string when 'dataType' is 'text'.",
        ),
    ] {
        let mut frame = good.clone();
        frame[member] = value;
        assert_eq!(failed(&invoke(&mut client, "2", frame).await, "2"), expected);
    }

    let mut client = service
        .protobuf_client("protobuf.webpubsub.azure.v1", json!({}))
        .await;
    client
        .send_protobuf(&Upstream {
            invoke: Some(Invoke {
                event: "e".to_owned(),
                invocation_id: "8".to_owned(),
            }),
            ..Upstream::default()
        })
        .await;
    match client.protobuf().await {
        Down::InvokeResponse(response) => {
            assert_eq!((response.invocation_id.as_str(), response.success), ("8", false));
            assert_eq!(response.error.unwrap().name, "InvocationFailed");
        }
        other => panic!("{other:?}"),
    }
}
