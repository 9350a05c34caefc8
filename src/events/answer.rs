//! What is sent back: a status, headers, a body.

use alloc::{string::String, vec::Vec};

use super::Refusal;
use crate::json::decimal;

/// The response to a request of the service, for the host to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    content_type: Option<&'static str>,
    header: Option<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// 204: the event is taken, and there is nothing to say to it.
    pub fn empty() -> Self {
        Self::with_status(204)
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
        Refusal::failed().answer(None)
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let content_type = self.content_type.map(|value| ("Content-Type", value));
        content_type
            .into_iter()
            .chain(self.header.as_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// A header, by its name in any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// What the handshake allows, or the state that goes with an answer.
    #[cfg(all(target_arch = "wasm32", feature = "js"))]
    pub(crate) fn header_value(&self) -> Option<&str> {
        self.header.as_ref().map(|(_, value)| value.as_str())
    }

    /// The body; none for 204.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The same body, to be sent.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    pub(super) fn with_status(status: u16) -> Self {
        Self {
            status,
            content_type: None,
            header: None,
            body: Vec::new(),
        }
    }

    pub(super) fn text(status: u16, words: impl Into<String>) -> Self {
        Self::with_body(status, "text/plain; charset=utf-8", words.into())
    }

    pub(super) fn json(status: u16, json: String) -> Self {
        Self::with_body(status, "application/json; charset=utf-8", json)
    }

    pub(super) fn with_body(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type: Some(content_type),
            body: body.into(),
            ..Self::with_status(status)
        }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: String) -> Self {
        self.header = Some((name, value));
        self
    }
}

pub(super) const MISSING: &str = " is missing: the service sends it with everything that it sends.";

/// What is wrong with a header.
pub(super) fn fault(status: u16, header: &str, wrong: &str) -> Answer {
    let mut words = String::from("The header ");
    words.push_str(header);
    words.push_str(wrong);
    Answer::text(status, words)
}
