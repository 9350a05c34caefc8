//! Roles, wildcard roles, grants and revocations: checked by REST, felt by the client.

use serde_json::json;

use crate::support::{Client, Service};

async fn may(service: &Service, client: &Client, permission: &str, group: &str) -> bool {
    let target = format!(
        "/api/hubs/chat/permissions/{permission}/connections/{}?targetName={group}",
        client.id
    );
    match service.call("HEAD", &target).await.refusal() {
        (200, "") => true,
        (404, "Info.Permission.NotExisted") => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn roles_allow_any_one_or_matching_groups() {
    let service = Service::start().await;
    for (role, permission, allowed, denied) in [
        ("webpubsub.sendToGroup", "sendToGroup", vec!["a", "a.b"], vec![]),
        (
            "webpubsub.sendToGroup.a",
            "sendToGroup",
            vec!["a"],
            vec!["A", "a.b", "*"],
        ),
        ("webpubsub.sendToGroup.*", "sendToGroup", vec!["*"], vec!["a"]),
        (
            "webpubsub.joinLeaveGroup.x.y",
            "joinLeaveGroup",
            vec!["x.y"],
            vec!["x", "x.yz"],
        ),
        (
            "webpubsub.sendToGroups.a.*",
            "sendToGroup",
            vec!["a.b", "a."],
            vec!["a", "a.b.c", "b.a"],
        ),
        (
            "webpubsub.sendToGroups.a.**",
            "sendToGroup",
            vec!["a.b", "a.b.c"],
            vec!["a", "ba.b"],
        ),
        (
            "webpubsub.joinLeaveGroups.r?m",
            "joinLeaveGroup",
            vec!["rom", "r%C3%A4m"],
            vec!["rm", "r.m", "room"],
        ),
        (
            "webpubsub.joinLeaveGroups.a%5C*",
            "joinLeaveGroup",
            vec![],
            vec!["a*"],
        ),
        (
            r"webpubsub.joinLeaveGroups.a\*(",
            "joinLeaveGroup",
            vec!["a*("],
            vec!["ab("],
        ),
        ("webpubsub.fly", "sendToGroup", vec![], vec!["a"]),
        ("sendToGroup", "sendToGroup", vec![], vec!["a"]),
    ] {
        let client = service.json_client(json!({"role": [role]})).await;
        for group in allowed {
            assert!(
                may(&service, &client, permission, group).await,
                "{role} must allow {group}"
            );
        }
        for group in denied {
            assert!(
                !may(&service, &client, permission, group).await,
                "{role} must not allow {group}"
            );
        }
        let other = if permission == "sendToGroup" {
            "joinLeaveGroup"
        } else {
            "sendToGroup"
        };
        assert!(!may(&service, &client, other, "a").await, "{role}");
    }
}

#[tokio::test]
async fn a_client_without_a_role_is_refused_by_name_and_a_grant_helps() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    for (number, (r#type, verb)) in [
        ("joinGroup", "join"),
        ("leaveGroup", "leave"),
        ("sendToGroup", "send to"),
    ]
    .into_iter()
    .enumerate()
    {
        let ack = client
            .ask(json!({"type": r#type, "group": "g", "data": 1}), number as u64)
            .await;
        assert_eq!(
            ack,
            json!({
                "type": "ack", "ackId": number, "success": false,
                "error": {
                    "name": "Forbidden",
                    "message": format!("The client does not have permission to {verb} group 'g'."),
                },
            })
        );
    }
    for permission in ["sendToGroup", "joinleavegroup"] {
        let target = format!(
            "/api/hubs/chat/permissions/{permission}/connections/{}?targetName=g",
            client.id
        );
        service.expect(200, "PUT", &target).await;
    }
    assert_eq!(
        client.ask(json!({"type": "joinGroup", "group": "g"}), 0).await["success"],
        true
    );
    client
        .send_json(json!({"type": "sendToGroup", "group": "g", "data": "mine"}))
        .await;
    assert_eq!(client.json().await["data"], "mine");
    assert_eq!(
        client.ask(json!({"type": "joinGroup", "group": "G"}), 1).await["error"]["name"],
        "Forbidden"
    );
}

#[tokio::test]
async fn a_revocation_beats_roles_for_that_group_and_membership_stays() {
    let service = Service::start().await;
    let roles = json!([
        "webpubsub.sendToGroup",
        "webpubsub.joinLeaveGroups.**",
        "webpubsub.joinLeaveGroup.g"
    ]);
    let mut client = service
        .json_client(json!({"role": roles, "webpubsub.group": ["g"]}))
        .await;
    for permission in ["sendToGroup", "joinLeaveGroup"] {
        let target = format!(
            "/api/hubs/chat/permissions/{permission}/connections/{}?targetName=g",
            client.id
        );
        service.expect(204, "DELETE", &target).await;
        assert!(!may(&service, &client, permission, "g").await);
        assert!(may(&service, &client, permission, "h").await);
    }
    client
        .send_json(json!({"type": "sendToGroup", "group": "g", "data": "lost"}))
        .await;
    service
        .post("/api/hubs/chat/groups/g/:send", "text/plain", "still a member")
        .await;
    assert_eq!(client.json().await["data"], "still a member");
    let target = format!(
        "/api/hubs/chat/permissions/sendToGroup/connections/{}?targetName=g",
        client.id
    );
    service.expect(200, "PUT", &target).await;
    assert!(may(&service, &client, "sendToGroup", "g").await);
}

#[tokio::test]
async fn a_connection_holds_a_thousand_grants_and_no_more() {
    let service = Service::start().await;
    let client = service
        .json_client(json!({"role": "webpubsub.sendToGroup.0"}))
        .await;
    let target = |group: usize| {
        format!(
            "/api/hubs/chat/permissions/sendToGroup/connections/{}?targetName={group}",
            client.id
        )
    };
    for group in 1..1000 {
        service.expect(200, "PUT", &target(group)).await;
    }
    assert_eq!(
        service.call("PUT", &target(1000)).await.refusal(),
        (409, "Error.Permission.TooMany")
    );
    service.expect(200, "PUT", &target(999)).await;
    service.expect(204, "DELETE", &target(5)).await;
    service.expect(200, "PUT", &target(1000)).await;
}
