//! The crate on a wasm32 host: the service client over the host's `fetch`, its timers and its clock.
//!
//! In here: what only such a host can do wrong. What the service answers is tested against the local service; no
//! test in here needs one, so that `wasm-pack test --node` runs them by itself.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

use std::time::Duration;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use webpubsub_edge::web::Fetch;
use webpubsub_edge::{Error, ErrorKind, Message, RetryOptions, WebPubSubServiceClient};

/// A port that nothing listens at and that no host's `fetch` refuses to try.
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
        .expect_err("nothing answers")
}

/// A function of the host's that is called with a URL and an init.
fn function(body: &'static str) -> Function {
    Function::new_with_args("url, init", body)
}

#[wasm_bindgen_test]
async fn a_service_that_is_not_there_is_a_network_error() {
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
    assert_eq!(aborted, Ok(JsValue::TRUE), "the host need not go on with it");
}

#[wasm_bindgen_test]
fn tokens_are_signed_at_once_by_the_clock_of_the_host() {
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
