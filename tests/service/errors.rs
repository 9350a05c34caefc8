//! Failures: what the service answered, and when nothing answered.

use std::error::Error as _;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use webpubsub_edge::error::ServiceError;
use webpubsub_edge::{Error, ErrorKind, Message, Permission, RetryOptions};

use crate::support::{Host, Hub, KEY, Server, Service, answer, hub_at};

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

/// What a send to a server that gives this answer fails with.
async fn failure(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> Error {
    let server = Server::answering(vec![answer(status, headers, body)]).await;
    let hub = hub_at(&server.endpoint(), Host::new());
    hub.send_to_all(Message::text("hello"))
        .retry(ONCE)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn one_situation_is_one_kind_whatever_its_severity() {
    let service = Service::start().await;
    let hub = service.hub();
    for (error, code, message, target) in [
        (
            hub.add_connection_to_group("g", "x y").await,
            "Error.Connection.NotExisted",
            "Connection `x y` is not found.",
            "connectionId",
        ),
        (
            hub.grant_permission(Permission::SendToGroup, "x")
                .target_name("g")
                .await,
            "Info.Connection.NotExisted",
            "Connection `x` is not found.",
            "connectionId",
        ),
        (
            hub.add_user_to_group("g", "x").await,
            "Warning.User.NotExisted",
            "User `x` is not found.",
            "userId",
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
async fn the_service_says_what_is_wrong_with_a_request() {
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
async fn each_status_has_its_kind() {
    for (status, kind) in [
        (200, ErrorKind::Unexpected),
        (204, ErrorKind::Unexpected),
        (302, ErrorKind::Unexpected),
        (400, ErrorKind::InvalidRequest),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Conflict),
        (412, ErrorKind::Conflict),
        (413, ErrorKind::PayloadTooLarge),
        (415, ErrorKind::InvalidRequest),
        (418, ErrorKind::Unexpected),
        (422, ErrorKind::InvalidRequest),
        (429, ErrorKind::TooManyRequests),
        (500, ErrorKind::Server),
        (503, ErrorKind::Server),
        (599, ErrorKind::Server),
    ] {
        let error = failure(status, &[], "").await;
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
    }
}

#[tokio::test]
async fn all_shapes_of_errors_are_read() {
    let code = ("x-ms-error-code", "Error.Header");
    let unsaid = "The service answered 409 to POST without saying why";
    for (headers, body, expected) in [
        (
            vec![],
            r#"{"code":"Error.Body","message":"said","target":null,"details":null,"inner":null}"#,
            ("Error.Body", "said"),
        ),
        (
            vec![code],
            r#"{"code":"Error.Body","message":"said"}"#,
            ("Error.Body", "said"),
        ),
        (
            vec![code],
            r#"{"code":"","message":"","title":"a title"}"#,
            ("Error.Header", "a title"),
        ),
        (
            vec![],
            r#"{"type":null,"title":"a title","status":409,"errors":{"F":["m"]}}"#,
            ("", "a title"),
        ),
        (vec![code], "", ("Error.Header", unsaid)),
        (vec![], "<html>502</html>", ("", unsaid)),
        (vec![], "[1]", ("", unsaid)),
        (vec![], r#"{"code":1,"message":{}}"#, ("", unsaid)),
    ] {
        let error = failure(409, &headers, body).await;
        assert_eq!((error.code(), error.to_string().as_str()), expected, "{body}");
        assert_eq!(service_error(error).body, body);
    }
}

#[tokio::test]
async fn a_head_that_fails_has_only_headers() {
    let server = Server::answering(vec![answer(
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

/// What the service's refusal of a token ends with.
async fn hint(hub: Hub) -> String {
    let error = hub.get_service_status().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.code()),
        (ErrorKind::Unauthorized, Some(401), "")
    );
    // Health answers HEAD, and so says nothing itself.
    error.to_string()
}

#[tokio::test]
async fn a_refused_token_is_explained() {
    let service = Service::start().await;
    let wrong_key = |host| {
        let text = format!("Endpoint={};AccessKey=wrong;Version=1.0;", service.endpoint());
        Hub::from_connection_string(&text, "chat", host).unwrap()
    };
    let refusal =
        |hub: Hub| async move { hub.send_to_all(Message::text("x")).await.unwrap_err().to_string() };

    let message = refusal(wrong_key(Host::new())).await;
    assert!(
        message.contains("the clock is right") && message.contains("access key"),
        "{message}"
    );

    let behind = Host::new();
    behind.turn_back(Duration::from_secs(2 * 3600));
    let message = refusal(service.hub_over(behind)).await;
    assert!(
        message.contains("has expired"),
        "the service's own words: {message}"
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

    let server = Server::answering(vec![answer(401, &[("date", "yesterday")], "")]).await;
    let message = hint(hub_at(&server.endpoint(), Host::new())).await;
    assert!(
        message.ends_with("(check the access key, and that the endpoint is the service's own)"),
        "{message}"
    );
}

#[tokio::test]
async fn who_does_not_answer_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hub = hub_at(&format!("http://{}", listener.local_addr().unwrap()), Host::new());
    let closes = tokio::spawn(async move { drop(listener.accept().await.unwrap()) });
    let closed = hub.send_to_all(Message::text("x")).await.unwrap_err();
    closes.await.unwrap();
    let nobody = hub.user_exists("ada").retry(ONCE).await.unwrap_err();
    for error in [closed, nobody] {
        assert_eq!(
            (error.kind(), error.code(), error.status()),
            (ErrorKind::Network, "REQUEST_SEND_ERROR", None)
        );
        assert!(error.source().is_some(), "the platform's own error is there");
        assert!(!format!("{error} {error:?}").contains(KEY));
    }
}
