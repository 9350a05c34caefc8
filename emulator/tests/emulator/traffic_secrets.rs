//! No reader of the traffic gets to see a secret.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use webpubsub_emulator::control::{To, TrafficFilter};

use crate::support::{Client, KEY, Service, Webhook, answer, ok, sign};

const OPAQUE: &str = "an+opaque/entra-token==";

/// Everything that a reader gets.
fn seen(service: &Service) -> String {
    serde_json::to_string(&service.emulator.control().traffic(&TrafficFilter::new())).unwrap()
}

#[tokio::test]
async fn keys_tokens_and_signatures_are_masked_wherever_they_are() {
    let mut webhook = Webhook::start(|request| match request.event() {
        "user.ask" => answer(
            200,
            "application/json",
            r#"{"token": "from-the-app", "other": 1}"#,
        ),
        _ => ok(),
    })
    .await;
    let template = webhook.url("/{event}?code=secret-code&x=secret-x");
    let service = Service::with(|builder| {
        let builder = builder.entra_token(OPAQUE).record_traffic();
        builder.event_handler("chat", &template).unwrap()
    })
    .await;
    let url = service.url("/api/hubs/chat/:generateToken?userId=ann");
    let generated = service
        .raw(
            "POST",
            &url,
            Some(OPAQUE),
            &[("cookie", "session=cookie-secret")],
            "",
        )
        .await;
    let generated = generated.json()["token"].as_str().unwrap().to_owned();
    let mut client = service.json_client(json!({"sub": "ann"})).await;
    let signature = webhook
        .event("sys.connect")
        .await
        .header("ce-signature")
        .to_owned();
    let token = sign(KEY, &json!({"aud": "x", "exp": 1}));
    Client::try_open(
        &format!(
            "{}/client/hubs/chat?Access_Token={token}",
            service.socket_endpoint()
        ),
        None,
        &[("authorization", &format!("Bearer {token}"))],
    )
    .await
    .err()
    .unwrap();
    let data = json!({
        "connectionString": service.emulator.connection_string(),
        "note": format!("the key is {KEY}, the token {token}; {OPAQUE}"),
        "nested": json!({"reconnectionToken": "nested-secret"}).to_string(),
        "password": "pass\"word", "Access_Token": ["in-a-list"],
    });
    client
        .send_json(json!({"type": "event", "event": "ask", "dataType": "json", "data": data}))
        .await;
    while client.json().await["data"]["token"] != "from-the-app" {}
    service
        .emulator
        .control()
        .send_binary("chat", &To::All, [&[0xff, 0xfe], token.as_bytes()].concat())
        .unwrap();
    service.mark("end").await;
    while client.json().await["data"] != "end" {}

    let seen = seen(&service);
    for secret in [
        KEY,
        OPAQUE,
        &generated,
        &token,
        signature.trim_start_matches("sha256="),
        "secret-code",
        "secret-x",
        "cookie-secret",
        "nested-secret",
        "pass\\",
        "in-a-list",
        "from-the-app",
        "eyJ",
    ] {
        assert!(!seen.contains(secret), "{secret} is in {seen}");
    }
    // The rest is still there to read.
    for text in [
        "access_token=***",
        "Bearer ***",
        "code=***",
        "the key is ***, the token ***; ***",
        r#"\"other\": 1"#,
    ] {
        assert!(seen.contains(text), "{text} is not in {seen}");
    }
}

#[tokio::test]
async fn a_secret_at_the_cut_is_masked_too() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let token = sign(KEY, &json!({"aud": "x"}));
    for (secret, visible) in [(KEY, 12), (&token, 30), (r#""password":"a-long-secret""#, 20)] {
        let padding = "x".repeat(16 * 1024 - visible);
        service
            .post("/api/hubs/chat/:send", "text/plain", format!("{padding}{secret}"))
            .await;
        let seen = seen(&service);
        let beginning = &secret[..visible];
        assert!(
            !seen.contains(&format!("x{beginning}")) && !seen.contains("a-long"),
            "{beginning}"
        );
    }
}

#[tokio::test]
async fn what_only_looks_similar_is_left_alone() {
    let service = Service::with(|builder| builder.record_traffic()).await;
    let mut client = service.simple_client(json!({"webpubsub.group": ["room"]})).await;
    let text = r#"{"tokens of love": 1, "author": "ann", "keys": ["a"], "text": "my token: x"}"#;
    service
        .post("/api/hubs/chat/:send", "application/json", text)
        .await;
    assert_eq!(client.next().await, Message::text(text));
    service
        .call(
            "GET",
            "/api/hubs/chat/groups/room/connections?continuationToken=AAAAAAAAAAA",
        )
        .await;
    let records = service
        .emulator
        .control()
        .traffic(&TrafficFilter::new().text("tokens of love"));
    let seen_text = serde_json::to_string(&records).unwrap();
    assert!(
        seen_text.contains(&serde_json::to_string(text).unwrap()[1..]),
        "{seen_text}"
    );
    assert!(seen(&service).contains("continuationToken=AAAAAAAAAAA"));
}
