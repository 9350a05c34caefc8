//! Client access tokens, used.

use std::time::Duration;

use serde_json::{Value, json};
use webpubsub_edge::error::TransportError;
use webpubsub_edge::service::{AccessToken, BoxFuture, TokenCredential};
use webpubsub_edge::{ClientProtocol, ErrorKind, ReverseProxy, WebPubSubServiceClient, roles};

use crate::support::{Client, ENTRA_TOKEN, Host, Hub, Server, Service, answer, connect, gets, refused};

fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode(token).unwrap().claims
}

/// A credential whose tokens the running services take.
struct Known;

impl TokenCredential for Known {
    fn get_token(&self, _: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
        Box::pin(std::future::ready(Ok(AccessToken {
            token: ENTRA_TOKEN.into(),
            expires_on: Duration::MAX,
            refresh_after: None,
        })))
    }
}

/// A hub of a service that is asked for client access tokens.
fn entra_hub(endpoint: &str) -> Hub {
    let hub = WebPubSubServiceClient::new(endpoint, "chat", Known, Host::new()).unwrap();
    hub.with_options(webpubsub_edge::ClientOptions {
        allow_insecure_connection: true,
        ..Default::default()
    })
}

#[tokio::test]
async fn a_token_that_is_signed_here_opens_a_connection() {
    let service = Service::start().await;
    let hub = service.hub();
    let token = hub
        .get_client_access_token()
        .user_id("ada")
        .roles([roles::SEND_TO_ANY_GROUP])
        .groups(["room", "b"]);
    let signed = token.sign().unwrap();
    assert_eq!(
        signed.base_url,
        service.endpoint().replace("http", "ws") + "/client/hubs/chat"
    );
    let mut client = connect(&signed.url).await;
    assert!(hub.user_exists("ada").await.unwrap());
    assert_eq!(service.members("b").await, [client.id.clone()].into());
    let request = json!({"type": "sendToGroup", "group": "room", "dataType": "text", "data": "x"});
    client.send_json(request).await;
    assert_eq!(gets(&mut client, "x").await["fromUserId"], "ada");
    connect(&token.await.unwrap().url).await;
}

#[tokio::test]
async fn a_token_ends_when_it_was_told_to() {
    let service = Service::start().await;
    let host = Host::new();
    host.turn_back(Duration::from_secs(60));
    let token = service
        .hub_over(host)
        .get_client_access_token()
        .expires_after(Duration::from_secs(30));
    let refusal = Client::try_open(&token.sign().unwrap().url, None, &[])
        .await
        .err()
        .unwrap();
    assert_eq!(refusal.status, 401, "{}", refusal.body);
}

#[tokio::test]
async fn with_entra_id_the_service_is_asked() {
    let service = Service::start().await;
    let hub = entra_hub(&service.endpoint());
    let token = hub
        .get_client_access_token()
        .user_id("ada")
        .groups(["room"])
        .roles(["webpubsub.joinLeaveGroup"]);
    assert_eq!(refused(token.sign()), "CredentialCannotSign");
    let token = token.expires_after(Duration::from_secs(179)).await.unwrap();
    let claims = claims(&token.token);
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        120,
        "whole minutes"
    );
    let client = connect(&token.url).await;
    assert_eq!(service.members("room").await, [client.id.clone()].into());
    let seconds = hub
        .get_client_access_token()
        .expires_after(Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(token.base_url, seconds.base_url);
}

#[tokio::test]
async fn the_service_has_its_own_mind_about_protocols() {
    let service = Service::start().await;
    let hub = entra_hub(&service.endpoint());
    let token = |protocol| hub.get_client_access_token().client_protocol(protocol);
    let mqtt = token(ClientProtocol::Mqtt).await.unwrap();
    assert!(
        mqtt.base_url.ends_with("/clients/mqtt/hubs/chat"),
        "{}",
        mqtt.base_url
    );
    assert_eq!(
        claims(&mqtt.token)["aud"],
        service.endpoint() + "/clients/mqtt/hubs/chat"
    );
    let error = token(ClientProtocol::SocketIo).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::InvalidRequest, "Error.BadRequest")
    );
    assert!(error.to_string().contains("SocketIO"), "{error}");
}

#[tokio::test]
async fn what_is_no_token_is_told_apart() {
    for body in ["", "{}", r#"{"token":1}"#, "<html>"] {
        let server = Server::answering(vec![answer(200, &[], body)]).await;
        let error = entra_hub(&server.endpoint())
            .get_client_access_token()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Unexpected, "PARSE_ERROR"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn bad_input_is_refused_both_ways() {
    let service = Service::start().await;
    for hub in [service.hub(), entra_hub(&service.endpoint())] {
        let token = || hub.get_client_access_token();
        assert_eq!(refused(token().user_id("..").await), "InvalidUserId");
        assert_eq!(refused(token().groups(["a", ""]).await), "InvalidGroup");
        assert_eq!(refused(token().roles([" "]).await), "InvalidRole");
        assert_eq!(
            refused(token().expires_after(Duration::ZERO).await),
            "InvalidExpiration"
        );
    }
}

#[tokio::test]
async fn options_of_calls_go_with_the_question() {
    let mut server = Server::answering(vec![answer(200, &[], r#"{"token":"t"}"#)]).await;
    let token = entra_hub(&server.endpoint())
        .get_client_access_token()
        .header("x-a", "b")
        .await
        .unwrap();
    assert_eq!(token.url, format!("{}?access_token=t", token.base_url));
    let request = server.next().await;
    assert_eq!(request.header("x-a"), Some("b"));
    assert_eq!(
        request.target,
        "/api/hubs/chat/:generateToken?api-version=2024-12-01&minutesToExpire=60&clientType=Default"
    );
}

#[tokio::test]
async fn further_headers_of_a_token_are_signed_too() {
    let service = Service::start().await;
    let token = service
        .hub()
        .get_client_access_token()
        .jwt_header("kid", "\"k\"")
        .sign()
        .unwrap();
    assert_eq!(
        jsonwebtoken::decode_header(&token.token).unwrap().kid.as_deref(),
        Some("k")
    );
    connect(&token.url).await;
}

#[tokio::test]
async fn clients_go_through_a_proxy_only_when_they_are_to() {
    let service = Service::start().await;
    let base_url = |client_urls| {
        let options = webpubsub_edge::ClientOptions {
            reverse_proxy: Some(ReverseProxy::parse("https://Proxy.example:8443/edge/v1/").unwrap()),
            reverse_proxy_client_urls: client_urls,
            ..Default::default()
        };
        service
            .hub()
            .with_options(options)
            .get_client_access_token()
            .sign()
            .unwrap()
    };
    assert!(base_url(false).base_url.starts_with("ws://127.0.0.1:"));
    let proxied = base_url(true);
    assert_eq!(
        proxied.base_url,
        "wss://proxy.example:8443/edge/v1/client/hubs/chat"
    );
    assert_eq!(
        claims(&proxied.token)["aud"],
        service.endpoint() + "/client/hubs/chat",
        "the service's own"
    );
}
