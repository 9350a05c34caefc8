//! Permissions of live connections, and the roles of tokens.

use serde_json::{Value, json};
use webpubsub_edge::{ErrorKind, Permission, roles};

use crate::support::{Client, Service};

/// Whether a client may publish to a group.
async fn may_send(client: &mut Client, group: &str, ack_id: u64) -> bool {
    let request =
        json!({"type": "sendToGroup", "group": group, "noEcho": true, "dataType": "text", "data": "x"});
    client.ask(request, ack_id).await["success"] == Value::Bool(true)
}

#[tokio::test]
async fn a_granted_permission_is_valid_until_revoked() {
    let service = Service::start().await;
    let hub = service.hub();
    let mut ada = service.join("ada", &[], &[]).await;
    let has = |group: &str| {
        hub.has_permission(Permission::SendToGroup, &ada.id)
            .target_name(group)
    };
    let (room, other) = (has("room"), has("other"));
    assert!(!room.await.unwrap());
    hub.grant_permission(Permission::SendToGroup, &ada.id)
        .target_name("room")
        .await
        .unwrap();
    assert!(has("room").await.unwrap() && !other.await.unwrap());
    let joins = hub
        .has_permission(Permission::JoinLeaveGroup, &ada.id)
        .target_name("room");
    assert!(!joins.await.unwrap(), "that is another permission");
    let (again, id) = (has("room"), ada.id.clone());
    assert!(may_send(&mut ada, "room", 1).await && !may_send(&mut ada, "other", 2).await);
    hub.revoke_permission(Permission::SendToGroup, &id)
        .target_name("room")
        .await
        .unwrap();
    assert!(!again.await.unwrap());
    assert!(!may_send(&mut ada, "room", 3).await);
}

#[tokio::test]
async fn permissions_need_a_connection_and_a_group() {
    let service = Service::start().await;
    let hub = service.hub();
    let gone = hub
        .grant_permission(Permission::JoinLeaveGroup, "gone")
        .target_name("room")
        .await
        .unwrap_err();
    assert_eq!(
        (gone.kind(), gone.code()),
        (ErrorKind::NotFound, "Info.Connection.NotExisted")
    );
    assert!(
        !hub.has_permission(Permission::SendToGroup, "gone")
            .target_name("room")
            .await
            .unwrap()
    );
    hub.revoke_permission(Permission::SendToGroup, "gone")
        .target_name("room")
        .await
        .unwrap();
    let ada = service.join("ada", &[], &[]).await;
    let nowhere = hub
        .grant_permission(Permission::SendToGroup, &ada.id)
        .await
        .unwrap_err();
    assert_eq!(
        nowhere.kind(),
        ErrorKind::InvalidRequest,
        "the service's word for it: {nowhere}"
    );
}

#[tokio::test]
async fn a_role_grants_exactly_its_groups() {
    let service = Service::start().await;
    let star = r"a*?\b";
    for (role, allowed, others) in [
        (
            roles::send_to_group(star).unwrap(),
            vec![star],
            vec![r"axx\b", "a"],
        ),
        (
            roles::send_to_groups(&roles::escape(star)).unwrap(),
            vec![star],
            vec![r"axx\b", r"a*x\b"],
        ),
        (
            roles::send_to_groups("a*").unwrap(),
            vec!["a", "ab"],
            vec!["a.b", "b"],
        ),
        (roles::send_to_groups("a**").unwrap(), vec!["a", "a.b"], vec!["b"]),
        (roles::SEND_TO_ANY_GROUP.to_owned(), vec!["a", star], vec![]),
        (roles::join_leave_group("a").unwrap(), vec![], vec!["a"]),
    ] {
        let mut client = service.join("ada", &[&role], &[]).await;
        let groups = allowed.into_iter().map(|group| (group, true));
        for (ack_id, (group, expected)) in groups
            .chain(others.into_iter().map(|group| (group, false)))
            .enumerate()
        {
            assert_eq!(
                may_send(&mut client, group, ack_id as u64).await,
                expected,
                "{role}: {group}"
            );
        }
    }
}
