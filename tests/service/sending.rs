//! Sends: who gets what, and as what.

use serde_json::json;
use tokio_tungstenite::tungstenite;
use webpubsub_edge::{Filter, Message};

use crate::support::{Client, Service, gets, refused};

#[tokio::test]
async fn each_message_arrives_with_its_data_type() {
    let service = Service::start().await;
    let mut client = service.join("ada", &[], &[]).await;
    let hub = service.hub();
    for (message, data_type, data) in [
        (Message::text("h\"é"), "text", json!("h\"é")),
        (Message::text(""), "text", json!("")),
        (
            Message::json(&json!({"n": [1, null]})).unwrap(),
            "json",
            json!({"n": [1, null]}),
        ),
        (Message::json("hé").unwrap(), "json", json!("hé")),
        (Message::json_text("{ \"a\" : 1 }"), "json", json!({"a": 1})),
        (Message::bytes([0, 255, b'a']), "binary", json!("AP9h")),
    ] {
        hub.send_to_all(message).await.unwrap();
        let expected = json!({"type": "message", "from": "server", "dataType": data_type, "data": data});
        assert_eq!(client.json().await, expected);
    }
}

#[tokio::test]
async fn a_simple_client_receives_text_and_binary_frames() {
    let service = Service::start().await;
    let hub = service.hub();
    let mut client = Client::open(&hub.get_client_access_token().await.unwrap().url, None).await;
    hub.send_to_all(Message::text("text")).await.unwrap();
    hub.send_to_all(Message::json("json").unwrap()).await.unwrap();
    hub.send_to_all(Message::bytes([1, 2])).await.unwrap();
    assert_eq!(client.text().await, "text");
    assert_eq!(client.text().await, "\"json\"");
    assert_eq!(
        client.next().await,
        tungstenite::Message::Binary(vec![1, 2].into())
    );
}

#[tokio::test]
async fn a_send_reaches_its_recipients() {
    let service = Service::start().await;
    let [mut ada, mut bob] = service.users(["ada", "bob"]).await;
    let mut eve = service.join("eve", &[], &["room"]).await;
    let hub = service.hub();
    hub.send_to_user("ada", Message::text("to ada")).await.unwrap();
    hub.send_to_connection(&bob.id, Message::text("to bob"))
        .await
        .unwrap();
    hub.send_to_group("room", Message::text("to the room"))
        .await
        .unwrap();
    hub.group("room")
        .unwrap()
        .send_to_all(Message::text("to it again"))
        .await
        .unwrap();
    service.mark("all").await;
    for (client, texts) in [
        (&mut ada, vec!["to ada", "all"]),
        (&mut bob, vec!["to bob", "all"]),
        (&mut eve, vec!["to the room", "to it again", "all"]),
    ] {
        for text in texts {
            gets(client, text).await;
        }
    }
}

#[tokio::test]
async fn excluded_connections_receive_nothing() {
    let service = Service::start().await;
    let mut ada = service.join("ada", &[], &["room"]).await;
    let mut bob = service.join("bob", &[], &["room"]).await;
    let hub = service.hub();
    let room = hub.group("room").unwrap();
    hub.send_to_all(Message::text("1"))
        .excluded(&[&ada.id])
        .await
        .unwrap();
    room.send_to_all(Message::text("2"))
        .excluded(&[&bob.id, "gone"])
        .await
        .unwrap();
    hub.send_to_all(Message::text("3"))
        .filter(Filter::user_id().eq("ada"))
        .await
        .unwrap();
    room.send_to_all(Message::text("4"))
        .filter("userId ne 'ada'")
        .await
        .unwrap();
    hub.send_to_user("ada", Message::text("5"))
        .filter(!Filter::in_group("room"))
        .await
        .unwrap();
    hub.send_to_user("ada", Message::text("6"))
        .filter(Filter::in_group("room"))
        .await
        .unwrap();
    service.mark("end").await;
    for text in ["2", "3", "6", "end"] {
        gets(&mut ada, text).await;
    }
    for text in ["1", "4", "end"] {
        gets(&mut bob, text).await;
    }
}

#[tokio::test]
async fn metadata_is_sent_with_a_message() {
    let service = Service::start().await;
    let mut ada = service.join("ada", &[], &[]).await;
    let hub = service.hub();
    let (to_all, to_user) = (
        hub.send_to_all(Message::text("a")),
        hub.send_to_user("ada", Message::text("b")),
    );
    to_all
        .metadata("lang", "en")
        .metadata("x.y", "z w")
        .message_ttl_seconds(300)
        .await
        .unwrap();
    assert_eq!(
        gets(&mut ada, "a").await["metadata"],
        json!({"lang": "en", "x.y": "z w"})
    );
    to_user.message_ttl_seconds(0).await.unwrap();
    assert_eq!(gets(&mut ada, "b").await.get("metadata"), None);
    let bad = hub.send_to_all(Message::text("c")).metadata("a b", "c").await;
    assert_eq!(refused(bad), "InvalidMetadata");
}

#[tokio::test]
async fn a_send_without_recipients_succeeds() {
    let service = Service::start().await;
    let hub = service.hub();
    hub.send_to_user("nobody", Message::text("x")).await.unwrap();
    hub.send_to_group("nowhere", Message::text("x")).await.unwrap();
    hub.send_to_connection("gone", Message::text("x"))
        .message_ttl_seconds(1)
        .await
        .unwrap();
    hub.send_to_all(Message::text("x")).await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_for_invalid_input() {
    let service = Service::start().await;
    let mut ada = service.join("ada", &[], &["room"]).await;
    let hub = service.hub();
    let message = || Message::text("never");
    assert_eq!(refused(hub.send_to_group("..", message()).await), "InvalidGroup");
    assert_eq!(refused(hub.send_to_user("", message()).await), "InvalidUserId");
    assert_eq!(
        refused(hub.send_to_connection(".", message()).await),
        "InvalidConnectionId"
    );
    assert_eq!(
        refused(hub.send_to_all(message()).excluded(&[" "]).await),
        "InvalidConnectionId"
    );
    assert_eq!(
        refused(hub.send_to_all(message()).message_ttl_seconds(301).await),
        "InvalidMessageTtl"
    );
    assert_eq!(refused(hub.group("")), "InvalidGroup");
    service.mark("end").await;
    gets(&mut ada, "end").await;
}
