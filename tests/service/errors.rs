//! Failures: error responses of the service, and no response.

use std::error::Error as _;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use webpubsub_edge::error::ServiceError;
use webpubsub_edge::{Error, ErrorKind, Message, Permission, RetryOptions};

use crate::support::{Host, Hub, KEY, Server, Service, hub_at, response};

const ONCE: RetryOptions = RetryOptions {
    max_retries: 0,
    delay: Duration::ZERO,
    max_delay: Duration::ZERO,
    repeat_sends: false,
};

fn service_error(error: Error) -> ServiceError {
    match error {
        Error::Service(error) => *error,
        other => panic!("not the service's: {other:?}"),
    }
}

#[tokio::test]
async fn the_kind_does_not_depend_on_the_severity() {
    let service = Service::start().await;
    let hub = service.hub();
    for (error, code, message, target) in [
        (
            hub.add_connection_to_group("g", "x y").await,
            "Error.Connection.NotExisted",
            "Connection `x y` is not found.",
            "Connection",
        ),
        (
            hub.grant_permission(Permission::SendToGroup, "x")
                .target_name("g")
                .await,
            "Info.Connection.NotExisted",
            "Connection `x` is not found.",
            "Connection",
        ),
        (
            hub.add_user_to_group("g", "x").await,
            "Warning.User.NotExisted",
            "User `x` is not found.",
            "User",
        ),
    ] {
        let error = error.unwrap_err();
        assert_eq!(
            (error.kind(), error.status(), error.code()),
            (ErrorKind::NotFound, Some(404), code)
        );
        assert_eq!(error.to_string(), message);
        let error = service_error(error);
        assert_eq!(
            (error.target.as_deref(), error.header("x-ms-error-code")),
            (Some(target), Some(code))
        );
        let (method, url) = &error.request;
        assert!(
            *method == "PUT" && url.starts_with(&(service.endpoint() + "/api/hubs/chat/")),
            "{url}"
        );
        assert_eq!(serde_json::from_str::<Value>(&error.body).unwrap()["code"], code);
    }
}

#[tokio::test]
async fn the_message_is_that_of_the_service() {
    let service = Service::start().await;
    let hub = service.hub();
    let error = hub
        .send_to_all(Message::text("x"))
        .filter("userId eq")
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::InvalidRequest, "Error.BadRequest")
    );
    assert!(
        error.to_string().starts_with("Invalid syntax for 'userId eq'"),
        "{error}"
    );
    let large = Message::bytes(vec![0; 1024 * 1024 + 1]);
    let error = hub.send_to_all(large).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("1 MiB"), "{error}");
    let no_json = hub.send_to_all(Message::json_text("{")).await.unwrap_err();
    assert_eq!(no_json.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_head_that_fails_has_only_headers() {
    let server = Server::responding(vec![response(
        400,
        &[("x-ms-error-code", "Error.BadRequest")],
        "ignored",
    )])
    .await;
    let error = hub_at(&server.endpoint(), Host::new())
        .user_exists("ada")
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.kind()),
        ("Error.BadRequest", ErrorKind::InvalidRequest)
    );
    let error = service_error(error);
    assert_eq!((error.body.as_str(), error.request.0), ("", "HEAD"));
}

/// The message for a rejected token.
async fn hint(hub: Hub) -> String {
    let error = hub.get_service_status().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.code()),
        (ErrorKind::Unauthorized, Some(401), "")
    );
    // The response to HEAD has no body, and so no message.
    error.to_string()
}

#[tokio::test]
async fn a_rejected_token_is_explained() {
    let service = Service::start().await;
    let wrong_key = |host| {
        let text = format!("Endpoint={};AccessKey=wrong;Version=1.0;", service.endpoint());
        Hub::from_connection_string(&text, "chat", host).unwrap()
    };
    let refusal =
        |hub: Hub| async move { hub.send_to_all(Message::text("x")).await.unwrap_err().to_string() };

    let message = refusal(wrong_key(Host::new())).await;
    assert!(message.contains("check the access key"), "{message}");

    let behind = Host::new();
    behind.turn_back(Duration::from_secs(2 * 3600));
    let message = refusal(service.hub_over(behind)).await;
    assert!(
        message.contains("has expired"),
        "the service's own message: {message}"
    );
    assert!(
        message.contains("the clock here is 7") && message.contains("s behind the service's"),
        "{message}"
    );

    let ahead = Host::new();
    ahead.advance(Duration::from_secs(3600));
    let message = refusal(wrong_key(ahead)).await;
    assert!(
        message.contains("s ahead of the service's: set it right"),
        "{message}"
    );

    let server = Server::responding(vec![response(401, &[("date", "yesterday")], "")]).await;
    let message = hint(hub_at(&server.endpoint(), Host::new())).await;
    assert!(
        message.ends_with(
            "(check the access key, which may have been regenerated, and that the endpoint is not a proxy's)"
        ),
        "{message}"
    );
}

#[tokio::test]
async fn a_missing_response_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hub = hub_at(&format!("http://{}", listener.local_addr().unwrap()), Host::new());
    let closes = tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    let closed = hub.send_to_all(Message::text("x")).await.unwrap_err();
    closes.await.unwrap();
    let unreachable = hub.user_exists("ada").retry(ONCE).await.unwrap_err();
    for error in [closed, unreachable] {
        assert_eq!(
            (error.kind(), error.code(), error.status()),
            (ErrorKind::Network, "REQUEST_SEND_ERROR", None)
        );
        assert!(error.source().is_some(), "the platform's own error is the source");
        assert!(!format!("{error} {error:?}").contains(KEY));
    }
}
