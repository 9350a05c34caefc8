//! The transport over reqwest: what it does by itself, whatever the call is.

use std::convert::Infallible;
use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use futures_util::stream;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Proxy, retry};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use webpubsub_edge::operation::Method;
use webpubsub_edge::reqwest::Http;
use webpubsub_edge::service::TransportResponse as _;
use webpubsub_edge::{ErrorKind, Message, RetryOptions, WebPubSubServiceClient};

use crate::support::{KEY, Server, Service, hub_at, response, soon};

/// A builder that uses no proxy of this machine.
fn builder() -> ClientBuilder {
    Client::builder().no_proxy()
}

fn http() -> Http {
    Http::with(builder()).unwrap()
}

const NEVER: RetryOptions = RetryOptions {
    max_retries: 0,
    delay: Duration::ZERO,
    max_delay: Duration::ZERO,
    repeat_sends: false,
};

#[tokio::test]
async fn redirects_are_not_followed_whatever_the_builder_says() {
    let mut elsewhere = Server::responding(vec![response(202, &[], "")]).await;
    let target = format!("{}/taken", elsewhere.endpoint());
    for status in [301, 302, 303, 307, 308] {
        let mut server = Server::responding(vec![response(status, &[("location", &target)], "")]).await;
        let http = Http::with(builder().redirect(Policy::limited(10))).unwrap();
        let hub = hub_at(&server.endpoint(), http);
        let error = hub.send_to_all(Message::text("hello")).await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!((server.arrived().len(), elsewhere.arrived().len()), (1, 0));
    }
}

#[tokio::test]
async fn only_the_client_repeats_requests() {
    let mut server = Server::responding(vec![response(503, &[("retry-after-ms", "1")], "")]).await;
    let always = retry::for_host("127.0.0.1")
        .no_budget()
        .classify_fn(|attempt| attempt.retryable());
    let hub = hub_at(&server.endpoint(), Http::with(builder().retry(always)).unwrap());
    let twice = RetryOptions {
        max_retries: 1,
        ..RetryOptions::default()
    };
    hub.user_exists("ada").retry(twice).await.unwrap_err();
    assert_eq!(server.arrived().len(), 2);
}

#[tokio::test]
async fn a_response_larger_than_the_limit_is_an_error() {
    let server = Server::responding(vec![response(200, &[], "12345678")]).await;
    let request = |limit: u32| {
        let hub = hub_at(&server.endpoint(), http().max_response_bytes(limit));
        hub.send_request(Method::Get, "/api/health").into_future()
    };
    assert_eq!(request(8).await.unwrap().text(), "12345678");
    let error = request(7).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unexpected, "PARSE_ERROR")
    );
    assert!(error.to_string().contains("larger than 7 bytes"), "{error}");
}

#[tokio::test]
async fn a_body_without_end_is_read_up_to_the_limit() {
    let server = Server::start(|_, _| {
        let chunk = Ok::<_, Infallible>("1234".repeat(1024));
        Response::new(Body::from_stream(stream::repeat(chunk)))
    })
    .await;
    let hub = hub_at(&server.endpoint(), http());
    let call = hub.list_connections("room").collect();
    let error = soon(call).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unexpected, "PARSE_ERROR")
    );
    assert!(error.to_string().contains("larger than 4194304 bytes"), "{error}");
}

#[tokio::test]
async fn the_timeout_of_a_call_closes_its_connection() {
    let mut server = Server::silent().await;
    let hub = hub_at(&server.endpoint(), http());
    let call = hub.user_exists("ada").timeout(Duration::from_millis(50));
    let error = call.await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Timeout, "REQUEST_TIMEOUT")
    );
    server.given_up().await;
}

#[tokio::test]
async fn failures_of_the_connection_are_network_errors_without_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let half = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
        stream.write_all(half).await.unwrap();
    });
    let hub = hub_at(&endpoint, http());
    let call = || hub.send_to_all(Message::text("x")).filter("userId eq 'a secret'");
    let cut_off = call().await.unwrap_err();
    half.await.unwrap();
    let refused = call().await.unwrap_err();
    for error in [cut_off, refused] {
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Network, "REQUEST_SEND_ERROR")
        );
        let host = endpoint.strip_prefix("http://").unwrap();
        assert!(error.to_string().contains(host), "{error}");
        let cause = error.source().unwrap();
        assert!(cause.downcast_ref::<reqwest::Error>().is_some(), "{cause:?}");
        let shown = format!("{error} {error:?} {cause} {cause:?}");
        assert!(
            !shown.contains("secret") && !shown.contains("/api/hubs"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn header_values_are_latin1() {
    let mut echo = response(200, &[], "");
    let value = HeaderValue::from_bytes(b"\xe9").unwrap();
    echo.headers_mut().insert("x-echo", value);
    let mut server = Server::responding(vec![echo]).await;
    let hub = hub_at(&server.endpoint(), http());
    let request = hub.send_request(Method::Get, "/api/health");
    let response = request.header("x-name", "é").await.unwrap();
    assert_eq!(response.header("x-echo").as_deref(), Some("é"));
    assert_eq!(server.next().await.headers["x-name"].as_bytes(), b"\xe9");
}

#[tokio::test]
async fn certificates_are_verified_by_rustls() {
    let pem = Path::new(env!("CARGO_TARGET_TMPDIR")).join("service-transport.pem");
    let service = Service::with(|builder| builder.tls(true).tls_cert_file(&pem)).await;
    assert!(service.endpoint().starts_with("https://"));
    let untrusted = hub_at(&service.endpoint(), http());
    let error = untrusted.user_exists("ada").retry(NEVER).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);

    let certificate = Certificate::from_pem(&std::fs::read(&pem).unwrap()).unwrap();
    let trusting = builder().tls_backend_rustls().tls_certs_only([certificate]);
    let hub = hub_at(&service.endpoint(), Http::with(trusting).unwrap());
    assert!(!hub.user_exists("ada").await.unwrap());
}

#[tokio::test]
async fn a_client_without_settings_can_be_created() {
    let connection_string = format!("Endpoint=https://contoso.webpubsub.azure.com;AccessKey={KEY};");
    let service =
        WebPubSubServiceClient::from_connection_string(&connection_string, "chat", Http::new().unwrap());
    let access = service.unwrap().get_client_access_token().await.unwrap();
    assert!(
        access
            .url
            .starts_with("wss://contoso.webpubsub.azure.com/client/hubs/chat?access_token=")
    );
}

#[test]
fn nothing_of_the_builder_is_printed() {
    let proxy = Proxy::all("http://user:hidden@127.0.0.1:1").unwrap();
    let shown = format!("{:?}", Http::with(Client::builder().proxy(proxy)).unwrap());
    assert!(
        shown.starts_with("Http {") && !shown.contains("hidden"),
        "{shown}"
    );
}

#[test]
fn options_that_exclude_each_other_are_an_error() {
    let certificates = Certificate::from_pem_bundle(b"").unwrap();
    let builder = builder()
        .tls_backend_rustls()
        .tls_certs_only(certificates)
        .min_tls_version(reqwest::tls::Version::TLS_1_3)
        .max_tls_version(reqwest::tls::Version::TLS_1_2);
    let error = Http::with(builder).unwrap_err();
    assert!(error.to_string().contains("could not be created"), "{error}");
    assert!(error.source().is_some());
}
