//! Retries: how often, when, and how each attempt is signed.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;
use webpubsub_edge::service::LogOptions;
use webpubsub_edge::{AzureKeyCredential, ClientOptions, Message, RetryOptions, WebPubSubServiceClient};

use crate::support::{Host, Hub, KEY, Received, Server, hub_at, response};

/// A client whose delays end at once.
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

async fn responding(statuses: &[u16]) -> Server {
    Server::responding(statuses.iter().map(|status| response(*status, &[], "")).collect()).await
}

#[tokio::test]
async fn each_attempt_is_the_same_request_signed_anew() {
    let responses = vec![
        response(503, &[("retry-after", "40")], ""),
        response(429, &[("retry-after", "1"), ("x-ms-retry-after-ms", "1500")], ""),
        response(
            503,
            &[("retry-after-ms", "7"), ("x-ms-retry-after-ms", "1500")],
            "",
        ),
        response(202, &[], ""),
    ];
    let mut server = Server::responding(responses).await;
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
async fn a_call_may_have_its_own_retry_options() {
    let mut server = responding(&[503]).await;
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
async fn a_replaced_key_signs_the_next_attempt() {
    let mut server = responding(&[503, 200]).await;
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
