//! Keys that are replaced, and tokens of Entra ID: how long they are cached, and where they may be sent.

use std::future::{IntoFuture as _, pending};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use webpubsub_edge::error::TransportError;
use webpubsub_edge::service::{AccessToken, BoxFuture, SCOPE, TokenCredential, Transport as _};
use webpubsub_edge::{
    AzureKeyCredential, ClientOptions, Error, ErrorKind, Message, ReverseProxy, WebPubSubServiceClient,
};

use crate::support::{ENTRA_TOKEN, Host, Hub, KEY, Server, Service, refused, response};

/// Gives `token-1`, `token-2`, … that last for an hour by the clock of the host, or fails.
struct Numbered {
    host: Host,
    refresh_after: Option<Duration>,
    asked: AtomicUsize,
    fails: Mutex<bool>,
}

impl Numbered {
    fn new(host: &Host, refresh_after: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            host: host.clone(),
            refresh_after,
            asked: AtomicUsize::new(0),
            fails: Mutex::new(false),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn fail(&self) {
        *self.fails.lock().unwrap() = true;
    }
}

impl TokenCredential for Numbered {
    fn get_token(&self, scopes: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
        assert_eq!(scopes, [SCOPE]);
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let now = self.host.now();
        let outcome = match *self.fails.lock().unwrap() {
            true => Err(TransportError::credential(
                "The issuer is down",
                Some(Arc::new(std::fmt::Error)),
            )),
            false => Ok(AccessToken {
                token: format!("token-{number}"),
                expires_on: now + Duration::from_secs(3600),
                refresh_after: self.refresh_after.map(|after| now + after),
            }),
        };
        Box::pin(std::future::ready(outcome))
    }
}

fn local() -> ClientOptions {
    ClientOptions {
        allow_insecure_connection: true,
        ..ClientOptions::default()
    }
}

async fn up() -> Server {
    Server::responding(vec![response(200, &[], "")]).await
}

fn hub_with(server: &Server, credential: &Arc<Numbered>) -> Hub {
    let host = credential.host.clone();
    WebPubSubServiceClient::new(&server.endpoint(), "chat", credential.clone(), host)
        .unwrap()
        .with_options(local())
}

/// The token of the next request.
async fn next_token(server: &mut Server, hub: &Hub) -> String {
    hub.user_exists("ada").await.unwrap();
    server.next().await.header("authorization").unwrap().to_owned()
}

#[tokio::test]
async fn a_key_may_be_replaced_at_any_time() {
    let service = Service::start().await;
    let credential = AzureKeyCredential::new("wrong").unwrap();
    let hub =
        WebPubSubServiceClient::new(&service.endpoint(), "chat", credential.clone(), Host::new()).unwrap();
    let again = hub.clone();
    assert_eq!(
        hub.user_exists("ada").await.unwrap_err().kind(),
        ErrorKind::Unauthorized
    );
    credential.update(KEY).unwrap();
    for hub in [&hub, &again] {
        assert!(!hub.user_exists("ada").await.unwrap());
    }
    assert_eq!(refused(credential.update(" ")), "InvalidAccessKey");
    hub.send_to_all(Message::text("the old one stays")).await.unwrap();
    assert_eq!(refused(AzureKeyCredential::new("")), "InvalidAccessKey");
}

#[tokio::test]
async fn the_service_accepts_a_token_of_entra_id() {
    struct Known;
    impl TokenCredential for Known {
        fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
            let token = AccessToken {
                token: ENTRA_TOKEN.into(),
                expires_on: Duration::MAX,
                refresh_after: None,
            };
            Box::pin(std::future::ready(Ok(token)))
        }
    }
    let service = Service::start().await;
    let hub = WebPubSubServiceClient::new(&service.endpoint(), "chat", Known, Host::new()).unwrap();
    let hub = hub.with_options(local());
    hub.send_to_all(Message::text("x")).await.unwrap();
    hub.get_service_status().await.unwrap();
}

#[tokio::test]
async fn a_token_is_cached_until_shortly_before_it_expires() {
    let (mut server, host) = (up().await, Host::new());
    let credential = Numbered::new(&host, None);
    let hub = hub_with(&server, &credential);
    for _ in 0..3 {
        assert_eq!(next_token(&mut server, &hub).await, "Bearer token-1");
    }
    assert_eq!(
        next_token(&mut server, &hub.clone().with_options(local())).await,
        "Bearer token-1"
    );
    host.advance(Duration::from_secs(54 * 60));
    assert_eq!(next_token(&mut server, &hub).await, "Bearer token-1");
    host.advance(Duration::from_secs(61));
    for _ in 0..2 {
        assert_eq!(next_token(&mut server, &hub).await, "Bearer token-2");
    }
    assert_eq!(credential.asked(), 2);
}

