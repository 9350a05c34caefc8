//! The handler: from the head of a request to an answer or an event.
//!
//! In here: the order of the checks. First whether the request is for this handler at all (path, kind, hub), so
//! that several handlers can stand in one line; then origin, then signature.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use super::{Answer, Builder, Event, Head, Kind, event, origins::Allowed, signature};
use crate::{access_key::AccessKey, names::Hub};

/// Takes the events of one hub.
///
/// It holds no state: one serves any number of requests, from any thread.
#[derive(Clone)]
pub struct Handler {
    pub(super) hub: Hub,
    pub(super) path: String,
    pub(super) prefix: Vec<u8>,
    pub(super) allowed: Allowed,
    pub(super) keys: Vec<AccessKey>,
    pub(super) skips_verification: bool,
    pub(super) max_body_bytes: usize,
}

/// What a request turned out to be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Received<'a> {
    /// Not for this handler: hand the request on.
    NotMine,
    /// Answered already: the handshake, a refusal, or an event of a kind that is not known.
    Answer(Answer),
    /// An event, verified: read its body and decide.
    Event(Event<'a>),
}

/// The same, before the head goes along with it.
pub(crate) enum Verdict {
    NotMine,
    /// It depends on keys that were not given yet.
    NeedsKeys,
    Answer(Answer),
    Event(Kind),
}

impl Handler {
    /// Begins a handler of the events of a hub, whose name may be in any letter case.
    pub fn builder(hub: impl Into<String>) -> Builder {
        Builder {
            hub: hub.into(),
            ..Builder::default()
        }
    }

    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The path that it listens at: in lower case, with `/` at the end.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many bytes of a body to read at most; answer [`Answer::too_large`] to more.
    pub fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    /// Judges a request by its head, with the keys that the handler was built with.
    pub fn receive<'a>(&self, head: Head<'a>) -> Received<'a> {
        self.receive_with(head, &[])
    }

    /// Judges a request by its head, with these keys as well: for keys that are read for each event.
    pub fn receive_with<'a>(&self, head: Head<'a>, keys: &[AccessKey]) -> Received<'a> {
        match self.judge(&head, Some(keys)) {
            Verdict::NotMine | Verdict::NeedsKeys => Received::NotMine,
            Verdict::Answer(answer) => Received::Answer(answer),
            Verdict::Event(kind) => Received::Event(Event::new(kind, head)),
        }
    }

    /// Whether the request is one whose signature has to be verified: keys are needed for no other.
    pub fn needs_keys(&self, head: &Head<'_>) -> bool {
        matches!(self.judge(head, None), Verdict::NeedsKeys)
    }

    pub(crate) fn judge(&self, head: &Head<'_>, keys: Option<&[AccessKey]>) -> Verdict {
        if head.is_under(&self.prefix) {
            match head.method {
                "POST" => {
                    return self
                        .event(head, keys)
                        .unwrap_or_else(|answer| Verdict::Answer(*answer));
                }
                // The service tries GET where OPTIONS finds nothing.
                "OPTIONS" | "GET" if event::is_handshake(head) => {
                    return Verdict::Answer(self.allowed.handshake(head));
                }
                _ => {}
            }
        }
        Verdict::NotMine
    }

    fn event(&self, head: &Head<'_>, keys: Option<&[AccessKey]>) -> Result<Verdict, Box<Answer>> {
        let Some(name) = event::claimed_type(head)? else {
            return Ok(Verdict::NotMine);
        };
        if !event::hub(head)?.eq_ignore_ascii_case(self.hub.as_str()) {
            return Ok(Verdict::NotMine);
        }
        self.allowed.check(head)?;
        let connection_id = event::checked_connection(head)?;
        if !self.skips_verification {
            let Some(keys) = keys else {
                return Ok(Verdict::NeedsKeys);
            };
            if self.keys.is_empty() && keys.is_empty() {
                return Err(Box::new(Answer::text(
                    500,
                    "This handler has no access key to verify events with.",
                )));
            }
            signature::verify(head, connection_id, [&self.keys, keys])?;
        }
        // An error for a kind that is not known would only be repeated by the service.
        Ok(event::kind_of(name, head).map_or_else(|| Verdict::Answer(Answer::empty()), Verdict::Event))
    }
}

/// Shows neither keys nor the path, which may hold a secret.
impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler")
            .field("hub", &self.hub)
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}
