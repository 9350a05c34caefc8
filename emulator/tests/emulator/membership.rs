//! Existence, group membership and closes by REST.

use serde_json::json;

use crate::support::{Client, Service};

/// Whether the client is in the group, seen from what a send to it delivers.
async fn is_in(service: &Service, client: &mut Client, group: &str) -> bool {
    service
        .post_json(
            &format!("/api/hubs/chat/groups/{group}/:send"),
            &json!("to the group"),
        )
        .await;
    service.mark("mark").await;
    match client.json().await["data"].as_str() {
        Some("mark") => false,
        _ => {
            assert_eq!(client.json().await["data"], "mark");
            true
        }
    }
}

#[tokio::test]
async fn connections_users_and_groups_exist_while_someone_is_there() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"sub": "ann b", "webpubsub.group": ["g"]}))
        .await;
    let targets = [
        format!("connections/{}", client.id),
        "users/ann%20b".to_owned(),
        "groups/g".to_owned(),
    ];
    for target in &targets {
        service
            .expect(200, "HEAD", &format!("/api/hubs/chat/{target}"))
            .await;
        service
            .expect(404, "HEAD", &format!("/api/hubs/other/{target}"))
            .await;
    }
    service
        .expect(
            204,
            "DELETE",
            &format!("/api/hubs/chat/connections/{}", client.id),
        )
        .await;
    for target in &targets {
        service
            .expect(404, "HEAD", &format!("/api/hubs/chat/{target}"))
            .await;
    }
    assert_eq!(client.json().await["event"], "disconnected");
}

#[tokio::test]
async fn a_connection_joins_and_leaves() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    let member = |group: &str| format!("/api/hubs/chat/groups/{group}/connections/{}", client.id);
    let (a, b) = (member("a"), member("b"));
    let all = format!("/api/hubs/chat/connections/{}/groups", client.id);
    service.expect(200, "PUT", &a).await;
    service.expect(200, "PUT", &a).await;
    service.expect(200, "PUT", &b).await;
    assert!(is_in(&service, &mut client, "a").await && is_in(&service, &mut client, "b").await);
    service.expect(204, "DELETE", &a).await;
    assert!(!is_in(&service, &mut client, "a").await && is_in(&service, &mut client, "b").await);
    service.expect(200, "PUT", &a).await;
    service.expect(204, "DELETE", &all).await;
    assert!(!is_in(&service, &mut client, "a").await && !is_in(&service, &mut client, "b").await);
    service.expect(404, "HEAD", "/api/hubs/chat/groups/a").await;
}

#[tokio::test]
async fn a_users_connections_join_and_leave_together() {
    let service = Service::start().await;
    let mut first = service.json_client(json!({"sub": "ann"})).await;
    let mut second = service.json_client(json!({"sub": "ann"})).await;
    service
        .expect(200, "PUT", "/api/hubs/chat/users/ann/groups/a")
        .await;
    service
        .expect(200, "PUT", "/api/hubs/chat/users/ann/groups/b")
        .await;
    service
        .post("/api/hubs/chat/groups/a/:send", "text/plain", "both")
        .await;
    for client in [&mut first, &mut second] {
        assert_eq!(client.json().await["data"], "both");
    }
    service
        .expect(204, "DELETE", "/api/hubs/chat/users/ann/groups/a")
        .await;
    service.expect(404, "HEAD", "/api/hubs/chat/groups/a").await;
    service.expect(200, "HEAD", "/api/hubs/chat/groups/b").await;
    service
        .expect(204, "DELETE", "/api/hubs/chat/users/ann/groups")
        .await;
    service.expect(404, "HEAD", "/api/hubs/chat/groups/b").await;
}

#[tokio::test]
async fn an_encoded_slash_in_a_path_stays_encoded() {
    let service = Service::start().await;
    let mut client = service
        .json_client(json!({"sub": "tenant/ann", "webpubsub.group": ["a/b", "a%2Fb"]}))
        .await;
    service
        .expect(404, "HEAD", "/api/hubs/chat/users/tenant%2Fann")
        .await;
    service
        .post("/api/hubs/chat/groups/a%2Fb/:send", "text/plain", "x")
        .await;
    assert_eq!(client.json().await["group"], "a%2Fb");
    service
        .post("/api/hubs/chat/groups/a%252Fb/:send", "text/plain", "x")
        .await;
    assert_eq!(client.json().await["group"], "a%2Fb");
    service
        .post("/api/hubs/chat/groups/a+b%2B/:send", "text/plain", "nobody")
        .await;
    let mut plus = service.json_client(json!({"webpubsub.group": ["a+b+"]})).await;
    service
        .post("/api/hubs/chat/groups/a+b%2B/:send", "text/plain", "x")
        .await;
    assert_eq!(plus.json().await["group"], "a+b+");
}

