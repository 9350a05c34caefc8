//! What a vector needs of its host: a clock that stands still, known randomness, waits that end at once, and responses
//! that are given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use webpubsub_edge::error::TransportError;
use webpubsub_edge::operation::Request;
use webpubsub_edge::service::{Response, Transport};

use crate::cases::pairs;

/// The time of all vectors, in seconds since 1970: Tue, 14 Nov 2023 22:13:20 GMT.
pub(crate) const NOW: u64 = 1_700_000_000;

/// The message of a network error is the transport's own: here it is that of the crate's transport over `fetch`.
const NO_RESPONSE: &str = "No response was received from contoso.example: check the endpoint and the network";

/// The host. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Host(Arc<Mutex<State>>);

struct State {
    now: u64,
    random: u64,
    /// The last one is given again and again; none is a network error.
    responses: Vec<Option<Response>>,
    requests: Vec<Request<Vec<u8>>>,
    waits: Vec<Duration>,
}

impl Host {
    /// The host of a vector: its `responses`, or a single one of its `status` and `body`; and its `random` number.
    pub(crate) fn of(case: &Value) -> Self {
        let responses = match &case["responses"] {
            Value::Array(responses) => responses.iter().map(response).collect(),
            _ => vec![response(case)],
        };
        // 32 bits, whichever of the 64 are used.
        let random = (case["random"].as_f64().unwrap_or_default() * 2_f64.powi(32)) as u64;
        Self(Arc::new(Mutex::new(State {
            now: NOW,
            random: random << 32 | random,
            responses,
            requests: Vec::new(),
            waits: Vec::new(),
        })))
    }

    pub(crate) fn requests(&self) -> Vec<Request<Vec<u8>>> {
        self.0.lock().unwrap().requests.clone()
    }

    /// The waits, in milliseconds.
    pub(crate) fn waits(&self) -> Vec<u128> {
        self.0
            .lock()
            .unwrap()
            .waits
            .iter()
            .map(Duration::as_millis)
            .collect()
    }

    /// Sets the clock to a time after [`NOW`].
    pub(crate) fn set(&self, seconds: u64) {
        self.0.lock().unwrap().now = NOW + seconds;
    }
}

fn response(value: &Value) -> Option<Response> {
    if value.is_null() {
        return None;
    }
    let body = match &value["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    Some(Response {
        status: value["status"].as_u64().unwrap_or(200) as u16,
        headers: pairs(&value["headers"]),
        body: body.into_bytes(),
    })
}

impl Transport for Host {
    type Body = Vec<u8>;
    type Response = Response;

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, TransportError> {
        let mut state = self.0.lock().unwrap();
        let last = state.responses.len() - 1;
        let response = state.responses[state.requests.len().min(last)].clone();
        state.requests.push(request);
        response.ok_or_else(|| TransportError::network(NO_RESPONSE, None))
    }

    async fn sleep(&self, time: Duration) {
        self.0.lock().unwrap().waits.push(time);
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.0.lock().unwrap().now)
    }

    fn random(&self) -> u64 {
        self.0.lock().unwrap().random
    }
}
