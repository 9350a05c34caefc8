//! What is sent back: a status, headers, a body.

use alloc::{string::String, vec, vec::Vec};

use crate::json::decimal;

/// The response to a request of the service, for the host to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for 204.
    pub body: Vec<u8>,
}

impl Answer {
    /// 204: the event is taken, and there is nothing to say to it.
    pub fn empty() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// 404, for a server that has no other route for what is not an event.
    pub fn not_found() -> Self {
        Self::text(
            404,
            "Only the events of Azure Web PubSub are taken here, for one hub and under one path.",
        )
    }

    /// 413: the body is larger than the handler takes.
    pub fn too_large(limit: usize) -> Self {
        let mut words = String::from("The body is larger than this handler takes, ");
        decimal(limit as u64, &mut words);
        words.push_str(" bytes: raise its limit, or send less.");
        Self::text(413, words)
    }

    /// 500: the code behind the handler failed. Says nothing of how.
    pub fn failed() -> Self {
        Self::text(500, "The event could not be handled.")
    }

    /// A header, by its name in any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn text(status: u16, words: impl Into<String>) -> Self {
        Self::with_body(status, "text/plain; charset=utf-8", words.into().into_bytes())
    }

    pub(super) fn json(status: u16, json: String) -> Self {
        Self::with_body(status, "application/json; charset=utf-8", json.into_bytes())
    }

    pub(super) fn with_body(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", content_type.into())],
            body,
        }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: Option<String>) -> Self {
        self.headers.extend(value.map(|value| (name, value)));
        self
    }
}
