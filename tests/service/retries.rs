//! What is tried again: how often, when, and how each attempt is signed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;
use tokio::net::TcpListener;
use webpubsub_edge::operation::Method;
use webpubsub_edge::service::LogOptions;
use webpubsub_edge::{
    AzureKeyCredential, ClientOptions, ErrorKind, Message, RetryOptions, WebPubSubServiceClient,
};

use crate::support::{Host, Hub, KEY, Received, Server, answer, hub_at};

/// A client on which waits are over at once.
fn hub(server: &Server, retry: RetryOptions) -> (Hub, Host) {
    let host = Host::without_waiting();
    let options = ClientOptions {
        timeout: Duration::ZERO,
        retry,
        ..ClientOptions::default()
    };
    (
        hub_at(&server.endpoint(), host.clone()).with_options(options),
        host,
    )
}

async fn answering(statuses: &[u16]) -> Server {
    Server::answering(statuses.iter().map(|status| answer(*status, &[], "")).collect()).await
}

#[tokio::test]
async fn each_attempt_is_the_same_request_signed_anew() {
    let answers = vec![
        answer(503, &[("retry-after", "40")], ""),
        answer(429, &[("retry-after", "1"), ("x-ms-retry-after-ms", "1500")], ""),
        answer(
            503,
            &[("retry-after-ms", "7"), ("x-ms-retry-after-ms", "1500")],
            "",
        ),
        answer(202, &[], ""),
    ];
    let mut server = Server::answering(answers).await;
    let (hub, host) = hub(&server, RetryOptions::default());
    hub.send_to_all(Message::json(&[1]).unwrap())
        .metadata("a", "b")
        .await
        .unwrap();
    assert_eq!(host.waits(), [40_000, 1500, 7].map(Duration::from_millis));
    let requests = server.arrived();
    assert_eq!(requests.len(), 4);
    let first = &requests[0];
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[server.endpoint() + &first.target]);
    for request in &requests {
        let token = request
            .header("authorization")
            .unwrap()
            .strip_prefix("Bearer ")
            .unwrap();
        decode::<Value>(token, &DecodingKey::from_secret(KEY.as_bytes()), &validation).unwrap();
        let same = |request: &Received| {
            let mut headers = request.headers.clone();
            headers.remove("authorization");
            (
                request.method.clone(),
                request.target.clone(),
                headers,
                request.body.clone(),
            )
        };
        assert_eq!(same(request), same(first));
    }
    let issued = |request: &Received| request.claims()["iat"].as_u64().unwrap();
    assert!(
        issued(&requests[1]) >= issued(first) + 40,
        "signed when it was sent"
    );
}

#[tokio::test]
async fn each_operation_is_tried_as_often_as_is_safe() {
    let (safe, sends) = (
        RetryOptions::default(),
        RetryOptions {
            repeat_sends: true,
            ..RetryOptions::default()
        },
    );
    // The status, and how often a send, a send that may be repeated, and other operations are tried.
    for (status, counts) in [
        (400, [1, 1, 1]),
        (408, [1, 4, 4]),
        (429, [4, 4, 4]),
        (500, [1, 4, 4]),
        (501, [1, 1, 1]),
        (503, [4, 4, 4]),
    ] {
        let mut server = answering(&[status]).await;
        let mut tried = Vec::new();
        for retry in [safe, sends] {
            let (hub, _) = hub(&server, retry);
            hub.send_to_user("ada", Message::text("x")).await.unwrap_err();
            tried.push(server.arrived().len());
        }
        let (hub, _) = hub(&server, safe);
        for other in [
            hub.add_user_to_group("room", "ada").await,
            hub.close_all_connections().await,
            hub.user_exists("ada").await.map(drop),
            hub.list_connections("room").next_page().await.map(drop),
        ] {
            assert_eq!(other.unwrap_err().status(), Some(status));
        }
        // Any status is an answer to a request of one's own; it was tried as often all the same.
        let answer = hub.send_request(Method::Put, "/api/hubs/chat/x").await.unwrap();
        assert_eq!(answer.status, status);
        tried.push(server.arrived().len() / 5);
        assert_eq!(tried, counts, "{status}");
    }
}