#[tokio::test]
async fn a_filter_selects_who_joins_and_leaves() {
    let service = Service::start().await;
    let mut ann = service.json_client(json!({"sub": "ann"})).await;
    let mut anonymous = service.json_client(json!({})).await;
    let add = json!({"filter": "userId ne null", "groups": ["a", "b"]});
    service.post_json("/api/hubs/chat/:addToGroups", &add).await;
    for group in ["a", "b"] {
        service
            .post_json(&format!("/api/hubs/chat/groups/{group}/:send"), &json!(group))
            .await;
    }
    service.mark("mark").await;
    for gets in ["a", "b", "mark"] {
        assert_eq!(ann.json().await["data"], gets);
    }
    assert_eq!(anonymous.json().await["data"], "mark");

    // No filter, or an empty one, is everyone.
    service
        .post_json(
            "/api/hubs/chat/:addToGroups",
            &json!({"groups": ["a"], "filter": ""}),
        )
        .await;
    service
        .post_json("/api/hubs/chat/groups/a/:send", &json!("all"))
        .await;
    assert_eq!(anonymous.json().await["data"], "all");
    let remove = json!({"groups": ["a", "b"], "filter": "'a' in groups"});
    service
        .post_json("/api/hubs/chat/:removeFromGroups", &remove)
        .await;
    for group in ["a", "b"] {
        // The filter was asked once, so leaving `a` first keeps nobody in `b`.
        service
            .expect(404, "HEAD", &format!("/api/hubs/chat/groups/{group}"))
            .await;
    }
}

#[tokio::test]
async fn closes_reach_their_target_with_the_reason() {
    let service = Service::start().await;
    for (method, target, reason) in [
        ("POST", ":closeConnections?reason=all%20out", "all out"),
        ("POST", "groups/g/:closeConnections?reason=g%26g", "g&g"),
        ("POST", "users/ann/:closeConnections", "Closed by REST API."),
        ("DELETE", "connections/{id}?reason=", ""),
    ] {
        let mut client = service
            .json_client(json!({"sub": "ann", "webpubsub.group": ["g"]}))
            .await;
        let mut simple = service.simple_client(json!({"sub": "bob"})).await;
        let target = target.replace("{id}", &client.id);
        service
            .expect(204, method, &format!("/api/hubs/chat/{target}"))
            .await;
        assert_eq!(
            client.json().await,
            json!({"type": "system", "event": "disconnected", "message": reason})
        );
        assert_eq!(client.closed().await, (1000, reason.to_owned()));
        if target.starts_with(":close") {
            assert_eq!(simple.closed().await, (1000, reason.to_owned()));
        } else {
            service.mark("still here").await;
            assert_eq!(simple.text().await, r#""still here""#);
            simple.close().await;
        }
    }
}

#[tokio::test]
async fn the_excluded_stay() {
    let service = Service::start().await;
    let mut stays = service
        .json_client(json!({"sub": "ann", "webpubsub.group": ["g"]}))
        .await;
    for target in [
        ":closeConnections",
        "groups/g/:closeConnections",
        "users/ann/:closeConnections",
    ] {
        let mut goes = service
            .json_client(json!({"sub": "ann", "webpubsub.group": ["g"]}))
            .await;
        let target = format!("/api/hubs/chat/{target}?excluded=someone&excluded={}", stays.id);
        service.expect(204, "POST", &target).await;
        assert_eq!(goes.json().await["event"], "disconnected");
    }
    service.mark("still here").await;
    assert_eq!(stays.json().await["data"], "still here");
}

#[tokio::test]
async fn a_long_reason_is_cut_in_the_close_frame_only() {
    let service = Service::start().await;
    let mut client = service.json_client(json!({})).await;
    let reason = "ü".repeat(100);
    let target = format!("/api/hubs/chat/:closeConnections?reason={}", "%C3%BC".repeat(100));
    service.expect(204, "POST", &target).await;
    assert_eq!(client.json().await["message"], reason);
    assert_eq!(client.closed().await, (1000, "ü".repeat(61)));
}
