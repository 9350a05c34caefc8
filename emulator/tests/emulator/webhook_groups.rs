//! The events of groups joined and left, and the order of all events that are only told.

use serde_json::{Value, json};

use crate::support::{Client, Received, Service, Webhook, answer, ok};

/// An event, and its group or its reason.
fn told(event: &Received) -> (String, Value) {
    let body = event.json();
    let about = [&body["group"], &body["reason"]]
        .into_iter()
        .find(|value| !value.is_null());
    (event.event().to_owned(), about.cloned().unwrap_or_default())
}

/// Checks which events come next; none of them may be another.
async fn expect(webhook: &mut Webhook, events: &[(&str, &str)]) {
    for (name, about) in events {
        let event = webhook.event(name).await;
        assert_eq!(told(&event), ((*name).to_owned(), json!(about)));
    }
}

/// A JSON client that is connected, and has been told to be.
async fn connected(service: &Service, webhook: &mut Webhook, claims: Value) -> Client {
    let client = service.json_client(claims).await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    client
}

#[tokio::test]
async fn a_client_that_joins_and_leaves_is_told_of() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let claims = json!({"sub": "ann", "role": ["webpubsub.joinLeaveGroup.grüße"]});
    let mut client = connected(&service, &mut webhook, claims).await;
    let joins = json!({"type": "joinGroup", "group": "grüße"});
    assert_eq!(client.ask(joins.clone(), 1).await["success"], true);
    let event = webhook.event("gp.joined").await;
    assert_eq!(event.target, "/chat/joined");
    assert_eq!(event.json(), json!({"group": "grüße"}));
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("ce-type", "azure.webpubsub.gp.joined"),
        ("ce-eventname", "joined"),
        ("ce-id", "2"),
        ("ce-connectionid", &client.id),
        ("ce-userid", "ann"),
        ("ce-subprotocol", "json.webpubsub.azure.v1"),
    ] {
        assert_eq!(event.header(name), value, "{name}");
    }
    // Nothing changes a second time, and nothing is told of what is not allowed.
    assert_eq!(client.ask(joins, 2).await["success"], true);
    let other = json!({"type": "joinGroup", "group": "other"});
    assert_eq!(client.ask(other, 3).await["success"], false);
    let leaves = json!({"type": "leaveGroup", "group": "grüße"});
    for ack_id in [4, 5] {
        assert_eq!(client.ask(leaves.clone(), ack_id).await["success"], true);
    }
    client.close().await;
    expect(&mut webhook, &[("gp.left", "grüße"), ("sys.disconnected", "")]).await;
}

#[tokio::test]
async fn what_rest_calls_do_to_groups_is_told() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let client = connected(&service, &mut webhook, json!({"sub": "ann"})).await;
    let hub = "/api/hubs/chat";
    let one = format!("{hub}/groups/one/connections/{}", client.id);
    let all = format!("{hub}/connections/{}/groups", client.id);
    service.expect(200, "PUT", &one).await;
    service.expect(200, "PUT", &one).await;
    service.expect(204, "DELETE", &one).await;
    service.expect(204, "DELETE", &one).await;
    expect(&mut webhook, &[("gp.joined", "one"), ("gp.left", "one")]).await;

    let user = format!("{hub}/users/ann/groups/two");
    service.expect(200, "PUT", &user).await;
    service.expect(204, "DELETE", &user).await;
    expect(&mut webhook, &[("gp.joined", "two"), ("gp.left", "two")]).await;

    let selection = json!({"groups": ["three", "four"], "filter": "userId eq 'ann'"});
    let add = service
        .post_json(&format!("{hub}/:addToGroups"), &selection)
        .await;
    assert_eq!(add.status, 200);
    expect(&mut webhook, &[("gp.joined", "three"), ("gp.joined", "four")]).await;
    service.expect(204, "DELETE", &all).await;
    expect(&mut webhook, &[("gp.left", "four"), ("gp.left", "three")]).await;

    // The end of a connection is the end of its memberships; nobody took it out of a group.
    service.expect(200, "PUT", &one).await;
    service
        .expect(
            204,
            "DELETE",
            &format!("{hub}/connections/{}?reason=enough", client.id),
        )
        .await;
    expect(
        &mut webhook,
        &[("gp.joined", "one"), ("sys.disconnected", "enough")],
    )
    .await;
}

#[tokio::test]
async fn the_first_groups_are_told_after_the_connection() {
    for (body, groups) in [
        ("", ["of", "token"]),
        (r#"{"groups": ["of", "answer"]}"#, ["of", "answer"]),
    ] {
        let mut webhook = Webhook::start(move |request| match request.event() {
            "sys.connect" => answer(200, "application/json", body),
            _ => ok(),
        })
        .await;
        let service = Service::with_webhook(&webhook).await;
        let claims = json!({"webpubsub.group": ["of", "token"]});
        let _client = connected(&service, &mut webhook, claims).await;
        expect(&mut webhook, &groups.map(|group| ("gp.joined", group))).await;
    }
}
