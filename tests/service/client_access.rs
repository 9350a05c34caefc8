//! Client access tokens, in use.

use std::time::Duration;

use serde_json::{Value, json};
use webpubsub_edge::error::TransportError;
use webpubsub_edge::service::{AccessToken, BoxFuture, TokenCredential};
use webpubsub_edge::{ClientProtocol, ErrorKind, WebPubSubServiceClient, roles};

use crate::support::{Client, ENTRA_TOKEN, Host, Hub, Server, Service, connect, gets, refused, response};

fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode(token).unwrap().claims
}

/// A credential whose tokens the running services accept.
struct Known;

impl TokenCredential for Known {
    fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
        Box::pin(std::future::ready(Ok(AccessToken {
            token: ENTRA_TOKEN.into(),
            expires_on: Duration::MAX,
            refresh_after: None,
        })))
    }
}

/// A client with a credential of Entra ID.
fn entra_hub(endpoint: &str) -> Hub {
    let hub = WebPubSubServiceClient::new(endpoint, "chat", Known, Host::new()).unwrap();
    hub.with_options(webpubsub_edge::ClientOptions {
        allow_insecure_connection: true,
        ..Default::default()
    })
}

#[tokio::test]
async fn a_locally_signed_token_opens_a_connection() {
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
async fn a_token_expires_after_its_lifetime() {
    let service = Service::start().await;
    let host = Host::new();
    // Further than the service lets clocks differ.
    host.turn_back(Duration::from_secs(600));
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
async fn with_entra_id_the_service_issues_the_token() {
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
async fn the_service_decides_which_protocols_it_supports() {
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
async fn options_of_calls_apply_to_the_request_for_a_token() {
    let mut server = Server::responding(vec![response(200, &[], r#"{"token":"t"}"#)]).await;
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
async fn further_jose_headers_are_signed_too() {
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
