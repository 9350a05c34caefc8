//! The connect, connected and disconnected events, and what a connect answer decides.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{Client, KEY, Refusal, Service, Webhook, answer, ok};

/// A handler that answers connect with this and everything else with 200.
async fn connect_answer(status: u16, body: &str) -> Webhook {
    let body = body.to_owned();
    Webhook::start(move |request| match request.event() {
        "sys.connect" => answer(status, "application/json", body.clone()),
        _ => ok(),
    })
    .await
}

async fn refused(service: &Service, claims: Value, subprotocols: &str) -> Refusal {
    let url = service.client_url("chat", &claims);
    Client::try_open(&url, Some(subprotocols), &[])
        .await
        .err()
        .expect("the client must be refused")
}

fn hmac(key: &str, connection_id: &str) -> String {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    hmac.update(connection_id.as_bytes());
    format!("sha256={}", hex::encode(hmac.finalize().into_bytes()))
}

#[tokio::test]
async fn the_handler_learns_everything_about_the_client() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let template = webhook.url("/hooks/{hub}/{event}?code={event}");
    let service = Service::with(|builder| {
        builder
            .access_key("secondary")
            .unwrap()
            .event_handler("Chat", &template)
            .unwrap()
    })
    .await;
    let claims = json!({"sub": "ann", "role": ["r1", "r2"], "webpubsub.group": ["g"], "n": 5});
    let url = format!("{}&x=1&x=2&y=%20", service.client_url("chat", &claims));
    let headers = [("x-mine", "1"), ("origin", "https://app.example")];
    let mut client = Client::try_open(&url, Some("a, json.webpubsub.azure.v1"), &headers)
        .await
        .unwrap();
    let id = client.json().await["connectionId"].as_str().unwrap().to_owned();

    let event = webhook.event("sys.connect").await;
    assert_eq!(event.target, "/hooks/chat/connect?code=connect");
    let origin = service.emulator.endpoint().replace("http://", "");
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("webhook-request-origin", &origin),
        ("ce-specversion", "1.0"),
        ("ce-awpsversion", "1.0"),
        ("ce-type", "azure.webpubsub.sys.connect"),
        ("ce-source", &format!("/hubs/chat/client/{id}")),
        ("ce-id", "0"),
        (
            "ce-signature",
            &format!("{},{}", hmac(KEY, &id), hmac("secondary", &id)),
        ),
        ("ce-hub", "chat"),
        ("ce-connectionid", &id),
        ("ce-eventname", "connect"),
        ("ce-userid", "ann"),
        ("ce-subprotocol", ""),
        ("ce-connectionstate", ""),
    ] {
        assert_eq!(event.header(name), value, "{name}");
    }
    let time = event.header("ce-time");
    assert!(
        time.len() == 20 && time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(),
        "{time}"
    );

    let body = event.json();
    let claims = &body["claims"];
    assert_eq!(
        (&claims["sub"], &claims["role"], &claims["n"]),
        (&json!(["ann"]), &json!(["r1", "r2"]), &json!(["5"]))
    );
    assert_eq!(
        claims["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"],
        json!(["ann"])
    );
    assert_eq!(
        claims["http://schemas.microsoft.com/ws/2008/06/identity/claims/role"],
        json!(["r1", "r2"])
    );
    assert_eq!(
        (&body["query"]["x"], &body["query"]["y"]),
        (&json!(["1", "2"]), &json!([" "]))
    );
    assert_eq!(
        (&body["headers"]["x-mine"], &body["headers"]["origin"]),
        (&json!(["1"]), &json!(["https://app.example"]))
    );
    assert_eq!(
        (&body["subprotocols"], &body["clientCertificates"]),
        (&json!(["a", "json.webpubsub.azure.v1"]), &json!([]))
    );

    let event = webhook.event("sys.connected").await;
    assert_eq!((event.json(), event.header("ce-id")), (json!({}), "1"));
    assert_eq!(event.header("ce-subprotocol"), "json.webpubsub.azure.v1");
    let event = webhook.event("gp.joined").await;
    assert_eq!(
        (event.json(), event.header("ce-id")),
        (json!({"group": "g"}), "2")
    );
    client.close().await;
    let event = webhook.event("sys.disconnected").await;
    assert_eq!(
        (event.json(), event.header("ce-id")),
        (json!({"reason": ""}), "3")
    );
}

