//! A service that clients reach by another URL than its own.

use serde_json::json;

use crate::support::{Client, KEY, Service, Webhook, in_one_minute, ok, sign};

const PUBLIC: &str = "https://chat.example:8443";

async fn behind_a_proxy(webhook: &Webhook) -> Service {
    Service::with(|builder| {
        builder
            .public_endpoint(PUBLIC)
            .unwrap()
            .entra_token("an-opaque-one")
            .event_handler("chat", &webhook.url("/"))
            .unwrap()
    })
    .await
}

/// A client of the hub `chat` at the service's own address, with a token for this audience.
async fn connect(service: &Service, audience: &str, host: Option<&str>) -> Result<Client, u16> {
    let token = sign(KEY, &json!({"aud": audience, "exp": in_one_minute()}));
    let own = service.emulator.own_endpoint().replacen("http", "ws", 1);
    let url = format!("{own}/client/hubs/chat?access_token={token}");
    let headers: Vec<_> = host.map(|host| ("host", host)).into_iter().collect();
    Client::try_open(&url, None, &headers)
        .await
        .map_err(|refusal| refusal.status)
}

#[tokio::test]
async fn it_is_in_all_that_names_the_service() {
    let mut webhook = Webhook::start(|_| ok()).await;
    let service = behind_a_proxy(&webhook).await;
    assert_eq!(service.emulator.endpoint(), PUBLIC);
    assert_eq!(
        service.emulator.connection_string(),
        format!("Endpoint={PUBLIC};AccessKey={KEY};Version=1.0;")
    );
    let own = service.emulator.own_endpoint();
    let call = |method, target: &str| {
        let target = format!("{target}api-version=2024-12-01");
        let (url, token) = (
            format!("{own}{target}"),
            sign(
                KEY,
                &json!({"aud": format!("{PUBLIC}{target}"), "exp": in_one_minute()}),
            ),
        );
        let service = &service;
        async move { service.raw(method, &url, Some(&token), &[], "").await }
    };

    // Clients get tokens for it, which are then taken.
    let url = format!("{own}/api/hubs/chat/:generateToken?api-version=2024-12-01&group=g");
    let generated = service
        .raw("POST", &url, Some("an-opaque-one"), &[], "")
        .await
        .json();
    let token = generated["token"].as_str().unwrap();
    let claims = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(token)
        .unwrap()
        .claims;
    assert_eq!(claims["aud"], format!("{PUBLIC}/client/hubs/chat"));
    let socket = own.replacen("http", "ws", 1);
    let mut clients = Vec::new();
    for _ in 0..2 {
        clients.push(Client::open(&format!("{socket}/client/hubs/chat?access_token={token}"), None).await);
    }

    let page = call("GET", "/api/hubs/chat/groups/g/connections?maxpagesize=1&").await;
    let next = page.json()["nextLink"].as_str().unwrap().to_owned();
    let prefix = format!("{PUBLIC}/api/hubs/chat/groups/g/connections?");
    assert!(next.starts_with(&prefix), "{next}");

    let event = webhook.event("sys.connect").await;
    assert_eq!(event.header("webhook-request-origin"), "chat.example:8443");
}

#[tokio::test]
async fn tokens_may_be_meant_for_it_or_for_the_services_own_url() {
    let service = behind_a_proxy(&Webhook::start(|_| ok()).await).await;
    let own = service.emulator.own_endpoint();
    for audience in [PUBLIC, &own] {
        let audience = format!("{audience}/client/hubs/chat");
        // Whether a proxy passes the host on or not.
        for host in [None, Some("chat.example:8443")] {
            assert!(
                connect(&service, &audience, host).await.is_ok(),
                "{audience} {host:?}"
            );
        }
    }
    for audience in [
        "http://chat.example:8443",
        "https://chat.example",
        "https://other.example:8443",
    ] {
        let audience = format!("{audience}/client/hubs/chat");
        assert_eq!(
            connect(&service, &audience, None).await.err(),
            Some(401),
            "{audience}"
        );
    }
}

#[tokio::test]
async fn only_scheme_host_and_port_are_one() {
    let try_out = |url| webpubsub_emulator::Emulator::builder().public_endpoint(url);
    for url in ["https://x", "http://x:8080/", "https://[::1]:8443"] {
        assert!(try_out(url).is_ok(), "{url}");
    }
    for url in [
        "x",
        "wss://x",
        "https://x/path",
        "https://x/?a",
        "https://ann@x",
        "https://:s@x",
        "",
    ] {
        let error = try_out(url).err().unwrap().to_string();
        assert!(error.contains("a host, and perhaps a port"), "{url}: {error}");
    }
}
