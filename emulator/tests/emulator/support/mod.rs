//! A running emulator and ways to talk to it: signed REST calls, WebSocket clients, an event handler.

mod admin;
pub(crate) mod binary;
mod client;
pub(crate) mod config;
mod folder;
pub(crate) mod mqtt;
pub(crate) mod protobuf;
pub(crate) mod reliable;
pub(crate) mod tls;
mod webhook;

use std::time::Duration;

use jsonwebtoken::{EncodingKey, Header, encode};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use webpubsub_emulator::control::Control;
use webpubsub_emulator::{Builder, Emulator};

pub(crate) use client::{Client, Lost, Refusal};
pub(crate) use folder::Folder;
pub(crate) use webhook::{Received, Webhook, answer, ok};

/// The access key of every emulator here.
pub(crate) const KEY: &str = "primary+key/of=some==length";
/// The simple JSON subprotocol.
const JSON: &str = "json.webpubsub.azure.v1";
/// The default subprotocol of the official client libraries.
pub(crate) const RELIABLE: &str = "json.reliable.webpubsub.azure.v1";
/// Maximum time for an expected outcome.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// The API version of REST calls.
const API_VERSION: &str = "api-version=2024-12-01";

/// An emulator and an HTTP client.
pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    http: reqwest::Client,
}

