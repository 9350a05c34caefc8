//! The handler: from the head of a request to an answer or an event.
//!
//! In here: the order of the checks. First whether the request is for this handler at all (path, kind, hub), so
//! that several handlers can stand in one line; then origin, then signature.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use super::{
    Answer, Builder, Event, Head,
    event::{Claimed, claimed_type},
    origins::{self, Allowed, ORIGIN},
    signature,
};
use crate::{access_key::AccessKey, error::Result, names::Hub};

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
pub enum Received {
    /// Not for this handler: hand the request on.
    NotMine,
    /// Answered already: the handshake, a refusal, or an event of a kind that is not known.
    Answer(Answer),
    /// An event, verified: read its body and decide.
    Event(Box<Event>),
}

impl Handler {
    /// Begins a handler of the events of a hub.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidHub`.
    pub fn builder(hub: impl AsRef<str>) -> Result<Builder> {
        Builder::new(hub.as_ref())
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
    pub fn receive(&self, head: &Head<'_>) -> Received {
        self.receive_with(head, &[])
    }

    /// Judges a request by its head, with these keys as well: for keys that are read for each event.
    pub fn receive_with(&self, head: &Head<'_>, keys: &[AccessKey]) -> Received {
        let claimed = match self.claimed(head) {
            Ok(None) => return Received::NotMine,
            Ok(Some(claimed)) => claimed,
            Err(answer) => return Received::Answer(answer),
        };
        if let Err(refusal) = self.verify(head, &claimed, keys) {
            return Received::Answer(refusal);
        }
        // An error for a kind that is not known would only be repeated by the service.
        claimed.verified().map_or_else(
            || Received::Answer(Answer::empty()),
            |event| Received::Event(Box::new(event)),
        )
    }

    /// Whether the request is one whose signature has to be verified: keys are needed for no other.
    pub fn needs_keys(&self, head: &Head<'_>) -> bool {
        !self.skips_verification && matches!(self.claimed(head), Ok(Some(_)))
    }

    /// The event that a request claims to be; or the answer, if it is one that needs no signature.
    fn claimed(&self, head: &Head<'_>) -> Result<Option<Claimed>, Answer> {
        if !head.is_under(&self.prefix) {
            return Ok(None);
        }
        match head.method {
            "POST" => {}
            // The service tries GET where OPTIONS finds nothing.
            "OPTIONS" | "GET" if head.has(ORIGIN) || head.has("ce-awpsversion") => {
                return self.allowed.handshake(head).and_then(Err);
            }
            _ => return Ok(None),
        }
        let Some(name) = claimed_type(head)? else {
            return Ok(None);
        };
        let hub = head.required("ce-hub")?;
        if !hub.eq_ignore_ascii_case(self.hub.as_str()) {
            return Ok(None);
        }
        self.allowed.check(&origins::requested(head)?)?;
        Claimed::read(head, name, hub).map(Some)
    }

    fn verify(&self, head: &Head<'_>, claimed: &Claimed, keys: &[AccessKey]) -> Result<(), Answer> {
        if self.skips_verification {
            return Ok(());
        }
        let keys = self.keys.iter().chain(keys);
        if keys.clone().next().is_none() {
            return Err(Answer::text(
                500,
                "This handler has no access key to verify events with.",
            ));
        }
        if !head.has("ce-signature") {
            return Err(Answer::text(
                401,
                "The header ce-signature is missing: only what Azure Web PubSub signed is taken here.",
            ));
        }
        signature::verify(&claimed.context.signature, &claimed.context.connection_id, keys)
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
