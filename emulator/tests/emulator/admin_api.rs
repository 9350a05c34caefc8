//! The admin API: what is there, sending, dropping, resetting.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Service, Webhook, ok};

#[tokio::test]
async fn hubs_groups_users_connections_and_permissions_are_listed() {
    let service = Service::with_admin().await;
    let roles = json!([
        "webpubsub.sendToGroup",
        "webpubsub.joinLeaveGroup.room",
        "webpubsub.joinLeaveGroups.a.*"
    ]);
    let ann = service
        .json_client(json!({"sub": "ann", "role": roles, "webpubsub.group": ["room", "hall"]}))
        .await;
    let mut anonymous = service.simple_client(json!({"webpubsub.group": ["hall"]})).await;
    let permission = format!(
        "/api/hubs/chat/permissions/sendToGroup/connections/{}?targetName=secret",
        ann.id
    );
    service.expect(204, "DELETE", &permission).await;

    let hubs = service.look("/api/hubs").await;
    assert_eq!(
        hubs,
        json!({"total": 1, "items": [{"name": "chat", "connections": 2, "groups": 2, "users": 1}]})
    );
    let groups = service.look("/api/hubs/chat/groups").await;
    let hall = json!({"name": "hall", "connections": 2});
    assert_eq!(
        groups,
        json!({"total": 2, "items": [hall, {"name": "room", "connections": 1}]})
    );
    assert_eq!(
        service.look("/api/hubs/Chat/groups?limit=1").await,
        json!({"total": 2, "items": [hall]})
    );
    let users = service.look("/api/hubs/chat/users").await;
    assert_eq!(
        users,
        json!({"total": 1, "items": [{"id": "ann", "connections": 1}]})
    );

    let of_ann = json!({
        "id": ann.id, "userId": "ann", "subprotocol": "json.webpubsub.azure.v1", "groups": ["hall", "room"],
        "permissions": {
            "sendToGroup": {"all": true, "groups": [], "patterns": [], "revoked": ["secret"]},
            "joinLeaveGroup": {"all": false, "groups": ["room"], "patterns": ["a.*"], "revoked": []},
        },
    });
    for query in ["group=room", "user=ann", &format!("connection={}", ann.id)] {
        let found = service.look(&format!("/api/hubs/chat/connections?{query}")).await;
        assert_eq!(found, json!({"total": 1, "items": [of_ann]}), "{query}");
    }
    let all = service.look("/api/hubs/chat/connections").await;
    assert_eq!(all["total"], 2);
    let other = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["id"] != ann.id)
        .unwrap();
    assert_eq!(
        (&other["userId"], &other["subprotocol"]),
        (&Value::Null, &Value::Null)
    );
    // Looking at a hub that nobody has named does not make it.
    assert_eq!(service.look("/api/hubs/other/connections").await["total"], 0);
    assert_eq!(service.look("/api/hubs").await["total"], 1);
    anonymous.close().await;
}

#[tokio::test]
async fn messages_go_to_all_a_group_a_user_or_a_connection() {
    let service = Service::with_admin().await;
    let mut ann = service
        .json_client(json!({"sub": "ann", "webpubsub.group": ["room"]}))
        .await;
    let mut bob = service.json_client(json!({"sub": "bob"})).await;
    for (to, ann_gets, bob_gets) in [
        (json!({}), true, true),
        (json!({"group": "room"}), true, false),
        (json!({"user": "bob"}), false, true),
        (json!({"connection": ann.id}), true, false),
        (json!({"user": "nobody"}), false, false),
    ] {
        let mut message = to.clone();
        message["data"] = json!({"to": to});
        let answer = service.admin("POST", "/api/hubs/chat/send", message).await;
        let count = usize::from(ann_gets) + usize::from(bob_gets);
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({"connections": count}))
        );
        for (client, gets) in [(&mut ann, ann_gets), (&mut bob, bob_gets)] {
            if gets {
                let message = client.json().await;
                assert_eq!(message["data"], json!({"to": to}));
                let from = if to.get("group").is_some() {
                    "group"
                } else {
                    "server"
                };
                assert_eq!(message["from"], from);
            }
        }
    }
    for (data_type, data) in [("text", "hi"), ("binary", "AP8=")] {
        let message = json!({"user": "ann", "dataType": data_type, "data": data});
        service.admin("POST", "/api/hubs/chat/send", message).await;
        let received = ann.json().await;
        assert_eq!(
            (&received["dataType"], &received["data"]),
            (&json!(data_type), &json!(data))
        );
    }
    service.mark("end").await;
    assert_eq!(ann.json().await["data"], "end");
    assert_eq!(bob.json().await["data"], "end");
}