#[tokio::test]
async fn an_empty_answer_keeps_what_the_token_says() {
    for (status, body) in [
        (200, ""),
        (204, ""),
        (202, " "),
        (200, "null"),
        (200, "{}"),
        (200, r#"{"groups": [], "userId": null}"#),
    ] {
        let webhook = connect_answer(status, body).await;
        let service = Service::with_webhook(&webhook).await;
        let claims = json!({"sub": "ann", "webpubsub.group": ["g"], "role": ["webpubsub.sendToGroup"]});
        let mut client = service.json_client(claims).await;
        service.expect(200, "HEAD", "/api/hubs/chat/users/ann").await;
        client
            .send_json(json!({"type": "sendToGroup", "group": "g", "data": 1}))
            .await;
        assert_eq!(client.json().await["fromUserId"], "ann", "{status} {body:?}");
    }
}

#[tokio::test]
async fn an_answer_decides_user_groups_roles_and_subprotocol() {
    let body =
        r#"{"userId": "bob", "groups": ["h"], "roles": ["webpubsub.joinLeaveGroup"], "subprotocol": "b"}"#;
    let mut webhook = connect_answer(200, body).await;
    let service = Service::with_webhook(&webhook).await;
    let claims = json!({"sub": "ann", "webpubsub.group": ["g"], "role": ["webpubsub.sendToGroup"]});
    let url = service.client_url("chat", &claims);
    let client = Client::open(&url, Some("json.webpubsub.azure.v1, a, b")).await;
    assert_eq!(client.subprotocol.as_deref(), Some("b"));
    assert_eq!(webhook.event("sys.connect").await.header("ce-userid"), "ann");
    let event = webhook.event("sys.connected").await;
    assert_eq!(
        (event.header("ce-userid"), event.header("ce-subprotocol")),
        ("bob", "b")
    );
    service.expect(404, "HEAD", "/api/hubs/chat/users/ann").await;
    service.expect(404, "HEAD", "/api/hubs/chat/groups/g").await;
    service.expect(200, "HEAD", "/api/hubs/chat/groups/h").await;
    let id = event.header("ce-connectionid");
    for (permission, status) in [("joinLeaveGroup", 200), ("sendToGroup", 404)] {
        let target = format!("/api/hubs/chat/permissions/{permission}/connections/{id}?targetName=x");
        service.expect(status, "HEAD", &target).await;
    }
}

#[tokio::test]
async fn an_answer_can_take_user_and_roles_away() {
    let webhook = connect_answer(200, r#"{"userId": "", "roles": []}"#).await;
    let service = Service::with_webhook(&webhook).await;
    let mut client = service
        .json_client(json!({"sub": "ann", "role": ["webpubsub.sendToGroup"]}))
        .await;
    service.expect(404, "HEAD", "/api/hubs/chat/users/ann").await;
    let ack = client
        .ask(json!({"type": "sendToGroup", "group": "g", "data": 1}), 1)
        .await;
    assert_eq!(ack["error"]["name"], "Forbidden");
}

#[tokio::test]
async fn a_refusal_reaches_the_client_as_its_status_without_the_body() {
    for (status, becomes) in [
        (400, 400),
        (401, 401),
        (403, 403),
        (429, 429),
        (302, 500),
        (500, 500),
        (503, 500),
    ] {
        let webhook = connect_answer(status, r#""my inner thoughts""#).await;
        let template = webhook.url("/");
        let service = Service::with(|builder| {
            builder
                .event_handler("chat", &template)
                .unwrap()
                .event_retry_delays([])
        })
        .await;
        let refusal = refused(&service, json!({"sub": "ann"}), "json.webpubsub.azure.v1").await;
        assert_eq!(refusal.status, becomes);
        assert!(refusal.body.contains(&status.to_string()) && !refusal.body.contains("thoughts"));
        service.expect(404, "HEAD", "/api/hubs/chat/users/ann").await;
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_refuses_the_client_and_is_told_so() {
    for body in [
        r#"{"groups": [" "]}"#,
        r#"{"subprotocol": "not-offered"}"#,
        r#"{"roles": ["webpubsub.sendToGroups.a\\"]}"#,
    ] {
        let mut webhook = connect_answer(200, body).await;
        let service = Service::with_webhook(&webhook).await;
        assert_eq!(
            refused(&service, json!({}), "json.webpubsub.azure.v1")
                .await
                .status,
            500
        );
        // It had accepted, so it hears of the end.
        webhook.event("sys.connect").await;
        webhook.event("sys.disconnected").await;
    }
    for body in ["{oops", "[]", r#"{"groups": "g"}"#] {
        let webhook = connect_answer(200, body).await;
        let service = Service::with_webhook(&webhook).await;
        let refusal = refused(&service, json!({}), "json.webpubsub.azure.v1").await;
        assert!(
            refusal.status == 500 && refusal.body.contains("answer is not valid"),
            "{refusal:?}"
        );
    }
}

#[tokio::test]
async fn the_reason_of_a_close_is_in_the_disconnected_event() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    let client = service.json_client(json!({})).await;
    service
        .expect(
            204,
            "DELETE",
            &format!("/api/hubs/chat/connections/{}?reason=enough", client.id),
        )
        .await;
    webhook.event("sys.connect").await;
    webhook.event("sys.connected").await;
    assert_eq!(
        webhook.event("sys.disconnected").await.json(),
        json!({"reason": "enough"})
    );
}

#[tokio::test]
async fn other_hubs_have_no_handler() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = Service::with_webhook(&webhook).await;
    Client::open(&service.client_url("other", &json!({"sub": "quiet"})), None)
        .await
        .close()
        .await;
    let _client = Client::open(&service.client_url("chat", &json!({"sub": "heard"})), None).await;
    assert_eq!(webhook.event("sys.connect").await.header("ce-userid"), "heard");
}
