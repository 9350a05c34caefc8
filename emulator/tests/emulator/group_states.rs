//! The states that connections show in a group.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::protobuf::{Down, Entries, OfGroup, SetState, Upstream};
use crate::support::{Client, Service};

const ALL: [&str; 2] = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];

/// The next frame, which must tell of states in the group; its items without their times, which must be numbers.
async fn states(client: &mut Client, kind: &str) -> Value {
    let mut frame = client.json().await;
    assert_eq!(
        (&frame["type"], &frame["group"]),
        (&json!(kind), &json!("g")),
        "{frame}"
    );
    let mut items = frame["items"].take();
    for item in items.as_array_mut().unwrap() {
        let updated = item.as_object_mut().unwrap().remove("updatedAt").unwrap();
        assert!(updated.as_i64().unwrap() > 1_700_000_000_000, "{updated}");
    }
    items
}

fn set(state: &Value) -> Value {
    json!({"type": "setGroupState", "group": "g", "state": state})
}

#[tokio::test]
async fn subscribers_hear_of_all_states_and_then_of_changes() {
    let service = Service::start().await;
    let member = json!({"sub": "ann", "role": ALL, "webpubsub.group": ["g"]});
    let mut ann = service.json_client(member).await;
    let mut bob = service.json_client(json!({"role": ALL})).await;
    assert_eq!(
        ann.ask(set(&json!({"status": "typing"})), 1).await["success"],
        true
    );
    let subscribe = json!({"type": "subscribeGroupState", "group": "g"});
    assert_eq!(bob.ask(subscribe, 1).await["success"], true);
    let typing = json!([{"connectionId": ann.id, "userId": "ann", "state": {"status": "typing"}}]);
    assert_eq!(states(&mut bob, "groupStateSnapshot").await, typing);

    ann.ask(set(&json!({"status": "idle"})), 2).await;
    let idle = json!([{"connectionId": ann.id, "userId": "ann", "state": {"status": "idle"}}]);
    assert_eq!(states(&mut bob, "groupStateUpdate").await, idle);
    // Without a state it is cleared.
    let cleared = json!([{"connectionId": ann.id, "userId": "ann"}]);
    ann.ask(json!({"type": "setGroupState", "group": "g"}), 3).await;
    assert_eq!(states(&mut bob, "groupStateUpdate").await, cleared);
    // Leaving clears it too, and so does the end of the connection; a client without a user has none.
    ann.ask(set(&json!({"status": "back"})), 4).await;
    states(&mut bob, "groupStateUpdate").await;
    ann.ask(json!({"type": "leaveGroup", "group": "g"}), 5).await;
    assert_eq!(states(&mut bob, "groupStateUpdate").await, cleared);
    bob.ask(json!({"type": "joinGroup", "group": "g"}), 2).await;
    bob.send_json(set(&json!({}))).await;
    let own = json!([{"connectionId": bob.id, "state": {}}]);
    assert_eq!(states(&mut bob, "groupStateUpdate").await, own);
    let subscribe = json!({"type": "subscribeGroupState", "group": "g"});
    ann.ask(subscribe, 6).await;
    assert_eq!(states(&mut ann, "groupStateSnapshot").await, own);
    let id = bob.id.clone();
    bob.close().await;
    assert_eq!(
        states(&mut ann, "groupStateUpdate").await,
        json!([{"connectionId": id}])
    );
}

#[tokio::test]
async fn a_subscription_can_be_ended() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"role": ALL, "webpubsub.group": ["g"]}))
        .await;
    client
        .ask(json!({"type": "subscribeGroupState", "group": "g"}), 1)
        .await;
    assert_eq!(states(&mut client, "groupStateSnapshot").await, json!([]));
    client
        .ask(json!({"type": "unsubscribeGroupState", "group": "g"}), 2)
        .await;
    assert_eq!(client.ask(set(&json!({"a": "b"})), 3).await["success"], true);
}

#[tokio::test]
async fn only_members_have_states_and_only_those_who_may_join_see_them() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"role": ["webpubsub.joinLeaveGroup.g"]}))
        .await;
    let ack = client.ask(set(&json!({"a": "b"})), 1).await;
    assert_eq!(
        ack["error"],
        json!({"name": "Forbidden", "message": "The client is not in group 'g'."})
    );
    let subscribe = json!({"type": "subscribeGroupState", "group": "h"});
    assert_eq!(client.ask(subscribe, 2).await["error"]["name"], "Forbidden");
    for request in [
        set(&json!({"a": 1})),
        set(&json!("text")),
        json!({"type": "subscribeGroupState"}),
    ] {
        assert_eq!(client.ask(request, 3).await["error"]["name"], "BadRequest");
    }
    // A member needs no permission.
    let mut member = service.json_client(json!({"webpubsub.group": ["g"]})).await;
    member
        .ask(json!({"type": "subscribeGroupState", "group": "g"}), 1)
        .await;
    assert_eq!(states(&mut member, "groupStateSnapshot").await, json!([]));
}

#[tokio::test]
async fn reliable_clients_get_states_in_the_order_of_messages() {
    let service = Service::start().await;
    let mut client = service
        .protobuf_client(
            "protobuf.reliable.webpubsub.azure.v1",
            json!({"sub": "ann", "role": ALL, "webpubsub.group": ["g"]}),
        )
        .await;
    let group = OfGroup {
        group: "g".to_owned(),
        ack_id: Some(1),
    };
    client
        .send_protobuf(&Upstream {
            subscribe: Some(group),
            ..Upstream::default()
        })
        .await;
    assert!(client.ack().await.success);
    match client.protobuf().await {
        Down::StateSnapshot(states) => {
            assert!(states.items.is_empty());
            assert_eq!((states.group.as_str(), states.sequence_id), ("g", Some(1)));
        }
        other => panic!("{other:?}"),
    }
    let entries = HashMap::from([("status".to_owned(), "typing".to_owned())]);
    client
        .send_protobuf(&Upstream {
            set_state: Some(SetState {
                group: "g".to_owned(),
                ack_id: Some(2),
                state: Some(Entries {
                    entries: entries.clone(),
                }),
            }),
            ..Upstream::default()
        })
        .await;
    match client.protobuf().await {
        Down::StateUpdate(states) => {
            assert_eq!(states.sequence_id, Some(2));
            let item = &states.items[0];
            assert_eq!(
                (&item.connection_id, item.user_id.as_deref()),
                (&client.id, Some("ann"))
            );
            assert_eq!(item.state.as_ref().unwrap().entries, entries);
            assert!(item.updated_at > 1_700_000_000_000);
        }
        other => panic!("{other:?}"),
    }
    assert!(client.ack().await.success);
    service.mark("a").await;
    assert_eq!(client.data().await.sequence_id, Some(3));

    let mut client = service
        .reliable_client(json!({"role": ALL, "webpubsub.group": ["g"]}))
        .await;
    client
        .ask(json!({"type": "subscribeGroupState", "group": "g"}), 1)
        .await;
    assert_eq!(client.json().await["sequenceId"], 1);
}