/// The response to a REST call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    async fn read(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self {
            status,
            headers,
            body: response.text().await?,
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Status and `x-ms-error-code`.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status, self.header("x-ms-error-code").unwrap_or_default())
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(options: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = options(Emulator::builder().access_key(KEY).unwrap());
        let emulator = builder.start().await.unwrap();
        Self {
            emulator,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// A service whose hub `chat` has this event handler, at `/{hub}/{event}`.
    pub(crate) async fn with_webhook(webhook: &Webhook) -> Self {
        let template = webhook.url("/{hub}/{event}");
        Self::with(|builder| builder.event_handler("chat", &template).unwrap()).await
    }

    /// The URL of an operation, `api-version` included.
    pub(crate) fn url(&self, target: &str) -> String {
        let separator = if target.contains('?') { '&' } else { '?' };
        format!("{}{target}{separator}{API_VERSION}", self.emulator.endpoint())
    }

    /// A signed call without a body.
    pub(crate) async fn call(&self, method: &str, target: &str) -> Answer {
        self.send(method, target, &[], "").await
    }

    /// A signed call, whose response must have this status.
    pub(crate) async fn expect(&self, status: u16, method: &str, target: &str) -> Answer {
        let answer = self.call(method, target).await;
        assert_eq!(answer.status, status, "{method} {target}: {answer:?}");
        answer
    }

    /// A signed POST.
    pub(crate) async fn post(
        &self,
        target: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        self.send("POST", target, &[("content-type", content_type)], body)
            .await
    }

    /// A signed POST of a JSON value.
    pub(crate) async fn post_json(&self, target: &str, body: &Value) -> Answer {
        self.post(target, "application/json", body.to_string()).await
    }

    /// A signed call with headers and a body.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let url = self.url(target);
        self.raw(method, &url, Some(&token_for(&url)), headers, body)
            .await
    }

    /// A signed POST whose response may not arrive.
    pub(crate) async fn try_post(&self, target: &str, body: &'static str) -> reqwest::Result<Answer> {
        let url = self.url(target);
        let headers = [("content-type", "text/plain")];
        self.try_raw("POST", &url, Some(&token_for(&url)), &headers, body)
            .await
    }

    /// A call with any token, or none.
    pub(crate) async fn raw(
        &self,
        method: &str,
        url: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        self.try_raw(method, url, token, headers, body).await.unwrap()
    }

    /// A call with any token, or none, whose response may not arrive.
    async fn try_raw(
        &self,
        method: &str,
        url: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Answer> {
        let mut request = self
            .http
            .request(Method::from_bytes(method.as_bytes()).unwrap(), url)
            .body(body);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        Answer::read(request.send().await?).await
    }

    /// The endpoint for WebSocket clients.
    pub(crate) fn socket_endpoint(&self) -> String {
        socket_url(&self.emulator.endpoint())
    }

    /// The URL of a client at this path, with a token that has these claims besides audience and expiry.
    pub(crate) fn signed_url(&self, path: &str, claims: &Value) -> String {
        signed_url(&self.emulator.endpoint(), KEY, path, claims)
    }

    /// The URL of a client of `hub`, with a token that has these claims besides audience and expiry.
    pub(crate) fn client_url(&self, hub: &str, claims: &Value) -> String {
        self.signed_url(&format!("/client/hubs/{hub}"), claims)
    }

    /// A connected client of the hub `chat` that speaks a JSON subprotocol.
    pub(crate) async fn client(&self, subprotocol: &str, claims: Value) -> Client {
        let mut client = Client::open(&self.client_url("chat", &claims), Some(subprotocol)).await;
        client.welcome().await;
        client
    }

    /// A connected JSON client of the hub `chat`.
    pub(crate) async fn json_client(&self, claims: Value) -> Client {
        self.client(JSON, claims).await
    }

    /// A connected client of the hub `chat` that speaks `json.reliable.webpubsub.azure.v1`.
    pub(crate) async fn reliable_client(&self, claims: Value) -> Client {
        self.client(RELIABLE, claims).await
    }

    /// A connected client of the hub `chat` that speaks a protobuf subprotocol.
    pub(crate) async fn protobuf_client(&self, subprotocol: &str, claims: Value) -> Client {
        let mut client = Client::open(&self.client_url("chat", &claims), Some(subprotocol)).await;
        assert_eq!(client.subprotocol.as_deref(), Some(subprotocol));
        client.welcome_protobuf().await;
        client
    }

    /// The URL by which a reliable client recovers its connection, without an access token.
    pub(crate) fn recovery_url(&self, connection_id: &str, token: &str) -> String {
        format!(
            "{}/client/hubs/chat?awps_connection_id={connection_id}&awps_reconnection_token={token}",
            self.socket_endpoint()
        )
    }

    /// A reliable client that has recovered the connection of a lost one.
    pub(crate) async fn recover(&self, lost: &Lost) -> Client {
        let url = self.recovery_url(&lost.id, &lost.reconnection_token);
        let mut client = Client::open(&url, Some(RELIABLE)).await;
        client.welcome().await;
        assert_eq!(client.id, lost.id);
        client
    }

    /// A connected simple client of the hub `chat`.
    pub(crate) async fn simple_client(&self, claims: Value) -> Client {
        Client::open(&self.client_url("chat", &claims), None).await
    }

    /// Sends the JSON value to everyone in `chat`. A client that receives it next has received nothing before.
    pub(crate) async fn mark(&self, mark: &str) {
        assert_eq!(
            self.post_json("/api/hubs/chat/:send", &json!(mark)).await.status,
            202
        );
    }
}

/// An HS256 token.
pub(crate) fn sign(key: &str, claims: &Value) -> String {
    encode(
        &Header::default(),
        claims,
        &EncodingKey::from_secret(key.as_bytes()),
    )
    .unwrap()
}

pub(crate) fn in_one_minute() -> u64 {
    jsonwebtoken::get_current_timestamp() + 60
}

/// A valid token for this audience.
fn token_for(audience: &str) -> String {
    sign(KEY, &json!({"aud": audience, "exp": in_one_minute()}))
}

/// The same URL with the scheme for WebSocket clients.
fn socket_url(url: &str) -> String {
    url.replacen("http", "ws", 1)
}

/// The URL of a client at this path, with a token that has these claims besides audience and expiry.
fn signed_url(endpoint: &str, key: &str, path: &str, claims: &Value) -> String {
    let audience = format!("{endpoint}{path}");
    let mut all = json!({"aud": audience, "exp": in_one_minute()});
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    let separator = if path.contains('?') { '&' } else { '?' };
    let token = sign(key, &all);
    format!("{}{separator}access_token={token}", socket_url(&audience))
}

/// Waits until the condition holds.
pub(crate) async fn until(condition: &str, mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    if timeout(PATIENCE, wait).await.is_err() {
        panic!("timed out before this held: {condition}");
    }
}

/// Advances the service's clock by this time, again and again, until the outcome is known.
pub(crate) async fn while_advancing<T>(control: &Control, by_ms: i64, outcome: impl Future<Output = T>) -> T {
    let advance = async {
        loop {
            control.advance_clock_ms(by_ms).unwrap();
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        outcome = outcome => outcome,
        () = advance => unreachable!(),
    }
}

/// The content type of an answer.
pub(crate) fn content_type(answer: &Answer) -> &str {
    answer.header(CONTENT_TYPE.as_str()).unwrap_or_default()
}
