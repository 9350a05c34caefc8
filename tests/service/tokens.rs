//! Which call asks for a token of Entra ID: one at a time, not too often, and again after a refusal or a challenge.

use std::future::IntoFuture as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use webpubsub_edge::error::{TransportError, TransportErrorKind};
use webpubsub_edge::service::{
    AccessToken, BoxFuture, ClientSecretCredential, TokenCredential, Transport as _,
};
use webpubsub_edge::{ClientOptions, ErrorKind, RetryOptions, WebPubSubServiceClient};

use crate::support::{Host, Hub, Server, response};

/// Gives `token-1`, `token-2`, … after a while, each for so many seconds, until it fails; remembers the claims.
struct Slow {
    host: Host,
    lifetime: u64,
    fails_from: usize,
    asked: AtomicUsize,
    claims: Mutex<Vec<Option<String>>>,
}

impl Slow {
    fn new(lifetime: u64, fails_from: usize) -> Arc<Self> {
        Arc::new(Self {
            host: Host::new(),
            lifetime,
            fails_from,
            asked: AtomicUsize::new(0),
            claims: Mutex::default(),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl TokenCredential for Slow {
    fn get_token(&self, _: &[&str], claims: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
        self.claims.lock().unwrap().push(claims.map(str::to_owned));
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let token = AccessToken {
            token: format!("token-{number}"),
            expires_on: self.host.now() + Duration::from_secs(self.lifetime),
            refresh_after: None,
        };
        let fails = number >= self.fails_from;
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if fails {
                return Err(TransportError::credential("the issuer is down", None));
            }
            Ok(token)
        })
    }
}

fn hub_with(server: &Server, credential: &Arc<Slow>) -> Hub {
    let host = credential.host.clone();
    WebPubSubServiceClient::new(&server.endpoint(), "chat", credential.clone(), host)
        .unwrap()
        .with_options(ClientOptions {
            allow_insecure_connection: true,
            retry: RetryOptions {
                max_retries: 0,
                ..RetryOptions::default()
            },
            ..ClientOptions::default()
        })
}

/// The outcomes of fifty calls at once.
async fn fifty(hub: &Hub) -> Vec<Result<bool, ErrorKind>> {
    let calls: Vec<_> = (0..50)
        .map(|_| tokio::spawn(hub.user_exists("ada").into_future()))
        .collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.unwrap().map_err(|error| error.kind()));
    }
    outcomes
}

async fn up() -> Server {
    Server::responding(vec![response(200, &[], "")]).await
}

#[tokio::test]
async fn many_calls_at_once_share_one_token() {
    let server = up().await;
    let credential = Slow::new(3600, usize::MAX);
    assert_eq!(fifty(&hub_with(&server, &credential)).await, [Ok(true); 50]);
    assert_eq!(credential.asked(), 1);
}

#[tokio::test]
async fn many_calls_at_once_share_a_failure() {
    let mut server = up().await;
    let credential = Slow::new(3600, 1);
    let hub = hub_with(&server, &credential);
    assert_eq!(fifty(&hub).await, [Err(ErrorKind::Unauthorized); 50]);
    assert_eq!((credential.asked(), server.arrived().len()), (1, 0));
    hub.user_exists("ada").await.unwrap_err();
    assert_eq!(credential.asked(), 2, "the next call asks again");
}

#[tokio::test]
async fn a_token_that_is_due_is_renewed_once_in_a_while() {
    let server = up().await;
    for fails_from in [2, usize::MAX] {
        // Each token is due at once.
        let credential = Slow::new(120, fails_from);
        let hub = hub_with(&server, &credential);
        hub.user_exists("ada").await.unwrap();
        assert_eq!(fifty(&hub).await, [Ok(true); 50]);
        assert_eq!(fifty(&hub).await, [Ok(true); 50]);
        assert_eq!(credential.asked(), 2);
        credential.host.advance(Duration::from_secs(31));
        assert_eq!(fifty(&hub).await, [Ok(true); 50]);
        assert_eq!(credential.asked(), 3);
    }
}