#[tokio::test]
async fn an_issuer_may_ask_for_an_earlier_renewal() {
    let (mut server, host) = (up().await, Host::new());
    let credential = Numbered::new(&host, Some(Duration::from_secs(600)));
    let hub = hub_with(&server, &credential);
    assert_eq!(next_token(&mut server, &hub).await, "Bearer token-1");
    host.advance(Duration::from_secs(601));
    assert_eq!(next_token(&mut server, &hub).await, "Bearer token-2");
}

#[tokio::test]
async fn an_old_token_serves_while_the_issuer_is_down() {
    let (mut server, host) = (up().await, Host::new());
    let credential = Numbered::new(&host, None);
    let hub = hub_with(&server, &credential);
    assert_eq!(next_token(&mut server, &hub).await, "Bearer token-1");
    credential.fail();
    host.advance(Duration::from_secs(57 * 60));
    assert_eq!(next_token(&mut server, &hub).await, "Bearer token-1");
    host.advance(Duration::from_secs(4 * 60));
    let error = hub.user_exists("ada").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unauthorized, "CREDENTIAL_ERROR")
    );
    assert_eq!(error.to_string(), "The issuer is down");
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!((credential.asked(), server.arrived().len()), (3, 0));
}

#[tokio::test]
async fn no_call_waits_for_the_token_of_another_call() {
    /// Its first request never ends.
    struct Once(AtomicUsize);
    impl TokenCredential for Once {
        fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
            if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
                return Box::pin(pending());
            }
            let token = AccessToken {
                token: "t".into(),
                expires_on: Duration::MAX,
                refresh_after: None,
            };
            Box::pin(std::future::ready(Ok(token)))
        }
    }
    let server = up().await;
    let credential = Arc::new(Once(AtomicUsize::new(0)));
    let hub =
        WebPubSubServiceClient::new(&server.endpoint(), "chat", credential.clone(), Host::new()).unwrap();
    let hub = hub.with_options(local());
    let hangs = tokio::spawn(hub.user_exists("ada").into_future());
    while credential.0.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(hub.user_exists("ada").await.unwrap());
    hangs.abort();
}

#[tokio::test]
async fn a_bearer_token_is_sent_only_over_private_connections() {
    let host = Host::new();
    let credential = Numbered::new(&host, None);
    let https = || Some(ReverseProxy::parse("https://proxy.example").unwrap());
    let http = || Some(ReverseProxy::parse("http://proxy.example").unwrap());
    for (endpoint, allowed, reverse_proxy) in [
        ("http://127.0.0.1:1", false, None),
        ("http://a.example", false, None),
        ("http://a.example", true, None),
        ("https://a.example", false, http()),
        ("https://a.example", true, http()),
        ("http://127.0.0.1:1", true, http()),
    ] {
        let options = ClientOptions {
            allow_insecure_connection: allowed,
            reverse_proxy,
            ..ClientOptions::default()
        };
        let hub = WebPubSubServiceClient::new(endpoint, "chat", credential.clone(), host.clone()).unwrap();
        let error = hub.with_options(options).user_exists("ada").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::InvalidInput, "INSECURE_CONNECTION"),
            "{endpoint}"
        );
        assert!(error.to_string().contains("https"), "{error}");
    }
    assert_eq!(credential.asked(), 0, "nothing was sent, and no token requested");
    let server = up().await;
    let hub =
        WebPubSubServiceClient::new(&server.endpoint(), "chat", credential.clone(), host.clone()).unwrap();
    assert!(
        hub.user_exists("ada").allow_insecure_connection().await.unwrap(),
        "a call may allow it"
    );
    let elsewhere = WebPubSubServiceClient::new("http://nowhere.invalid", "chat", credential, host).unwrap();
    let options = ClientOptions {
        reverse_proxy: https(),
        ..ClientOptions::default()
    };
    let call = elsewhere
        .with_options(options)
        .user_exists("ada")
        .timeout(Duration::from_millis(1));
    let error: Error = call.await.unwrap_err();
    assert_ne!(
        error.code(),
        "INSECURE_CONNECTION",
        "it is sent to the proxy over https"
    );
}
