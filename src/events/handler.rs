//! The handler: from the head of a request to a response or an event.
//!
//! In here: the verdict of the core in owned types. Not in here: that verdict (`core/events/verdict.rs`).

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{event::Event, head::Head, response::EventResponse};
use crate::{
    access_key::AccessKey,
    bridge::{Values, write_text},
    core::{
        events::verdict::{self, Verdict, Verification},
        given::{Given, Pair, Parameter, Place},
    },
    names::Hub,
};

/// Receives the events of one hub.
///
/// It has no mutable state: one handler serves any number of requests, from any thread.
#[derive(Clone)]
pub struct Handler {
    pub(super) hub: Hub,
    pub(super) path: String,
    pub(super) settings: Values,
    pub(super) keys: Vec<AccessKey>,
    pub(super) skips_verification: bool,
    pub(super) max_body_bytes: usize,
}

/// The result of [`Handler::receive`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Received<'a> {
    /// The request is not for this handler: pass it on.
    NotMine,
    /// The request needs no decision of yours: the handshake, a refusal, or an event of an unknown kind. Send this response.
    Response(EventResponse),
    /// A verified event: read its body and decide.
    Event(Event<'a>),
}

impl Handler {
    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The path that it listens at: in lower case, with a trailing slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Maximum size of a body, in bytes. Send [`EventResponse::too_large`] for a larger one.
    pub fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    /// Judges a request by its head, with the keys that the handler was built with.
    pub fn receive<'a>(&self, head: Head<'a>) -> Received<'a> {
        self.receive_with(head, &[])
    }

    /// Judges a request by its head, with additional keys: for keys that are read for each event.
    pub fn receive_with<'a>(&self, head: Head<'a>, keys: &[AccessKey]) -> Received<'a> {
        let read = head.read();
        let settings = self.settings(keys);
        let handler = self.with(&settings, Verification::Keys);
        let kind = match handler.judge(&read) {
            Verdict::NotMine | Verdict::NeedsKeys => return Received::NotMine,
            Verdict::Handshake(origin) => return Received::Response(EventResponse::handshake(origin)),
            Verdict::Refuse(refusal) => {
                let text = write_text(|sink| handler.write_refusal(refusal, &read, sink));
                return Received::Response(EventResponse::text(refusal.cause.status(), text));
            }
            Verdict::Unknown => return Received::Response(EventResponse::empty()),
            Verdict::Event(kind) => kind,
        };
        Received::Event(Event::new(kind, head))
    }

    /// Whether the signature of the request has to be verified; other requests need no keys.
    pub fn needs_keys(&self, head: &Head<'_>) -> bool {
        let settings = self.settings(&[]);
        let handler = self.with(&settings, Verification::KeysPerEvent);
        matches!(handler.judge(&head.read()), Verdict::NeedsKeys)
    }

    fn settings<'a>(&'a self, keys: &'a [AccessKey]) -> Settings<'a> {
        Settings {
            values: &self.settings,
            keys: [&self.keys, keys],
        }
    }

    /// The handler as the core has it.
    fn with<'a>(
        &'a self,
        settings: &'a Settings<'a>,
        verification: Verification,
    ) -> verdict::Handler<'a, 'a, Settings<'a>> {
        let verification = if self.skips_verification {
            Verification::Skipped
        } else {
            verification
        };
        verdict::Handler {
            hub: self.hub.as_str().as_bytes(),
            path: self.path.as_bytes(),
            verification,
            settings,
        }
    }
}

/// The settings of a handler with the keys for a request.
struct Settings<'a> {
    values: &'a Values,
    keys: [&'a [AccessKey]; 2],
}

impl<'a> Given<'a> for Settings<'a> {
    fn next_entry(&self, place: &mut Place) -> Option<(u8, Pair<'a>)> {
        let mut keys = self.keys.into_iter().flatten();
        if let Some(key) = keys.nth(place.entry) {
            place.entry += 1;
            return Some((Parameter::AccessKeys as u8, (key.as_bytes(), b"")));
        }
        // The values come behind the keys.
        let count = self.keys.iter().map(|keys| keys.len()).sum();
        let mut rest = Place {
            entry: place.entry.saturating_sub(count),
            ..*place
        };
        let entry = self.values.next_entry(&mut rest)?;
        place.entry = count + rest.entry;
        Some(entry)
    }
}

/// Shows neither keys nor the path, which may hold a secret.
impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler")
            .field("hub", &self.hub)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