#[tokio::test]
async fn a_refused_token_is_forgotten() {
    let mut server = Server::responding(vec![response(401, &[], ""), response(200, &[], "")]).await;
    let credential = Slow::new(3600, usize::MAX);
    let hub = hub_with(&server, &credential);
    let error = hub.user_exists("ada").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(hub.user_exists("ada").await.unwrap());
    let tokens: Vec<_> = server
        .arrived()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_claims_challenge_is_answered_once() {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    let header = format!(
        r#"Bearer realm="", error="insufficient_claims", claims="{}""#,
        BASE64_STANDARD.encode(claims)
    );
    let challenge = response(401, &[("www-authenticate", &header)], "");
    let granted = Server::responding(vec![challenge.clone(), response(200, &[], "")]).await;
    let credential = Slow::new(3600, usize::MAX);
    assert!(hub_with(&granted, &credential).user_exists("ada").await.unwrap());
    assert_eq!(
        *credential.claims.lock().unwrap(),
        [None, Some(claims.to_owned())]
    );

    let mut never = Server::responding(vec![challenge]).await;
    let credential = Slow::new(3600, usize::MAX);
    hub_with(&never, &credential)
        .user_exists("ada")
        .await
        .unwrap_err();
    assert_eq!((credential.asked(), never.arrived().len()), (2, 2));
}

#[tokio::test]
async fn a_challenge_without_claims_is_a_plain_refusal() {
    let header = r#"Bearer error="insufficient_claims", claims="""#;
    let mut server = Server::responding(vec![response(401, &[("www-authenticate", header)], "")]).await;
    let credential = Slow::new(3600, usize::MAX);
    let error = hub_with(&server, &credential)
        .user_exists("ada")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!((credential.asked(), server.arrived().len()), (1, 1));
    assert_eq!(*credential.claims.lock().unwrap(), [None]);
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_not_shown() {
    struct Broken(&'static str);
    impl TokenCredential for Broken {
        fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
            Box::pin(std::future::ready(Ok(AccessToken {
                token: self.0.into(),
                expires_on: Duration::MAX,
                refresh_after: None,
            })))
        }
    }
    for token in ["se\ncret", "se cret", "sécret", ""] {
        let hub = WebPubSubServiceClient::new("https://contoso.example", "chat", Broken(token), Host::new())
            .unwrap();
        let error = hub.user_exists("ada").await.unwrap_err();
        assert_eq!(error.code(), "CREDENTIAL_ERROR");
        assert!(!format!("{error:?}{error}").contains("cret"), "{error:?}");
    }
}

#[tokio::test]
async fn the_issuer_is_asked_again_when_that_may_help() {
    let issued = response(200, &[], r#"{"access_token":"t","expires_in":60}"#);
    let credential = |server: &Server| {
        ClientSecretCredential::new("contoso.example", "id", "hush", Host::without_waiting())
            .unwrap()
            .with_authority(&server.endpoint())
            .unwrap()
    };
    for status in [408, 429, 500, 502, 503, 504] {
        let mut server = Server::responding(vec![response(status, &[], ""), issued.clone()]).await;
        let token = credential(&server)
            .get_token(&["scope"], Some("{}"))
            .await
            .unwrap();
        assert_eq!((token.token.as_str(), server.arrived().len()), ("t", 2));
    }
    for (status, kind, requests) in [
        (429, TransportErrorKind::IssuerBusy, 4),
        (503, TransportErrorKind::IssuerFailed, 4),
        (400, TransportErrorKind::Credential, 1),
    ] {
        let mut server = Server::responding(vec![response(status, &[], "")]).await;
        let error = credential(&server).get_token(&["scope"], None).await.unwrap_err();
        assert_eq!((error.kind, server.arrived().len()), (kind, requests));
    }
}
