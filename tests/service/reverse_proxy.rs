//! Calls through a reverse proxy that has a path prefix.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use proptest::prelude::*;
use tokio::net::TcpListener;
use url::Url;
use webpubsub_edge::{ClientOptions, Message, ReverseProxy};

use crate::support::{Host, Hub, Service, gets, hub_at};

/// A proxy that forwards requests below `/edge/v1`, and the number of forwarded requests.
async fn proxy(service: &Service) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/edge/v1", listener.local_addr().unwrap());
    let (endpoint, http, passed) = (
        service.endpoint(),
        reqwest::Client::new(),
        Arc::new(AtomicUsize::new(0)),
    );
    let count = passed.clone();
    let app = Router::new().fallback(
        move |method: Method, uri: Uri, mut headers: HeaderMap, body: Bytes| {
            let target = uri
                .to_string()
                .strip_prefix("/edge/v1")
                .map(|path| format!("{endpoint}{path}"));
            let (http, count) = (http.clone(), count.clone());
            async move {
                let Some(target) = target else {
                    return Err(StatusCode::NOT_FOUND);
                };
                headers.remove("host");
                let sent = http.request(method, target).headers(headers).body(body);
                let received = sent.send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
                count.fetch_add(1, Ordering::SeqCst);
                let (status, headers) = (received.status(), received.headers().clone());
                Ok((status, headers, received.bytes().await.unwrap()))
            }
        },
    );
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, passed)
}

fn through(hub: Hub, address: &str) -> Hub {
    let reverse_proxy = Some(ReverseProxy::parse(address).unwrap());
    hub.with_options(ClientOptions {
        reverse_proxy,
        ..ClientOptions::default()
    })
}

#[tokio::test]
async fn requests_are_sent_through_the_proxy() {
    let service = Service::start().await;
    let (address, passed) = proxy(&service).await;
    let hub = through(service.hub(), &address);
    let mut ada = service.join("ada", &[], &[]).await;
    hub.send_to_user("ada", Message::text("a?b")).await.unwrap();
    gets(&mut ada, "a?b").await;
    hub.add_user_to_group("a b", "ada").await.unwrap();
    assert!(hub.group_exists("a b").await.unwrap());
    assert_eq!(
        hub.add_user_to_group("a b", "nobody").await.unwrap_err().status(),
        Some(404)
    );
    assert_eq!(passed.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn pages_are_requested_through_the_proxy() {
    let service = Service::start().await;
    let (address, passed) = proxy(&service).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(service.join("ada", &[], &["room"]).await);
    }
    let pages = through(service.hub(), &address)
        .list_connections("room")
        .max_page_size(1);
    assert_eq!(pages.collect().await.unwrap().len(), 3);
    assert!(
        passed.load(Ordering::SeqCst) >= 3,
        "a link of the service's leads to the service itself"
    );
}

#[tokio::test]
async fn errors_name_where_the_request_went() {
    let service = Service::start().await;
    let (address, _) = proxy(&service).await;
    let error = through(service.hub(), &address)
        .add_user_to_group("room", "nobody")
        .await
        .unwrap_err();
    let webpubsub_edge::Error::Service(error) = error else {
        panic!("{error:?}")
    };
    assert!(error.request.1.starts_with(&address), "{}", error.request.1);
}

proptest! {
    #[test]
    fn url_parsers_keep_an_accepted_address(
        host in "[a-z][a-zA-Z0-9-]{0,6}(\\.[a-z]{1,3})?",
        port in "|:[0-9]{1,5}",
        path in "(/[a-zA-Z0-9._~%-]{0,4}){0,3}",
    ) {
        prop_assume!(!host.contains("xn--"));
        if let Ok(reverse_proxy) = ReverseProxy::parse(&format!("https://{host}{port}{path}")) {
            let options = ClientOptions {
                reverse_proxy: Some(reverse_proxy),
                reverse_proxy_client_urls: true,
                ..ClientOptions::default()
            };
            let hub = hub_at("https://a.example", Host::new()).with_options(options);
            let url = hub.get_client_access_token().sign().unwrap().base_url;
            prop_assert_eq!(Url::parse(&url).map(String::from), Ok(url));
        }
    }
}
