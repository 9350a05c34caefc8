//! Requests as the service sends them, and helpers for the responses.

use webpubsub_edge::{
    AccessKey, Error,
    events::{Builder, Event, EventResponse, Handler, Head, Received},
};

pub(crate) const PRIMARY: &str = "7aab239577fd4f24bc919802fb629f5f";
pub(crate) const SECONDARY: &str = "a5f2815d0d0c4b00bd27e832432f91ab";
pub(crate) const CONNECTION: &str = "0f9c97a2f0bf4706afe87a14e0797b11";
/// The signatures of this connection with the keys above.
pub(crate) const SIGNED_PRIMARY: &str =
    "sha256=7767effcb3946f3e1de039df4b986ef02c110b1469d02c0a06f41b3b727ab561";
pub(crate) const SIGNED_SECONDARY: &str =
    "sha256=d4aefb65547a00a9881fa8ac8bd03d0faf77af9da5205d45c6e57cbda4377760";
pub(crate) const ORIGIN: &str = "contoso.webpubsub.azure.com";
pub(crate) const PATH: &str = "/api/webpubsub/hubs/chat/";

/// A request; by default an event of a connection.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    pub(crate) fn event(kind: &str) -> Self {
        let headers = [
            ("WebHook-Request-Origin", ORIGIN),
            ("Content-Type", "application/json; charset=utf-8"),
            ("ce-specversion", "1.0"),
            ("ce-awpsversion", "1.0"),
            ("ce-type", &format!("azure.webpubsub.{kind}")),
            ("ce-source", &format!("/hubs/chat/client/{CONNECTION}")),
            ("ce-id", "1"),
            ("ce-time", "2026-01-31T12:00:00Z"),
            ("ce-signature", &format!("{SIGNED_PRIMARY},{SIGNED_SECONDARY}")),
            ("ce-connectionId", CONNECTION),
            ("ce-hub", "chat"),
            ("ce-eventName", kind.split_once('.').map_or("", |(_, name)| name)),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        Self {
            method: "POST",
            target: PATH.to_owned(),
            headers: headers.into(),
        }
    }

    pub(crate) fn handshake(origin: &str) -> Self {
        let bare = Self {
            method: "OPTIONS",
            target: PATH.to_owned(),
            headers: Vec::new(),
        };
        bare.and("WebHook-Request-Origin", origin)
            .and("ce-awpsversion", "1.0")
    }

    pub(crate) fn and(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn with(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).and(name, value)
    }

    pub(crate) fn at(mut self, target: &str) -> Self {
        self.target = target.to_owned();
        self
    }

    pub(crate) fn head(&self) -> Head<'_> {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()));
        Head::new(self.method, &self.target, headers)
    }
}

pub(crate) fn builder() -> Builder {
    Handler::builder("chat").access_key(AccessKey::new(PRIMARY).unwrap())
}

pub(crate) fn handler() -> Handler {
    builder().build().unwrap()
}

pub(crate) fn response(handler: &Handler, request: &Request) -> EventResponse {
    match handler.receive(request.head()) {
        Received::Response(response) => response,
        other => panic!("expected a response, got {other:?}"),
    }
}

pub(crate) fn event<'a>(handler: &Handler, request: &'a Request) -> Event<'a> {
    match handler.receive(request.head()) {
        Received::Event(event) => event,
        other => panic!("expected an event, got {other:?}"),
    }
}

pub(crate) fn is_not_mine(handler: &Handler, request: &Request) -> bool {
    matches!(handler.receive(request.head()), Received::NotMine)
}

pub(crate) fn text(response: &EventResponse) -> &str {
    str::from_utf8(response.body()).unwrap()
}

pub(crate) fn code<T>(result: Result<T, Error>) -> String {
    result
        .err()
        .map(|error| error.code().to_owned())
        .unwrap_or_default()
}
