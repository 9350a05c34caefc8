//! Which records a reader wants.

use serde::{Deserialize, Serialize};

use super::entry::{Content, Entry, HttpKind};
use super::record::{Body, Record, What};

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// REST calls.
    Rest,
    /// Handshakes of clients.
    Connect,
    /// Frames.
    Frame,
    /// Losses of sockets by clients that may come back.
    Lost,
    /// Ends of connections.
    Disconnect,
    /// Events.
    Event,
}

/// Which records a reader wants. All conditions that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrafficFilter {
    pub(super) kinds: Vec<Kind>,
    pub(super) hub: Option<String>,
    pub(super) connection: Option<String>,
    pub(super) user: Option<String>,
    pub(super) text: Option<String>,
}

impl TrafficFilter {
    /// All records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records of this kind. Given several times: of any of these kinds.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kinds.push(kind);
        self
    }

    /// Records about this hub.
    #[must_use]
    pub fn hub(mut self, hub: impl Into<String>) -> Self {
        self.hub = Some(hub.into());
        self
    }

    /// Records about this connection.
    #[must_use]
    pub fn connection(mut self, id: impl Into<String>) -> Self {
        self.connection = Some(id.into());
        self
    }

    /// Records about this user.
    #[must_use]
    pub fn user(mut self, id: impl Into<String>) -> Self {
        self.user = Some(id.into());
        self
    }

    /// Records whose URL, event, error, reason or body contains this text, letter case aside.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into().to_lowercase());
        self
    }

    /// All conditions but the text, which is looked for in the record.
    pub(super) fn may_match(&self, entry: &Entry) -> bool {
        let kind = match &entry.content {
            Content::Http(HttpKind::Rest, _) => Kind::Rest,
            Content::Http(HttpKind::Connect, _) => Kind::Connect,
            Content::Event { .. } => Kind::Event,
            Content::Frame { .. } => Kind::Frame,
            Content::Lost { .. } => Kind::Lost,
            Content::Disconnect { .. } => Kind::Disconnect,
        };
        let is = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        let peer = &entry.peer;
        let hub = self.hub.as_deref().is_none_or(|hub| {
            peer.hub
                .as_deref()
                .is_some_and(|found| found.eq_ignore_ascii_case(hub))
        });
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && hub
            && is(&self.connection, &peer.connection)
            && is(&self.user, &peer.user)
    }

    /// Whether the text is in the record.
    pub(super) fn has_text(&self, record: &Record) -> bool {
        let Some(wanted) = &self.text else { return true };
        let contains = |text: &str| text.to_lowercase().contains(wanted);
        let in_body = |body: &Body| body.text.as_deref().is_some_and(contains);
        let (name, request, response, error) = match &record.what {
            What::Rest {
                request, response, ..
            }
            | What::Connect {
                request, response, ..
            } => ("", request, response, None),
            What::Event {
                event,
                request,
                response,
                error,
                ..
            } => (event.as_str(), request, response, error.as_deref()),
            What::Frame { body, .. } => return in_body(body),
            What::Lost { reason } | What::Disconnect { reason } => return contains(reason),
            What::Gap { .. } => return true,
        };
        contains(name)
            || contains(&request.url)
            || in_body(&request.body)
            || response.as_ref().is_some_and(|response| in_body(&response.body))
            || error.is_some_and(contains)
    }
}
