//! A running emulator and ways to talk to it: signed REST calls, WebSocket clients, an event handler.

mod admin;
mod client;
pub(crate) mod mqtt;
pub(crate) mod protobuf;
pub(crate) mod reliable;
pub(crate) mod tls;
mod webhook;

use jsonwebtoken::{EncodingKey, Header, encode};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use webpubsub_emulator::{Builder, Emulator};

pub(crate) use client::{Client, Lost, Refusal};
pub(crate) use webhook::{Received, Webhook, answer, ok};

/// The access key of every emulator here.
pub(crate) const KEY: &str = "primary+key/of=some==length";
/// The default subprotocol of the official client libraries.
pub(crate) const RELIABLE: &str = "json.reliable.webpubsub.azure.v1";
/// The API version that calls ask for.
const API_VERSION: &str = "api-version=2024-12-01";

/// An emulator and an HTTP client.
pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    http: reqwest::Client,
}

/// What a REST call got.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self {
            status,
            headers,
            body: response.text().await.unwrap(),
        }
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

    /// A signed call that must be answered with `status`.
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
        let token = sign(KEY, &json!({"aud": url, "exp": in_one_minute()}));
        self.raw(method, &url, Some(&token), headers, body).await
    }

    /// A signed POST whose response may not arrive.
    pub(crate) async fn try_post(&self, target: &str, body: &str) -> reqwest::Result<Answer> {
        let url = self.url(target);
        let token = sign(KEY, &json!({"aud": url, "exp": in_one_minute()}));
        let request = self.http.post(&url).bearer_auth(token);
        let request = request.header(CONTENT_TYPE, "text/plain").body(body.to_owned());
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            body: response.text().await?,
        })
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
        Answer::read(request.send().await.unwrap()).await
    }

    /// The URL of a client of `hub` whose token has these claims besides audience and expiry.
    pub(crate) fn client_url(&self, hub: &str, claims: &Value) -> String {
        let audience = format!("{}/client/hubs/{hub}", self.emulator.endpoint());
        let mut all = json!({"aud": audience, "exp": in_one_minute()});
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let token = sign(KEY, &all);
        format!("{}?access_token={token}", audience.replacen("http", "ws", 1))
    }

    /// A connected JSON client of the hub `chat`.
    pub(crate) async fn json_client(&self, claims: Value) -> Client {
        let mut client =
            Client::open(&self.client_url("chat", &claims), Some("json.webpubsub.azure.v1")).await;
        client.welcome().await;
        client
    }

    /// A connected client of the hub `chat` that speaks a protobuf subprotocol.
    pub(crate) async fn protobuf_client(&self, subprotocol: &str, claims: Value) -> Client {
        let mut client = Client::open(&self.client_url("chat", &claims), Some(subprotocol)).await;
        assert_eq!(client.subprotocol.as_deref(), Some(subprotocol));
        client.welcome_protobuf().await;
        client
    }

    /// A connected client of the hub `chat` that speaks `json.reliable.webpubsub.azure.v1`.
    pub(crate) async fn reliable_client(&self, claims: Value) -> Client {
        let mut client = Client::open(&self.client_url("chat", &claims), Some(RELIABLE)).await;
        client.welcome().await;
        client
    }

    /// The URL by which a reliable client comes back, without an access token.
    pub(crate) fn recovery_url(&self, connection_id: &str, token: &str) -> String {
        let endpoint = self.emulator.endpoint().replacen("http", "ws", 1);
        format!(
            "{endpoint}/client/hubs/chat?awps_connection_id={connection_id}&awps_reconnection_token={token}"
        )
    }

    /// A reliable client that has come back with the id and token of a lost one.
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

    /// Sends the JSON value to everyone in `chat`: what a client gets next if it got nothing before.
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

/// The content type of an answer.
pub(crate) fn content_type(answer: &Answer) -> &str {
    answer.header(CONTENT_TYPE.as_str()).unwrap_or_default()
}
