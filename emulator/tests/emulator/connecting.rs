//! Which clients may connect, and what those learn that may not.

use serde_json::{Value, json};

use crate::support::{Client, KEY, Refusal, Service, Webhook, in_one_minute, ok, sign};

/// What a refusal says of the subprotocols.
const SUPPORTED: &str = "json.webpubsub.azure.v1, json.reliable.webpubsub.azure.v1, protobuf.webpubsub.azure.v1, \
                         protobuf.reliable.webpubsub.azure.v1";

async fn refused(url: &str) -> Refusal {
    match Client::try_open(url, Some("json.webpubsub.azure.v1"), &[]).await {
        Ok(_) => panic!("{url} was accepted"),
        Err(refusal) => refusal,
    }
}

fn message(refusal: &Refusal) -> String {
    let body: Value = serde_json::from_str(&refusal.body).unwrap();
    body["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_token_may_come_in_the_query_or_in_a_header() {
    let service = Service::start().await;
    let url = service.client_url("chat", &json!({"sub": "ann"}));
    assert_eq!(
        Client::open(&url, Some("json.webpubsub.azure.v1"))
            .await
            .json()
            .await["userId"],
        "ann"
    );
    let (url, token) = url.split_once("?access_token=").unwrap();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let mut client = Client::try_open(url, Some("json.webpubsub.azure.v1"), &headers)
        .await
        .unwrap();
    assert_eq!(client.json().await["userId"], "ann");
}

#[tokio::test]
async fn the_token_is_verified() {
    let service = Service::start().await;
    let (endpoint, ws) = (service.emulator.endpoint(), service.socket_endpoint());
    let audience = format!("{endpoint}/client/hubs/chat");
    let now = in_one_minute() - 60;
    for (key, claims, says) in [
        (
            "another key",
            json!({"aud": audience, "exp": now + 60}),
            "signature",
        ),
        (KEY, json!({"aud": audience, "exp": now - 310}), "expired"),
        (KEY, json!({"aud": audience}), "exp"),
        (KEY, json!({"exp": now + 60}), "aud"),
        (
            KEY,
            json!({"aud": format!("{endpoint}/client/hubs/other"), "exp": now + 60}),
            "audience",
        ),
        (
            KEY,
            json!({"aud": format!("{ws}/client/hubs/chat"), "exp": now + 60}),
            "audience",
        ),
    ] {
        let token = sign(key, &claims);
        let refusal = refused(&format!("{ws}/client/hubs/chat?access_token={token}")).await;
        assert_eq!(refusal.status, 401);
        assert!(message(&refusal).contains(says), "{refusal:?}");
        assert!(!refusal.body.contains(&token));
    }
    let refusal = refused(&format!("{ws}/client/hubs/chat")).await;
    assert_eq!(
        (
            refusal.status,
            message(&refusal).contains("no client access token")
        ),
        (401, true)
    );
    let refusal = refused(&format!("{ws}/client/hubs/1?access_token=x")).await;
    assert_eq!(
        (refusal.status, message(&refusal).contains("hub name")),
        (400, true)
    );
}

#[tokio::test]
async fn letter_case_and_escapes_in_the_audience_do_not_matter() {
    let service = Service::start().await;
    let (endpoint, ws) = (service.emulator.endpoint(), service.socket_endpoint());
    for (path, audience) in [
        ("/client/hubs/Chat", "/client/hubs/chat"),
        ("/client/hubs/a%5B1%5D", "/client/hubs/A[1]"),
        ("/client/hubs/a[1]", "/client/hubs/a%5b1%5d"),
    ] {
        let token = sign(
            KEY,
            &json!({"aud": format!("{endpoint}{audience}"), "exp": in_one_minute()}),
        );
        Client::open(&format!("{ws}{path}?access_token={token}"), None).await;
    }
}

#[tokio::test]
async fn the_legacy_url_works() {
    let service = Service::start().await;
    let url = service.signed_url("/client/?hub=chat", &json!({}));
    let mut client = Client::open(&url, Some("json.webpubsub.azure.v1")).await;
    assert_eq!(client.json().await["event"], "connected");
    service.mark("in the hub").await;
    assert_eq!(client.json().await["data"], "in the hub");
}

#[tokio::test]
async fn invalid_groups_and_roles_in_the_token_are_refused() {
    let service = Service::start().await;
    let many = |count: usize, role: &str| (0..count).map(|n| format!("{role}.{n}")).collect::<Vec<_>>();
    for (claims, says) in [
        (json!({"webpubsub.group": ["ok", " "]}), "group name"),
        (json!({"webpubsub.group": "g".repeat(1025)}), "group name"),
        (
            json!({"role": ["webpubsub.sendToGroups.*.*.*.**.*"]}),
            "more than 5",
        ),
        (
            json!({"role": many(11, "webpubsub.joinLeaveGroups")}),
            "at most 10",
        ),
        (
            json!({"role": many(1001, "webpubsub.joinLeaveGroup")}),
            "at most 1000",
        ),
        (json!({"role": ["webpubsub.sendToGroups.a\\"]}), "backslash"),
    ] {
        let refusal = refused(&service.client_url("chat", &claims)).await;
        assert_eq!(refusal.status, 400);
        assert!(message(&refusal).contains(says), "{refusal:?}");
    }
    service
        .json_client(json!({"role": many(10, "webpubsub.joinLeaveGroups")}))
        .await;
    service
        .json_client(json!({"role": many(1000, "webpubsub.joinLeaveGroup")}))
        .await;
}

#[tokio::test]
async fn the_first_known_subprotocol_is_chosen() {
    let service = Service::start().await;
    let url = service.client_url("chat", &json!({}));
    for (offered, chosen) in [
        (None, None),
        (Some("json.webpubsub.azure.v1"), Some("json.webpubsub.azure.v1")),
        (
            Some("mine, json.webpubsub.azure.v1"),
            Some("json.webpubsub.azure.v1"),
        ),
    ] {
        let client = Client::open(&url, offered).await;
        assert_eq!(client.subprotocol.as_deref(), chosen);
    }
}

#[tokio::test]
async fn offers_that_are_not_served_are_refused_by_name() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let url = service.client_url("chat", &json!({}));
    for offered in ["mqtt", "xml.webpubsub.azure.v1, mqtt", "mine"] {
        let refusal = Client::try_open(&url, Some(offered), &[]).await.err().unwrap();
        let text = message(&refusal);
        assert!(
            refusal.status == 400 && text.contains(offered) && text.contains(SUPPORTED),
            "{refusal:?}"
        );
        let is_mqtt = offered.contains("mqtt");
        assert_eq!(text.contains("/clients/mqtt/hubs/{hub}"), is_mqtt, "{text}");
    }
    // The service's own subprotocols are refused before any event; one of the app's own after the handler has not
    // chosen it.
    webhook.event("sys.connect").await;
    webhook.event("sys.disconnected").await;
    let client = Client::open(&url, Some("mqtt, json.webpubsub.azure.v1")).await;
    assert_eq!(client.subprotocol.as_deref(), Some("json.webpubsub.azure.v1"));
    let event = webhook.event("sys.connect").await;
    assert_eq!(event.json()["subprotocols"][0], "mqtt");
}

#[tokio::test]
async fn endpoints_for_other_clients_refuse_by_name() {
    let service = Service::start().await;
    for path in [
        "/clients/socketio/hubs/chat",
        "/clients/socketio/hubs/chat/?EIO=4&transport=websocket",
    ] {
        let url = format!("{}{path}", service.socket_endpoint());
        let refusal = Client::try_open(&url, None, &[]).await.err().unwrap();
        let text = message(&refusal);
        assert!(
            refusal.status == 400 && text.contains("Socket.IO") && text.contains(SUPPORTED),
            "{refusal:?}"
        );
    }
}

#[tokio::test]
async fn an_anonymous_client_has_no_user() {
    let service = Service::start().await;
    for claims in [json!({}), json!({"sub": ""})] {
        let mut client = Client::open(
            &service.client_url("chat", &claims),
            Some("json.webpubsub.azure.v1"),
        )
        .await;
        assert_eq!(client.json().await["userId"], Value::Null);
    }
}

#[tokio::test]
async fn a_plain_request_is_no_client() {
    let service = Service::start().await;
    let url = service.client_url("chat", &json!({})).replacen("ws", "http", 1);
    let answer = service.raw("GET", &url, None, &[], "").await;
    assert_eq!(answer.status, 400);
}
