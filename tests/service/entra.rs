//! Credentials of Entra ID, with a scripted issuer.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::Response;
use serde_json::json;
use webpubsub_edge::error::{TransportError, TransportErrorKind};
use webpubsub_edge::service::{
    AccessToken, ClientAssertionCredential, ClientSecretCredential, SCOPE, TokenCredential,
};
use webpubsub_edge::{ClientOptions, ErrorKind, RetryOptions, WebPubSubServiceClient};

use crate::support::{ENTRA_TOKEN, Host, Received, Server, Service, response};

const TENANT: &str = "contoso.example";
const SECRET: &str = "a secret~&=+é that no message may show";

async fn issuer(status: u16, body: &'static str) -> Server {
    Server::responding(vec![response(
        status,
        &[("content-type", "application/json")],
        body,
    )])
    .await
}

fn by_secret(server: &Server) -> ClientSecretCredential<Host> {
    let credential = ClientSecretCredential::new(TENANT, "an id", SECRET, Host::new()).unwrap();
    credential.with_authority(&server.endpoint()).unwrap()
}

async fn token(credential: &impl TokenCredential) -> Result<AccessToken, TransportError> {
    credential.get_token(&[SCOPE], None).await
}

/// The fields of a form, in order.
fn form(request: &Received) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn fields(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

#[tokio::test]
async fn an_assertion_is_requested_for_every_token() {
    let mut server = issuer(200, r#"{"expires_in":"60","refresh_in":"30","access_token":"t"}"#).await;
    let count = Arc::new(AtomicUsize::new(0));
    let assertion = move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move { Ok(format!("assertion-{number}")) }
    };
    let credential = ClientAssertionCredential::new(TENANT, "id", assertion, Host::new()).unwrap();
    let credential = credential.with_authority(&server.endpoint()).unwrap();
    for number in 0..2 {
        let got = token(&credential).await.unwrap();
        assert_eq!(
            got.expires_on - got.refresh_after.unwrap(),
            Duration::from_secs(30),
            "numbers may be text"
        );
        let expected = [
            ("grant_type", "client_credentials"),
            ("client_id", "id"),
            ("scope", SCOPE),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &format!("assertion-{number}")),
        ];
        assert_eq!(form(&server.next().await), fields(&expected));
    }
}

#[tokio::test]
async fn a_client_reuses_its_token() {
    let service = Service::start().await;
    let mut server = Server::start(|_, _| {
        Response::new(
            json!({"access_token": ENTRA_TOKEN, "expires_in": 3600})
                .to_string()
                .into(),
        )
    })
    .await;
    let credential = by_secret(&server);
    let hub = WebPubSubServiceClient::new(&service.endpoint(), "chat", credential, Host::new()).unwrap();
    let hub = hub.with_options(ClientOptions {
        allow_insecure_connection: true,
        ..ClientOptions::default()
    });
    for _ in 0..3 {
        assert!(!hub.user_exists("ada").await.unwrap());
    }
    hub.get_client_access_token().await.unwrap();
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test]
async fn a_refusal_has_its_cause_and_no_secret() {
    for (status, body, said) in [
        (
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1","error_codes":[7000215]}"#,
            "AADSTS7000215: Invalid client secret provided.",
        ),
        (400, r#"{"error":"unauthorized_client"}"#, "unauthorized_client"),
        (
            400,
            r#"{"error_description":"not a secret~&=+é that no message may show"}"#,
            "not REDACTED",
        ),
        (
            500,
            "<html>",
            "it responded with 500 without a reason; try again later",
        ),
        (
            200,
            "",
            "it responded with 200 without a reason; check the tenant id and the authority",
        ),
        (200, r#"{"access_token":"t"}"#, "it responded with 200 without"),
        (
            200,
            r#"{"access_token":"","expires_in":60}"#,
            "it responded with 200 without",
        ),
        (
            200,
            r#"{"access_token":"t","expires_in":0}"#,
            "it responded with 200 without",
        ),
        (
            200,
            r#"{"access_token":"t","expires_in":-1}"#,
            "it responded with 200 without",
        ),
        (
            200,
            r#"{"access_token":"t","expires_in":"soon"}"#,
            "it responded with 200 without",
        ),
        (
            400,
            r#"{"access_token":"t","expires_in":60}"#,
            "it responded with 400 without",
        ),
    ] {
        let server = issuer(status, body).await;
        let never = RetryOptions {
            max_retries: 0,
            ..RetryOptions::default()
        };
        let error = token(&by_secret(&server).with_retry(never)).await.unwrap_err();
        let kind = match status {
            500 => TransportErrorKind::IssuerFailed,
            _ => TransportErrorKind::Credential,
        };
        assert_eq!(error.kind, kind);
        assert!(
            error
                .message
                .starts_with(&format!("Microsoft Entra ID gave no token: {said}")),
            "{body}: {error:?}"
        );
        assert!(
            !format!("{error:?}").contains(SECRET) && !error.message.contains("Trace"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_issuer_that_does_not_respond_is_a_network_error() {
    let server = issuer(200, "").await;
    let endpoint = server.endpoint();
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    let credential = by_secret(&server).with_authority(&nobody).unwrap();
    let hub = WebPubSubServiceClient::new(&endpoint, "chat", credential, Host::new()).unwrap();
    let error = hub
        .user_exists("ada")
        .allow_insecure_connection()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Network, "CREDENTIAL_ERROR")
    );
    assert!(
        error
            .to_string()
            .contains("check the authority host and the network"),
        "{error}"
    );
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_failed_assertion_is_the_error_of_the_call() {
    let mut server = issuer(200, "").await;
    let fails = || async { Err(TransportError::credential("The platform gave no assertion", None)) };
    let credential = ClientAssertionCredential::new(TENANT, "id", fails, Host::new()).unwrap();
    let credential = credential.with_authority(&server.endpoint()).unwrap();
    assert_eq!(
        token(&credential).await.unwrap_err().message,
        "The platform gave no assertion"
    );
    assert_eq!(server.arrived().len(), 0);
}

#[test]
fn the_authority_is_that_of_the_public_cloud_by_default() {
    let credential = ClientSecretCredential::new(TENANT, "id", SECRET, Host::new()).unwrap();
    let shown = format!("{credential:?}");
    assert!(
        shown.contains("https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"),
        "{shown}"
    );
    for authority in [
        "login.microsoftonline.us",
        "https://login.microsoftonline.us/",
        "HTTPS://Login.MicrosoftOnline.US",
    ] {
        let credential = ClientSecretCredential::new(TENANT, "id", SECRET, Host::new()).unwrap();
        let shown = format!("{:?}", credential.with_authority(authority).unwrap());
        assert!(
            shown.contains("\"https://login.microsoftonline.us/contoso.example/"),
            "{shown}"
        );
        assert!(!shown.contains(SECRET));
    }
}