#[tokio::test]
async fn an_attempt_that_succeeds_is_the_last() {
    let mut server = answering(&[500, 502, 200]).await;
    let (hub, host) = hub(&server, RetryOptions::default());
    assert!(hub.group_exists("room").await.unwrap());
    assert_eq!(server.arrived().len(), 3);
    let [first, second] = host.waits()[..] else {
        panic!("two waits")
    };
    assert!((500..=1000).contains(&first.as_millis()) && (1000..=2000).contains(&second.as_millis()));
}

#[tokio::test]
async fn a_call_may_be_told_another_way() {
    let mut server = answering(&[503]).await;
    let (hub, _) = hub(&server, RetryOptions::default());
    hub.user_exists("ada")
        .retry(RetryOptions {
            max_retries: 1,
            ..RetryOptions::default()
        })
        .await
        .unwrap_err();
    assert_eq!(server.arrived().len(), 2);
    hub.user_exists("ada")
        .retry(RetryOptions {
            max_retries: 0,
            ..RetryOptions::default()
        })
        .await
        .unwrap_err();
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test]
async fn who_asks_for_too_long_a_wait_is_not_waited_for() {
    let mut server = Server::answering(vec![answer(503, &[("retry-after", "65")], "")]).await;
    let (hub, host) = hub(&server, RetryOptions::default());
    let error = hub.user_exists("ada").await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(503)));
    assert_eq!((server.arrived().len(), host.waits().len()), (1, 0));
}

#[tokio::test]
async fn a_message_whose_fate_is_unknown_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            drop(listener.accept().await.unwrap());
        }
    });
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = attempts.clone();
    let options = ClientOptions {
        timeout: Duration::ZERO,
        log: LogOptions::new(move |attempt| {
            seen.lock()
                .unwrap()
                .push((attempt.number, attempt.error.is_some()))
        }),
        ..ClientOptions::default()
    };
    let hub = hub_at(&endpoint, Host::without_waiting()).with_options(options);
    let tried = || std::mem::take(&mut *attempts.lock().unwrap());
    let four = [1, 2, 3, 4].map(|number| (number, true));
    let send = || hub.send_to_all(Message::text("x"));
    assert_eq!(send().await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(tried(), [(1, true)]);
    send()
        .retry(RetryOptions {
            repeat_sends: true,
            ..RetryOptions::default()
        })
        .await
        .unwrap_err();
    assert_eq!(tried(), four);
    hub.send_request(Method::Post, "/api/hubs/chat/:send")
        .await
        .unwrap_err();
    assert_eq!(tried(), [(1, true)], "nor a POST that might be one");
    hub.close_connection("c").await.unwrap_err();
    assert_eq!(tried(), four);
}

#[tokio::test]
async fn a_key_that_changes_in_between_signs_the_next_attempt() {
    let mut server = answering(&[503, 200]).await;
    let credential = AzureKeyCredential::new("old").unwrap();
    let rotated = credential.clone();
    let options = ClientOptions {
        timeout: Duration::ZERO,
        log: LogOptions::new(move |_| rotated.update("new").unwrap()),
        ..ClientOptions::default()
    };
    let hub =
        WebPubSubServiceClient::new(&server.endpoint(), "chat", credential, Host::without_waiting()).unwrap();
    hub.with_options(options)
        .add_user_to_group("room", "ada")
        .await
        .unwrap();
    for key in ["old", "new"] {
        let request = server.next().await;
        let token = request
            .header("authorization")
            .unwrap()
            .strip_prefix("Bearer ")
            .unwrap();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_aud = false;
        validation.validate_exp = false;
        decode::<Value>(token, &DecodingKey::from_secret(key.as_bytes()), &validation).unwrap();
    }
}