#[tokio::test]
async fn connections_are_dropped_with_or_without_a_close_frame() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let template = webhook.url("/{event}");
    let service =
        Service::with(|builder| builder.admin_port(0).event_handler("chat", &template).unwrap()).await;
    let mut ann = service.json_client(json!({"sub": "ann"})).await;
    let mut bob = service.simple_client(json!({"sub": "bob"})).await;
    for event in ["sys.connect", "sys.connected", "sys.connect", "sys.connected"] {
        let received = webhook.next_post().await;
        assert!(received.event().starts_with("sys.connect"), "{event}");
    }
    let path = "/api/hubs/chat/drop";
    let answer = service.admin("POST", path, json!({"user": "ann"})).await;
    assert_eq!(answer.json(), json!({"connections": 1}));
    ann.expect_end().await;
    assert_eq!(
        webhook.event("sys.disconnected").await.json(),
        json!({"reason": ""})
    );

    let close = json!({"user": "bob", "code": 4001, "reason": "tried"});
    assert_eq!(
        service.admin("POST", path, close).await.json(),
        json!({"connections": 1})
    );
    assert_eq!(bob.closed().await, (4001, "tried".to_owned()));
    assert_eq!(
        webhook.event("sys.disconnected").await.json(),
        json!({"reason": "tried"})
    );
    assert_eq!(
        service.admin("POST", path, json!({})).await.json(),
        json!({"connections": 0})
    );
    assert_eq!(service.look("/api/hubs/chat/connections").await["total"], 0);
}

#[tokio::test]
async fn a_reset_makes_all_as_new() {
    let service = Service::with_admin().await;
    let mut client = service.simple_client(json!({"sub": "ann"})).await;
    let fault = json!({"on": "connect", "status": 503, "times": 9});
    assert_eq!(service.admin("POST", "/api/faults", fault).await.status, 201);
    service
        .admin("PUT", "/api/clock", json!({"offsetMs": 9_000_000}))
        .await;
    service.admin("POST", "/api/tokens/expire", Value::Null).await;

    assert_eq!(service.admin("POST", "/api/reset", Value::Null).await.status, 204);
    assert_eq!(client.closed().await.0, 1001);
    assert_eq!(service.look("/api/faults").await["total"], 0);
    assert_eq!(service.look("/api/clock").await["offsetMs"], 0);
    assert_eq!(service.look("/api/hubs/chat/connections").await["total"], 0);
    let connects = service.look("/api/traffic?kind=connect&kind=rest").await;
    assert_eq!(connects["total"], 0, "{connects}");
    let mut again = service.simple_client(json!({"sub": "ann"})).await;
    service.mark("hello").await;
    assert_eq!(again.next().await, Message::text("\"hello\""));
}

#[tokio::test]
async fn a_stop_ends_streams_and_frees_the_port() {
    let service = Service::with_admin().await;
    let url = service.emulator.admin_url().unwrap().to_owned();
    let mut stream = reqwest::get(format!("{url}/api/traffic/stream")).await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "retry: 1000\n\n");
    service.emulator.stop().await;
    assert_eq!(stream.chunk().await.unwrap(), None);
}
