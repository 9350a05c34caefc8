//! The requests in docs/admin.md are answered as it says. Its Rust code is a doctest, its JavaScript is run by
//! tests/admin-page.

use serde_json::{Value, json};

use crate::support::Service;

const DOCS: &str = include_str!("../../docs/admin.md");

/// The code blocks of a language, in order, each with the code block that follows it at once.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let parts: Vec<&str> = DOCS.split("```").collect();
    let code = |part: &'static str| part.split_once('\n').unwrap();
    let mut found: Vec<_> = parts.iter().skip(1).step_by(2).map(|part| code(part)).collect();
    found.retain(|(language, _)| ["http", "json"].contains(language));
    found
}

/// Whether a value is as expected; "…" stands for anything.
fn is_like(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (_, Value::String(any)) if any == "…" => true,
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(name, value)| found.get(name).is_some_and(|found| is_like(found, value)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| is_like(a, b))
        }
        _ => found == expected,
    }
}

#[tokio::test]
async fn the_examples_are_right() {
    let service = Service::with_admin().await;
    let ann = json!({"sub": "ann", "webpubsub.group": ["room"], "role": ["webpubsub.sendToGroup.room"]});
    let mut requests = 0;
    let mut answer = None;
    let mut client = None;
    for (language, code) in blocks() {
        if language == "json" {
            let expected: Value = serde_json::from_str(code).unwrap();
            let answer: crate::support::Answer = answer.take().expect("no request before the response");
            assert!(is_like(&answer.json(), &expected), "{code}\n{answer:#?}");
            continue;
        }
        // A reset before has closed the client and let the clock be as before.
        if requests == 0 || code.contains("/api/traffic") {
            client = Some(service.json_client(ann.clone()).await);
            service
                .post("/api/hubs/chat/users/ann/:send", "text/plain", "good morning")
                .await;
        }
        let (line, body) = code.split_once('\n').unwrap();
        let (method, path) = line.split_once(' ').unwrap();
        let body = serde_json::from_str(body).unwrap_or(Value::Null);
        let got = service.admin(method, path, body).await;
        assert!(got.status < 500, "{code} {got:?}");
        answer = Some(got);
        requests += 1;
    }
    assert!(requests >= 9, "only {requests} requests were found");
    drop(client);
}
