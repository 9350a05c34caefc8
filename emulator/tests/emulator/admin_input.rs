//! Strict reading: what the admin API does not know is an error that names what was probably meant.

use serde_json::{Value, json};

use crate::support::Service;

/// The error of a refused call.
async fn error(service: &Service, status: u16, method: &str, path: &str, body: Value) -> String {
    let answer = service.admin(method, path, body).await;
    assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    answer.json()["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_unknown_member_is_an_error_that_names_the_nearest() {
    let service = Service::with_admin().await;
    for (path, body, message) in [
        (
            "/api/faults",
            json!({"on": "rest", "stauts": 503}),
            "There is no member 'stauts'. Did you mean 'status'?",
        ),
        (
            "/api/faults",
            json!({"on": "rest", "retry_after": 1, "status": 503}),
            "There is no member 'retry_after'. Did you mean 'retryAfter'?",
        ),
        (
            "/api/hubs/chat/send",
            json!({"dataTyp": "text", "data": "x"}),
            "There is no member 'dataTyp'. Did you mean 'dataType'?",
        ),
        (
            "/api/hubs/chat/drop",
            json!({"grup": "room"}),
            "There is no member 'grup'. Did you mean 'group'?",
        ),
        (
            "/api/hubs/chat/drop",
            json!({"whatever": 1}),
            "There is no member 'whatever'. Known are group, user, connection, code, reason.",
        ),
    ] {
        assert_eq!(error(&service, 400, "POST", path, body).await, message);
    }
    let message = error(&service, 400, "PUT", "/api/clock", json!({"offset": 1})).await;
    assert_eq!(message, "There is no member 'offset'. Did you mean 'offsetMs'?");
    assert_eq!(
        service.look("/api/faults").await["total"],
        0,
        "nothing was half done"
    );
}

#[tokio::test]
async fn an_unknown_parameter_is_an_error_that_names_the_nearest() {
    let service = Service::with_admin().await;
    for (path, message) in [
        (
            "/api/traffic?conection=x",
            "There is no parameter 'conection'. Did you mean 'connection'?",
        ),
        (
            "/api/traffic/stream?afetr=1",
            "There is no parameter 'afetr'. Did you mean 'after'?",
        ),
        (
            "/api/hubs/chat/groups?top=1",
            "There is no parameter 'top'. Known are limit.",
        ),
        ("/api/traffic?hub=a&hub=b", "The parameter 'hub' is given twice."),
        (
            "/api/hubs/chat/users?limit=1001",
            "The parameter 'limit' must be a whole number up to 1000.",
        ),
        (
            "/api/hubs/chat/users?limit=-1",
            "The parameter 'limit' must be a whole number up to 1000.",
        ),
    ] {
        assert_eq!(error(&service, 400, "GET", path, Value::Null).await, message);
    }
    let message = error(&service, 400, "GET", "/api/traffic?kind=rset", Value::Null).await;
    assert!(
        message.contains("unknown variant `rset`, expected one of `rest`"),
        "{message}"
    );
}

#[tokio::test]
async fn parts_that_do_not_go_together_are_refused() {
    let service = Service::with_admin().await;
    for (fault, part) in [
        (json!({"on": "rest"}), "does nothing"),
        (
            json!({"on": "rest", "status": 503, "reset": "before"}),
            "one of 'status', 'reset' and 'truncate'",
        ),
        (
            json!({"on": "rest", "status": 503, "times": 0}),
            "'times' must be at least 1",
        ),
        (json!({"on": "rest", "status": 99}), "between 200 and 599"),
        (
            json!({"on": "rest", "delayMs": 1, "retryAfter": 1}),
            "'retryAfter' needs a 'status'",
        ),
        (
            json!({"on": "event", "status": 503, "retryAfter": 1}),
            "'retryAfter' needs a 'status'",
        ),
        (
            json!({"on": "rest", "status": 503, "event": "message"}),
            "'event' needs",
        ),
        (
            json!({"on": "event", "status": 503, "path": "/"}),
            "'method' and 'path' are for",
        ),
        (json!({"on": "connect", "truncate": true}), "no body to truncate"),
        (
            json!({"on": "rest", "delayMs": 600_001}),
            "'delayMs' must be at most 600000",
        ),
        (json!({"on": "rest", "status": "503"}), "invalid type: string"),
        (
            json!({"on": "webhook", "status": 503}),
            "unknown variant `webhook`, expected one of `rest`",
        ),
        (json!({"status": 503}), "missing field `on`"),
    ] {
        let message = error(&service, 400, "POST", "/api/faults", fault.clone()).await;
        assert!(message.contains(part), "{fault}: {message}");
    }
    for (body, part) in [
        (
            json!({"group": "a", "user": "b", "data": 1}),
            "Give one of 'group', 'user' and 'connection'",
        ),
        (json!({"dataType": "text", "data": 1}), "must be a string"),
        (json!({"dataType": "binary", "data": "%"}), "in base64"),
        (json!({"group": " ", "data": 1}), "Invalid group name"),
    ] {
        let message = error(&service, 400, "POST", "/api/hubs/chat/send", body).await;
        assert!(message.contains(part), "{message}");
    }
    let message = error(&service, 400, "POST", "/api/hubs/-/send", json!({"data": 1})).await;
    assert!(message.contains("Invalid hub name '-'"), "{message}");
    let message = error(
        &service,
        400,
        "POST",
        "/api/hubs/chat/drop",
        json!({"code": 1005}),
    )
    .await;
    assert!(message.contains("cannot have the code 1005"), "{message}");
    let message = error(
        &service,
        400,
        "POST",
        "/api/hubs/chat/drop",
        json!({"reason": "x"}),
    )
    .await;
    assert!(message.contains("needs a 'code'"), "{message}");
    let message = error(&service, 400, "PUT", "/api/clock", json!({"offsetMs": i64::MIN})).await;
    assert!(message.contains("The offset must be between"), "{message}");
}

#[tokio::test]
async fn a_reader_that_is_ahead_of_the_traffic_starts_at_its_beginning() {
    let service = Service::with_admin().await;
    service.mark("x").await;
    for after in [2, u64::MAX] {
        let url = format!(
            "{}/api/traffic/stream?after={after}",
            service.emulator.admin_url().unwrap()
        );
        let mut stream = reqwest::get(url).await.unwrap();
        let mut text = String::new();
        while !text.contains("data: ") {
            text += &String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap());
        }
        assert!(text.contains("id: 1\n"), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_json_or_no_path_is_refused() {
    let service = Service::with_admin().await;
    let json = [("content-type", "application/json")];
    let answer = service.admin_raw("POST", "/api/faults", &json, "{").await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("line 1 column 1"), "{}", answer.body);
    let text = [("content-type", "text/plain")];
    let answer = service
        .admin_raw("POST", "/api/faults", &text, r#"{"on": "rest"}"#)
        .await;
    assert_eq!(answer.status, 415);
    let answer = service
        .admin_raw("POST", "/api/faults", &json, vec![b' '; 3 << 20])
        .await;
    assert_eq!(answer.status, 413);
    error(&service, 404, "GET", "/api/hub", Value::Null).await;
    error(&service, 405, "POST", "/api/hubs", json!({})).await;
    error(&service, 404, "DELETE", "/api/faults/7", Value::Null).await;
    error(&service, 404, "DELETE", "/api/faults/x", Value::Null).await;
}
