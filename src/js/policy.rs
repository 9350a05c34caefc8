//! Decisions that the host's loop asks for: when to try again, what an answer means.

#![expect(unreachable_pub, reason = "exports are public to JavaScript")]

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use wasm_bindgen::prelude::*;

use super::errors::thrown;
use crate::{
    error::{ErrorKind, describe},
    json::Object,
    retry::{Outcome, RetryAfter, RetryOptions},
    service::{Shown, check_header, freshness},
};

fn time(milliseconds: f64) -> Duration {
    Duration::from_millis(milliseconds as u64)
}

/// How requests are repeated.
#[wasm_bindgen]
pub struct RetryPolicy(RetryOptions);

#[wasm_bindgen]
impl RetryPolicy {
    /// What is not given is as the library has it.
    #[wasm_bindgen(constructor)]
    pub fn new(retries: Option<u32>, delay: Option<f64>, max_delay: Option<f64>, repeat_sends: bool) -> Self {
        let default = RetryOptions::default();
        Self(RetryOptions {
            max_retries: retries.unwrap_or(default.max_retries),
            delay: delay.map_or(default.delay, time),
            max_delay: max_delay.map_or(default.max_delay, time),
            repeat_sends,
        })
    }

    /// How many milliseconds to wait before the next attempt, if there is one. No status: no answer came.
    #[expect(
        clippy::too_many_arguments,
        reason = "an object of them would cost more than they do"
    )]
    pub fn next(
        &self,
        attempt: u32,
        status: Option<u16>,
        milliseconds: Option<String>,
        seconds_or_date: Option<String>,
        repeatable: bool,
        now: f64,
        random: u32,
    ) -> Option<f64> {
        let retry_after = RetryAfter {
            milliseconds: milliseconds.as_deref(),
            seconds_or_date: seconds_or_date.as_deref(),
        };
        let outcome = status.map_or(Outcome::Unknown, |status| Outcome::Answered {
            status,
            retry_after,
        });
        let wait = self.0.next(attempt, outcome, repeatable, time(now), random)?;
        Some(wait.as_millis() as u64 as f64)
    }
}

/// The kind of a failure, by its status.
#[wasm_bindgen(js_name = kindOfStatus)]
pub fn kind_of_status(status: u16) -> String {
    ErrorKind::of_status(status).as_str().into()
}

/// The message of an answer that is an error.
#[wasm_bindgen(js_name = describe)]
pub fn describe_failure(
    status: u16,
    method: &str,
    said: Option<String>,
    date: Option<String>,
    now: f64,
) -> String {
    describe(status, method, said.as_deref(), date.as_deref(), time(now))
}

/// Refuses what no header may hold.
#[wasm_bindgen(js_name = checkHeader)]
pub fn check(name: &str, value: &str) -> Result<(), JsValue> {
    check_header(name, value).map_err(thrown)
}

/// Whether a token is fresh (0), still valid (1), or over (2).
#[wasm_bindgen(js_name = freshness)]
pub fn freshness_of(expires_on: f64, refresh_after: Option<f64>, now: f64) -> u8 {
    freshness(time(expires_on), refresh_after.map(time), time(now))
}

/// What of a request or an answer may be shown, as JSON text: its URL and its headers without the values that
/// are on no list. `headers` are names and values in turn.
#[wasm_bindgen(js_name = redact)]
pub fn redact(
    url: &str,
    headers: Vec<String>,
    more_headers: Vec<String>,
    more_parameters: Vec<String>,
) -> String {
    let lists = Shown {
        additional_allowed_header_names: more_headers,
        additional_allowed_query_parameters: more_parameters,
    };
    let pairs = headers
        .chunks_exact(2)
        .filter_map(|pair| Some((&**pair.first()?, &**pair.last()?)));
    let shown = lists.headers(pairs);
    let shown = shown
        .iter()
        .fold(Object::new(), |object, (name, value)| object.text(name, value));
    Object::new()
        .text("url", &lists.url(url))
        .raw("headers", &shown.end())
        .end()
}
