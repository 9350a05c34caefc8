//! The crate on a wasm32 host: the service client over the host's `fetch`, its timers and its clock.
//!
//! In here: what can fail on such a host only; no test needs a service, so that `wasm-pack test --node` can run them. Not
//! in here: what the client does with responses (`tests/service`).
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

use std::time::Duration;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use webpubsub_edge::web::Fetch;
use webpubsub_edge::{Error, ErrorKind, Message, RetryOptions, WebPubSubServiceClient};

/// A port that nothing listens on and that no host's `fetch` blocks.
const NOBODY: &str =
    "Endpoint=http://127.0.0.1:9001;AccessKey=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789;Version=1.0;";

fn client(fetch: Fetch) -> WebPubSubServiceClient<Fetch> {
    WebPubSubServiceClient::from_connection_string(NOBODY, "chat", fetch)
        .expect("the connection string is well formed")
}

fn never() -> RetryOptions {
    RetryOptions {
        max_retries: 0,
        ..RetryOptions::default()
    }
}

async fn send(fetch: Fetch, timeout: Duration) -> Error {
    let message = Message::text("hello");
    client(fetch)
        .send_to_all(message)
        .retry(never())
        .timeout(timeout)
        .await
        .expect_err("there is no response")
}

/// A function of the host that is called with a URL and an init.
fn function(body: &'static str) -> Function {
    Function::new_with_args("url, init", body)
}

#[wasm_bindgen_test]
async fn an_unreachable_service_is_a_network_error() {
    let error = send(Fetch::new(), Duration::from_secs(10)).await;
    assert_eq!(error.kind(), ErrorKind::Network, "{error}");
    assert!(
        !error.to_string().contains("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "{error}"
    );
}

#[wasm_bindgen_test]
async fn a_promise_may_be_rejected_with_anything() {
    for body in [
        "return Promise.reject('gone')",
        "return Promise.reject(undefined)",
        "return Promise.reject(null)",
        "return Promise.reject(Object.create(null))",
        "throw 7",
        "return 'no response'",
        "return undefined",
        "return Promise.resolve({ status: 200 })",
    ] {
        let error = send(Fetch::with(function(body)), Duration::from_secs(10)).await;
        assert_eq!(error.kind(), ErrorKind::Network, "{body}: {error}");
    }
}

#[wasm_bindgen_test]
async fn a_timeout_ends_the_call_and_its_fetch() {
    let calls = Array::new();
    let seen = calls.clone();
    let hang = Closure::<dyn FnMut(JsValue, JsValue) -> Promise>::new(move |_url, init: JsValue| {
        seen.push(&init);
        Promise::new(&mut |_, _| {})
    });
    let fetch = Fetch::with(hang.as_ref().unchecked_ref::<Function>().clone());
    let error = send(fetch, Duration::from_millis(20)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(calls.length(), 1);
    let aborted =
        Function::new_with_args("init", "return init.signal.aborted").call1(&JsValue::NULL, &calls.get(0));
    assert_eq!(aborted, Ok(JsValue::TRUE), "so that the host stops it");
}

#[wasm_bindgen_test]
fn tokens_are_signed_at_once_with_the_clock_of_the_host() {
    let token = client(Fetch::new())
        .get_client_access_token()
        .user_id("ada")
        .expires_after(Duration::from_secs(60))
        .sign()
        .expect("there is an access key");
    let exp = Function::new_with_args(
        "token",
        "return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).exp",
    );
    let exp = exp
        .call1(&JsValue::NULL, &(&*token.token).into())
        .expect("the claims are JSON")
        .as_f64();
    let left = exp.expect("exp is a number") - js_sys::Date::now() / 1000.0;
    assert!((0.0..=60.0).contains(&left), "{left} s");
}

/// A function that responds to everything with this status and body.
fn responding(status: u16, body: &str) -> Fetch {
    let body = js_sys::JSON::stringify(&body.into()).expect("a string has JSON");
    Fetch::with(Function::new_with_args(
        "url, init",
        &format!("return new Response({body}, {{ status: {status} }})"),
    ))
}

#[wasm_bindgen_test]
async fn a_page_is_read_from_json() {
    let body = r#"{"value":[{"connectionId":"c1","userId":null},{"connectionId":"c2","userId":"ada"}],"nextLink":null}"#;
    let page = client(responding(200, body))
        .list_connections("room")
        .collect()
        .await;
    let users: Vec<_> = page
        .expect("the page is well formed")
        .into_iter()
        .map(|connection| (connection.connection_id, connection.user_id))
        .collect();
    assert_eq!(users, [("c1".into(), None), ("c2".into(), Some("ada".into()))]);
    for body in [
        "",
        "[]",
        "{}",
        "[[]]",
        r#"{"value":7}"#,
        r#"{"value":[{}]}"#,
        r#"{"value":[["c"]]}"#,
    ] {
        let page = client(responding(200, body))
            .list_connections("room")
            .collect()
            .await;
        assert_eq!(
            page.map_err(|error| error.kind()),
            Err(ErrorKind::Unexpected),
            "{body}"
        );
    }
}

#[wasm_bindgen_test]
async fn an_error_is_read_from_json() {
    for (body, code, message) in [
        (r#"{"code":"C","message":"m","target":null}"#, "C", "m"),
        (r#"{"title":"t","status":409,"errors":{"F":["m"]}}"#, "", "t"),
        (r#"{"code":1,"message":{},"title":"t"}"#, "", "t"),
        (
            "[1]",
            "",
            "The service responded to HEAD with status 409 and no reason",
        ),
        (
            "<html>",
            "",
            "The service responded to HEAD with status 409 and no reason",
        ),
    ] {
        let call = client(responding(409, body)).user_exists("ada").retry(never());
        let error = call.await.expect_err("409 is an error");
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            (code, message),
            "{body}"
        );
    }
}

#[wasm_bindgen_test]
async fn numbers_of_an_issuer_may_be_text() {
    use webpubsub_edge::service::{ClientSecretCredential, SCOPE, TokenCredential as _};
    for (expires_in, seconds) in [("3599", 3599), ("\"60\"", 60), ("1.5e3", 1500)] {
        let body = format!(r#"{{"access_token":"t","expires_in":{expires_in},"refresh_in":null}}"#);
        let issuer = responding(200, &body);
        let credential = ClientSecretCredential::new("t", "id", "secret", issuer).expect("it is well formed");
        let token = credential
            .get_token(&[SCOPE], None)
            .await
            .expect("the issuer responds");
        let left = token.expires_on.as_secs_f64() - js_sys::Date::now() / 1000.0;
        assert!(
            (0.0..=2.0).contains(&(f64::from(seconds) - left)),
            "{expires_in}: {left}"
        );
        assert_eq!(token.refresh_after, None);
    }
}
