//! Responses to the service: a status, headers and a body.
//!
//! In here: the type that the host sends. Not in here: the texts of refusals (`core/events/refusal.rs`), responses that a
//! handler decides (`connect.rs`, `refusal.rs`, `reply.rs`).

use alloc::{string::String, vec::Vec};

use crate::{
    bridge::{text, write_text},
    core::events::{
        refusal::RefusalCause,
        response::{FAILED, ResponseHead, STATE},
        verdict::DataType,
    },
};

/// The response to a request of the service, for the host to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventResponse {
    status: u16,
    content_type: Option<&'static str>,
    header: Option<(&'static str, String)>,
    body: Vec<u8>,
}

impl EventResponse {
    /// 204: acknowledges an event, with nothing to return.
    pub fn empty() -> Self {
        Self::new(ResponseHead::EMPTY, Vec::new())
    }

    /// 404, for a server that has no route for requests that are [not for the handler](super::Received::NotMine). Does not
    /// name the handler's path, which may be a secret.
    pub fn not_found(hub: &str) -> Self {
        Self::refuse(RefusalCause::NotFound, hub, "")
    }

    /// 413: the body is larger than the handler accepts, which is `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::refuse(RefusalCause::BodyTooLarge, &alloc::format!("{limit}"), "")
    }

    /// 500: the code of the handler failed. Does not say how.
    pub fn failed() -> Self {
        Self::text(500, FAILED)
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
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The body; empty for 204.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, to be sent.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    pub(super) fn new(head: ResponseHead, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: head.status,
            content_type: head.content_type.map(text),
            header: None,
            body: body.into(),
        }
    }

    pub(super) fn text(status: u16, text: impl Into<Vec<u8>>) -> Self {
        let content_type = Some(DataType::Text.content_type());
        Self::new(ResponseHead { status, content_type }, text)
    }

    /// The handshake: this origin may send events.
    pub(super) fn handshake(origin: &[u8]) -> Self {
        Self {
            status: 200,
            content_type: None,
            header: Some((
                "WebHook-Allowed-Origin",
                String::from_utf8_lossy(origin).into_owned(),
            )),
            body: Vec::new(),
        }
    }

    /// Refuses a request, with the subjects of the cause.
    pub(super) fn refuse(cause: RefusalCause, first: &str, second: &str) -> Self {
        let text = write_text(|sink| cause.write(first.as_bytes(), second.as_bytes(), sink));
        Self::text(cause.status(), text)
    }

    /// The same with the header of a new state, if there is one.
    pub(super) fn with_state(mut self, header: Option<String>) -> Self {
        self.header = header.map(|value| (STATE, value));
        self
    }
}
