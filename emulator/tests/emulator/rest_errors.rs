//! The error table of the REST API: status, code, shape.

use serde_json::json;

use crate::support::{Answer, Service, content_type};

/// All versions of the REST API.
pub(crate) const VERSIONS: &str = "2021-10-01, 2022-11-01, 2023-07-01, 2024-01-01, 2024-12-01";

/// The message of a validation answer about `target`.
pub(crate) fn invalid(answer: &Answer, target: &str) -> String {
    assert_eq!(answer.refusal(), (400, "Error.BadRequest"), "{answer:?}");
    assert_eq!(content_type(answer), "application/problem+json; charset=utf-8");
    assert_eq!(answer.header("api-supported-versions"), None);
    let body = answer.json();
    let message = body["message"].as_str().unwrap();
    assert_eq!(
        body,
        json!({
            "code": "Error.BadRequest", "message": message, "target": target, "errors": {target: [message]},
            "type": null, "title": "One or more validation errors occurred.", "status": 400, "detail": null,
            "instance": null, "extensions": {},
        })
    );
    message.to_owned()
}

#[tokio::test]
async fn what_is_not_there_has_its_operations_own_code() {
    let service = Service::start().await;
    for (method, target, code, message) in [
        (
            "PUT",
            "groups/g/connections/x",
            "Error.Connection.NotExisted",
            "Connection `x` is not found.",
        ),
        (
            "PUT",
            "permissions/sendToGroup/connections/x?targetName=g",
            "Info.Connection.NotExisted",
            "Connection `x` is not found.",
        ),
        (
            "PUT",
            "users/x/groups/g",
            "Warning.User.NotExisted",
            "User `x` is not found.",
        ),
        (
            "HEAD",
            "permissions/sendToGroup/connections/x?targetName=g",
            "Info.Connection.NotExisted",
            "",
        ),
        ("HEAD", "connections/x", "Warning.Connection.NotExisted", ""),
        ("HEAD", "users/x", "Warning.User.NotExisted", ""),
        ("HEAD", "groups/x", "Warning.Group.NotExisted", ""),
    ] {
        let answer = service.call(method, &format!("/api/hubs/chat/{target}")).await;
        assert_eq!(answer.refusal(), (404, code), "{method} {target}");
        assert_eq!(content_type(&answer), "application/json; charset=utf-8");
        assert_eq!(answer.header("api-supported-versions"), Some(VERSIONS));
        if method == "HEAD" {
            assert_eq!(answer.body, "");
            assert!(answer.header("content-length").unwrap().parse::<usize>().unwrap() > 80);
            continue;
        }
        let body = answer.json();
        assert_eq!((&body["code"], &body["message"]), (&json!(code), &json!(message)));
        let target = message.split(' ').next();
        assert_eq!(body["target"].as_str(), target);
        assert!(body["details"].is_null() && body["inner"].is_null());
        assert_eq!(body.as_object().unwrap().len(), 5);
    }
    // One version named the last member otherwise.
    let target = "/api/hubs/chat/groups/g/connections/x?api-version=2022-11-01";
    let body = service.expect(404, "PUT", target).await.json();
    assert!(body.get("inner").is_none() && body["innererror"].is_null());
    assert_eq!(body.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn what_does_nothing_succeeds() {
    let service = Service::start().await;
    for target in [
        "connections/x",
        "connections/x/groups",
        "groups/g/connections/x",
        "permissions/joinLeaveGroup/connections/x?targetName=g",
        "users/x/groups",
        "users/x/groups/g",
    ] {
        let answer = service
            .expect(204, "DELETE", &format!("/api/hubs/chat/{target}"))
            .await;
        assert_eq!(answer.header("api-supported-versions"), Some(VERSIONS));
        assert_eq!(
            (answer.body.as_str(), answer.header("content-length")),
            ("", None)
        );
    }
    for target in [
        ":closeConnections",
        "groups/g/:closeConnections",
        "users/x/:closeConnections",
    ] {
        service
            .expect(204, "POST", &format!("/api/hubs/chat/{target}"))
            .await;
    }
    for target in [":send", "groups/g/:send", "users/x/:send", "connections/x/:send"] {
        let answer = service
            .post(&format!("/api/hubs/chat/{target}"), "text/plain", "hi")
            .await;
        assert_eq!((answer.status, answer.header("content-length")), (202, Some("0")));
    }
    for target in [":addToGroups", ":removeFromGroups"] {
        let body = json!({"groups": ["g"]});
        let answer = service
            .post_json(&format!("/api/hubs/chat/{target}"), &body)
            .await;
        assert_eq!((answer.status, answer.header("content-length")), (200, Some("0")));
    }
}

#[tokio::test]
async fn names_and_parameters_are_checked() {
    let service = Service::start().await;
    let long = "g".repeat(1025);
    for (method, target, field) in [
        ("DELETE", "/api/hubs/1chat/connections/x".to_owned(), "hub"),
        ("DELETE", "/api/hubs/ch%20at/connections/x".to_owned(), "hub"),
        (
            "DELETE",
            format!("/api/hubs/{}/connections/x", "h".repeat(129)),
            "hub",
        ),
        (
            "DELETE",
            "/api/hubs/chat/groups/%20%20/connections/x".to_owned(),
            "group",
        ),
        (
            "DELETE",
            format!("/api/hubs/chat/groups/{long}/connections/x"),
            "group",
        ),
        ("HEAD", "/api/hubs/chat/groups/%09".to_owned(), "group"),
        ("DELETE", "/api/hubs/chat/users/%FF/groups".to_owned(), "user"),
        (
            "PUT",
            "/api/hubs/chat/permissions/fly/connections/x?targetName=g".to_owned(),
            "permission",
        ),
        (
            "PUT",
            "/api/hubs/chat/permissions/sendToGroup/connections/x".to_owned(),
            "targetName",
        ),
        (
            "GET",
            "/api/hubs/chat/groups/g/connections?top=0".to_owned(),
            "top",
        ),
        (
            "GET",
            "/api/hubs/chat/groups/g/connections?maxpagesize=0".to_owned(),
            "maxpagesize",
        ),
        (
            "GET",
            "/api/hubs/chat/groups/g/connections?maxpagesize=201".to_owned(),
            "maxpagesize",
        ),
        (
            "GET",
            "/api/hubs/chat/groups/g/connections?continuationToken=%2F".to_owned(),
            "continuationToken",
        ),
        (
            "POST",
            "/api/hubs/chat/:send?messageTtlSeconds=301".to_owned(),
            "messageTtlSeconds",
        ),
        (
            "POST",
            "/api/hubs/chat/users/u/:send?messageTtlSeconds=-1".to_owned(),
            "messageTtlSeconds",
        ),
        (
            "POST",
            "/api/hubs/chat/groups/g/:send?messageTtlSeconds=x".to_owned(),
            "messageTtlSeconds",
        ),
        (
            "POST",
            "/api/hubs/chat/connections/x/:send?messageTtlSeconds=1.5".to_owned(),
            "messageTtlSeconds",
        ),
    ] {
        let answer = service.call(method, &target).await;
        if method == "HEAD" {
            assert_eq!(answer.refusal(), (400, "Error.BadRequest"));
        } else {
            invalid(&answer, field);
        }
    }
    service
        .expect(204, "DELETE", "/api/hubs/a_%60%2C.%5B%5D9/connections/x")
        .await;
    service
        .expect(
            204,
            "DELETE",
            &format!("/api/hubs/chat/groups/{}/connections/x", &long[1..]),
        )
        .await;
    assert_eq!(
        service
            .post("/api/hubs/chat/:send?messageTtlSeconds=300", "text/plain", "x")
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn invalid_filters_are_explained() {
    let service = Service::start().await;
    for target in [":send", "groups/g/:send", "users/u/:send"] {
        let answer = service
            .post(
                &format!("/api/hubs/chat/{target}?filter=userId%20eq"),
                "text/plain",
                "x",
            )
            .await;
        assert_eq!(
            invalid(&answer, "Filter"),
            "Invalid syntax for 'userId eq': Syntax error at position 9 in 'userId eq'. (Parameter 'filter')"
        );
        assert_eq!(
            service
                .post(&format!("/api/hubs/chat/{target}?filter="), "text/plain", "x")
                .await
                .status,
            202
        );
    }
    // As recorded from the service.
    let body = json!({"groups": ["group1", "group2"], "filter": "invalid filter"});
    assert_eq!(
        invalid(
            &service.post_json("/api/hubs/chat/:addToGroups", &body).await,
            "Filter"
        ),
        "Invalid syntax for 'invalid filter': Syntax error at position 14 in 'invalid filter'. (Parameter 'filter')"
    );
    for target in [":addToGroups", ":removeFromGroups"] {
        let body = json!({"groups": ["g"], "filter": "not length(userId) gt 5"});
        let answer = service
            .post_json(&format!("/api/hubs/chat/{target}"), &body)
            .await;
        assert_eq!(
            invalid(&answer, "Filter"),
            "Invalid syntax for 'not length(userId)': Type 'null', expect 'bool'. (Parameter 'filter')"
        );
    }
    // A single connection is reached without a filter, whatever the query says.
    assert_eq!(
        service
            .post("/api/hubs/chat/connections/c/:send?filter=(", "text/plain", "x")
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn bodies_must_be_what_they_say() {
    let service = Service::start().await;
    let send = "/api/hubs/chat/:send";
    assert_eq!(
        invalid(&service.post(send, "application/json", "{oops").await, "message"),
        "The request body is not a valid JSON."
    );
    invalid(
        &service.post(send, "text/plain", vec![0xff, 0xfe]).await,
        "message",
    );
    invalid(
        &service
            .post(send, "text/plain", vec![b'x'; 1024 * 1024 + 1])
            .await,
        "Content-Length",
    );
    assert_eq!(
        service
            .post(send, "text/plain", vec![b'x'; 1024 * 1024])
            .await
            .status,
        202
    );
    for content_type in [
        "application/xml",
        "application/x-protobuf",
        "text/plain; charset=klingon",
        "nonsense",
    ] {
        let answer = service.post(send, content_type, "x").await;
        assert_eq!(
            answer.refusal(),
            (415, "Error.UnsupportedMediaType"),
            "{content_type}"
        );
        assert!(answer.json()["message"].as_str().unwrap().contains(content_type));
    }
    let long = "v".repeat(1025);
    for (name, value) in [("x-webpubsub-metadata-k", "é"), ("x-webpubsub-metadata-k", &long)] {
        let answer = service
            .send(
                "POST",
                send,
                &[("content-type", "text/plain"), (name, value)],
                "x",
            )
            .await;
        invalid(&answer, "X-WebPubSub-Metadata");
    }

    let add = "/api/hubs/chat/:addToGroups";
    for body in [json!({}), json!({"groups": null}), json!({"groups": ["g", " "]})] {
        assert!(
            invalid(&service.post_json(add, &body).await, "group").contains("between 1 and 1024 characters")
        );
    }
    invalid(&service.post(add, "application/json", "{").await, "body");
    assert_eq!(service.post(add, "text/plain", "{}").await.status, 415);
}

#[tokio::test]
async fn there_are_no_other_paths_and_methods() {
    let service = Service::start().await;
    for target in ["/", "/api/hubs/chat", "/api/hubs/chat/:fly"] {
        assert_eq!(
            service.call("GET", target).await.refusal(),
            (404, "Error.Operation.NotExisted"),
            "{target}"
        );
    }
    let unnamed = service.call("DELETE", "/api/hubs/chat/users//groups").await;
    assert_eq!(unnamed.refusal(), (404, "Error.Operation.NotExisted"));
    assert_eq!(
        service.call("PATCH", "/api/hubs/chat/users/u").await.refusal(),
        (405, "Error.Operation.NotExisted")
    );
}
