//! Calls that end before their response arrives: by a timeout, or because their future is dropped.

use std::future::{IntoFuture as _, pending};
use std::time::Duration;

use webpubsub_edge::error::TransportError;
use webpubsub_edge::service::{AccessToken, BoxFuture, TokenCredential};
use webpubsub_edge::{ClientOptions, Error, ErrorKind, Message, WebPubSubServiceClient};

use crate::support::{Host, Server, hub_at, response, soon};

const SHORT: Duration = Duration::from_millis(30);
const LONG: Duration = Duration::from_secs(3600);

fn check_timeout(error: &Error) {
    assert_eq!(
        (error.kind(), error.code(), error.status()),
        (ErrorKind::Timeout, "REQUEST_TIMEOUT", None)
    );
    assert!(error.to_string().contains("within 30 ms"), "{error}");
}

/// A credential whose request never ends.
struct Endless;

impl TokenCredential for Endless {
    fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
        Box::pin(pending())
    }
}

#[tokio::test]
async fn a_timeout_ends_a_request_in_progress() {
    let (mut server, host) = (Server::silent().await, Host::holding_time());
    let hub = hub_at(&server.endpoint(), host.clone());
    let call = tokio::spawn(hub.send_to_all(Message::text("x")).timeout(SHORT).into_future());
    server.next().await;
    host.pass(SHORT);
    check_timeout(&soon(call).await.unwrap().unwrap_err());
    server.given_up().await;
    assert_eq!(server.arrived().len(), 0, "it was not tried again");
}

#[tokio::test]
async fn a_timeout_ends_a_retry_delay() {
    let mut server = Server::responding(vec![response(503, &[("retry-after", "60")], "")]).await;
    let host = Host::holding_time();
    let hub = hub_at(&server.endpoint(), host.clone());
    let call = tokio::spawn(hub.user_exists("ada").timeout(SHORT).into_future());
    soon(host.waiting(2)).await;
    assert_eq!(host.waits(), [SHORT, Duration::from_secs(60)]);
    host.pass(SHORT);
    check_timeout(&soon(call).await.unwrap().unwrap_err());
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test]
async fn a_timeout_covers_all_attempts_together() {
    let server = Server::responding(vec![response(503, &[("retry-after", "1")], "")]).await;
    let host = Host::holding_time();
    let hub = hub_at(&server.endpoint(), host.clone());
    let call = tokio::spawn(
        hub.user_exists("ada")
            .timeout(Duration::from_millis(2500))
            .into_future(),
    );
    for begun in [2, 3] {
        soon(host.waiting(begun)).await;
        host.pass(Duration::from_secs(1));
    }
    soon(host.waiting(4)).await;
    host.pass(Duration::from_millis(500));
    assert_eq!(soon(call).await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_timeout_ends_the_request_for_a_token() {
    let mut server = Server::silent().await;
    let hub = WebPubSubServiceClient::new(&server.endpoint(), "chat", Endless, Host::new()).unwrap();
    let call = hub.user_exists("ada").allow_insecure_connection().timeout(SHORT);
    check_timeout(&soon(call).await.unwrap_err());
    assert_eq!(server.arrived().len(), 0);
}

#[tokio::test]
async fn the_timeout_of_a_call_replaces_that_of_the_client() {
    let server = Server::silent().await;
    let with = |timeout| {
        let options = ClientOptions {
            timeout,
            ..ClientOptions::default()
        };
        hub_at(&server.endpoint(), Host::new()).with_options(options)
    };
    assert_eq!(ClientOptions::default().timeout, Duration::from_secs(60));
    check_timeout(&soon(with(SHORT).user_exists("ada")).await.unwrap_err());
    for clients in [LONG, Duration::ZERO] {
        let call = with(clients).user_exists("ada").timeout(SHORT);
        check_timeout(&soon(call).await.unwrap_err());
    }
}

#[tokio::test]
async fn a_timeout_of_zero_is_no_timeout() {
    let server = Server::responding(vec![response(200, &[], "")]).await;
    let hub = hub_at(&server.endpoint(), Host::new());
    assert!(hub.user_exists("ada").timeout(Duration::ZERO).await.unwrap());
}

#[tokio::test]
async fn a_call_that_is_dropped_is_cancelled() {
    let mut server = Server::silent().await;
    let hub = hub_at(&server.endpoint(), Host::new());
    let call = tokio::spawn(hub.send_to_all(Message::text("x")).into_future());
    server.next().await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    server.given_up().await;
    // The client goes on.
    let responds = tokio::spawn(hub.user_exists("ada").into_future());
    assert_eq!(server.next().await.method, "HEAD");
    responds.abort();
}

#[tokio::test]
async fn a_call_that_hangs_does_not_block_another() {
    let mut server =
        Server::perhaps(|request, _| (request.method == "HEAD").then(axum::http::Response::default)).await;
    let hub = hub_at(&server.endpoint(), Host::new());
    let hangs = tokio::spawn(hub.send_to_all(Message::text("x")).into_future());
    assert_eq!(server.next().await.method, "POST");
    assert!(soon(hub.clone().user_exists("ada")).await.unwrap());
    hangs.abort();
}
