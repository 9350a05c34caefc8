//! Records of requests, and what they never show.

use std::future::IntoFuture as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Response;
use serde_json::json;
use webpubsub_edge::service::{Attempt, LogOptions};
use webpubsub_edge::{ClientOptions, Filter, Message, RetryOptions, WebPubSubServiceClient};

use crate::support::{ENTRA_TOKEN, Host, Hub, KEY, Server, Service, hub_at, response};

/// Collects the records of attempts.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<Attempt>>>);

impl Journal {
    fn options(&self) -> LogOptions {
        let journal = self.0.clone();
        LogOptions::new(move |attempt| journal.lock().unwrap().push(attempt.clone()))
    }

    fn take(&self) -> Vec<Attempt> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn one(&self) -> Attempt {
        let [attempt] = self.take().try_into().unwrap();
        attempt
    }
}

fn logged(hub: Hub, log: LogOptions) -> Hub {
    hub.with_options(ClientOptions {
        log,
        ..ClientOptions::default()
    })
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn a_record_of_an_attempt_has_no_private_values() {
    let service = Service::start().await;
    let journal = Journal::default();
    let hub = logged(service.hub(), journal.options());
    hub.send_to_all(Message::text("x"))
        .filter(Filter::user_id().eq("ada"))
        .excluded(&["c1"])
        .header("x-private", "p")
        .header("traceparent", "00-1")
        .await
        .unwrap();
    let attempt = journal.one();
    assert_eq!(
        (attempt.number, attempt.method, attempt.status),
        (1, "POST", Some(202))
    );
    assert_eq!((attempt.error, attempt.response_body), (None, None));
    let expected = "/api/hubs/chat/:send?api-version=2024-12-01&excluded=REDACTED&filter=REDACTED";
    assert_eq!(attempt.url, service.endpoint() + expected);
    for (name, value) in [
        ("authorization", Some("REDACTED")),
        ("x-private", Some("REDACTED")),
        ("traceparent", Some("00-1")),
        ("content-type", Some("text/plain")),
        ("absent", None),
    ] {
        assert_eq!(header(&attempt.request_headers, name), value, "{name}");
    }
    assert!(
        header(&attempt.response_headers, "api-supported-versions")
            .unwrap()
            .contains("2024-12-01")
    );
}

#[tokio::test]
async fn listed_headers_and_parameters_are_shown() {
    let server = Server::responding(vec![response(200, &[("x-b", "2"), ("x-c", "3")], "said")]).await;
    let journal = Journal::default();
    let mut log = journal.options();
    log.log_bodies = true;
    log.shown.additional_allowed_header_names = vec!["X-A".into(), "x-b".into(), "Authorization".into()];
    log.shown.additional_allowed_query_parameters = vec!["MaxPageSize".into()];
    let hub = logged(hub_at(&server.endpoint(), Host::new()), log);
    let mut pages = hub
        .list_connections("g")
        .max_page_size(3)
        .top(9)
        .header("x-a", "1");
    pages.next_page().await.unwrap_err();
    let attempt = journal.one();
    assert!(
        attempt
            .url
            .ends_with("?api-version=2024-12-01&maxpagesize=3&top=REDACTED"),
        "{}",
        attempt.url
    );
    assert_eq!(header(&attempt.request_headers, "x-a"), Some("1"));
    assert_eq!(header(&attempt.response_headers, "x-b"), Some("2"));
    assert_eq!(header(&attempt.response_headers, "x-c"), Some("REDACTED"));
    assert_eq!(
        header(&attempt.request_headers, "authorization"),
        Some("REDACTED"),
        "never"
    );
    assert_eq!(attempt.response_body.as_deref(), Some("said"));
}

#[tokio::test]
async fn every_attempt_is_recorded_also_without_a_response() {
    let mut server = Server::perhaps(|_, before| {
        (before == 0).then(|| {
            let unavailable = Response::builder().status(503).header("retry-after-ms", "1");
            unavailable.body("".into()).unwrap()
        })
    })
    .await;
    let journal = Journal::default();
    let hub = logged(hub_at(&server.endpoint(), Host::new()), journal.options());
    let call = tokio::spawn(hub.user_exists("ada").into_future());
    server.next().await;
    server.next().await;
    call.abort();
    let first = journal.one();
    assert_eq!(
        (first.number, first.status),
        (1, Some(503)),
        "the second has not ended"
    );

    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    let hub = logged(hub_at(&nobody, Host::new()), journal.options());
    let twice = RetryOptions {
        max_retries: 1,
        delay: Duration::from_millis(1),
        ..RetryOptions::default()
    };
    hub.user_exists("ada").retry(twice).await.unwrap_err();
    let attempts = journal.take();
    assert_eq!(
        attempts
            .iter()
            .map(|attempt| (attempt.number, attempt.status))
            .collect::<Vec<_>>(),
        [(1, None), (2, None)]
    );
    let host = nobody.strip_prefix("http://").unwrap();
    let message = format!("No response was received from {host}: check the endpoint and the network");
    assert_eq!(attempts[1].error, Some(message));
}

#[tokio::test]
async fn a_call_may_have_its_own_log() {
    let service = Service::start().await;
    let (all, one) = (Journal::default(), Journal::default());
    let hub = logged(service.hub(), all.options());
    hub.user_exists("ada").log(one.options()).await.unwrap();
    assert_eq!((all.take().len(), one.take().len()), (0, 1));
    hub.user_exists("ada").log(LogOptions::default()).await.unwrap();
    assert_eq!((all.take().len(), one.take().len()), (0, 0));
    service
        .hub()
        .list_connections("g")
        .log(one.options())
        .next_page()
        .await
        .unwrap();
    assert_eq!(one.take().len(), 1);
}

#[tokio::test]
async fn no_token_is_ever_shown() {
    let service = Service::start().await;
    let issuer = Server::start(|_, _| {
        Response::new(
            json!({"access_token": ENTRA_TOKEN, "expires_in": 3600})
                .to_string()
                .into(),
        )
    })
    .await;
    let secret = "a secret";
    let credential =
        webpubsub_edge::service::ClientSecretCredential::new("t", "id", secret, Host::new()).unwrap();
    let credential = credential.with_authority(&issuer.endpoint()).unwrap();
    let journal = Journal::default();
    let mut log = journal.options();
    log.log_bodies = true;
    log.shown.additional_allowed_header_names = vec!["authorization".into(), "AUTHORIZATION".into()];
    let options = ClientOptions {
        log,
        allow_insecure_connection: true,
        ..ClientOptions::default()
    };
    let entra = WebPubSubServiceClient::new(&service.endpoint(), "chat", credential, Host::new()).unwrap();
    let (entra, keyed) = (
        entra.with_options(options.clone()),
        service.hub().with_options(options),
    );
    let issued = entra.get_client_access_token().user_id("ada").await.unwrap();
    for hub in [&entra, &keyed] {
        hub.send_to_all(Message::text("x")).await.unwrap();
        hub.list_connections("g").collect().await.unwrap();
    }
    let attempts = journal.take();
    assert_eq!(attempts.len(), 5);
    let shown = format!("{attempts:?}");
    for hidden in [KEY, ENTRA_TOKEN, secret, "Bearer", &issued.token] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}
