//! Events: their kind, and their context.
//!
//! In here: the context as text. Not in here: which header means what (`core/events/context.rs`), bodies (`bodies.rs`).

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    head::{Head, Headers},
    response::EventResponse,
    state::read_state,
};
pub use crate::core::events::verdict::{DataType, EventKind as Kind};
use crate::{
    bridge::text,
    core::{
        events::context::Context,
        given::{Pair, Place},
    },
};

impl Kind {
    /// Whether the service waits for the response.
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::Connect | Self::User(_))
    }
}

/// A verified event of the service. Its body has not been read.
#[derive(Clone)]
pub struct Event<'a> {
    kind: Kind,
    head: Head<'a>,
}

impl<'a> Event<'a> {
    pub(super) fn new(kind: Kind, head: Head<'a>) -> Self {
        Self { kind, head }
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The hub, as the service writes it.
    pub fn hub(&self) -> &str {
        self.read(|context| text(context.hub()))
    }

    /// The connection id. For MQTT it is the client id, which the client chooses.
    pub fn connection_id(&self) -> &str {
        self.read(|context| text(context.connection_id()))
    }

    /// `connect`, `connected`, `disconnected`, `joined`, `left`, or the name of the user event.
    pub fn event_name(&self) -> &str {
        self.read(|context| text(context.event_name()))
    }

    /// The user id; none for an anonymous connection.
    pub fn user_id(&self) -> Option<&str> {
        self.read(|context| context.user_id().map(text))
    }

    /// The value of `WebHook-Request-Origin`: the host of the service, or several, joined by commas.
    pub fn origin(&self) -> String {
        self.joined(|context, place| context.next_origin(place))
    }

    /// The value of `ce-signature`.
    pub fn signature(&self) -> String {
        self.joined(|context, place| context.next_signature(place))
    }

    /// The subprotocol of the connection.
    pub fn subprotocol(&self) -> Option<&str> {
        self.read(|context| context.subprotocol().map(text))
    }

    /// The number of the event on its connection, from `ce-id`.
    pub fn id(&self) -> Option<&str> {
        self.read(|context| context.id().map(text))
    }

    /// When it happened, from `ce-time`: `2026-01-31T12:00:00Z`.
    pub fn time(&self) -> Option<&str> {
        self.read(|context| context.time().map(text))
    }

    /// Where it happened, from `ce-source`: `/hubs/{hub}/client/{connectionId}`.
    pub fn source(&self) -> Option<&str> {
        self.read(|context| context.source().map(text))
    }

    /// The state of the connection as it is sent: base64, by convention of a JSON object.
    pub fn state(&self) -> Option<&str> {
        self.read(|context| context.state().map(text))
    }

    /// The state of the connection: the text of a JSON object.
    ///
    /// # Errors
    /// The response, 400, for a state that is not base64 of text.
    pub fn state_json(&self) -> Result<Option<String>, EventResponse> {
        self.state().map(read_state).transpose()
    }

    /// The media type of the body, without parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.read(|context| context.media_type().map(text))
    }

    /// The metadata that the client sent, from `X-WebPubSub-Metadata-*`: names, in any letter case, and values.
    pub fn metadata(&self) -> Vec<(&str, &str)> {
        self.pairs(|context, place| context.next_metadata(place))
    }

    /// The network connection of an MQTT client; none for other clients.
    pub fn physical_connection_id(&self) -> Option<&str> {
        self.read(|context| context.physical_connection_id().map(text))
    }

    /// The session of an MQTT client; none on connect.
    pub fn session_id(&self) -> Option<&str> {
        self.read(|context| context.session_id().map(text))
    }

    /// The user properties of the MQTT message behind a user event, from `mqtt-*`.
    pub fn user_properties(&self) -> Vec<(&str, &str)> {
        self.pairs(|context, place| context.next_user_property(place))
    }

    fn read<'s, T>(&'s self, read: impl FnOnce(Context<'_, 's, Headers<'s>>) -> T) -> T {
        read(Context(&self.head.read()))
    }

    fn joined(
        &self,
        next: for<'h, 's> fn(&Context<'h, 's, Headers<'s>>, &mut Place) -> Option<&'s [u8]>,
    ) -> String {
        self.read(|context| {
            let mut place = Place::default();
            let values: Vec<_> = core::iter::from_fn(|| next(&context, &mut place).map(text)).collect();
            values.join(",")
        })
    }

    fn pairs<'s>(
        &'s self,
        next: for<'h> fn(&Context<'h, 's, Headers<'s>>, &mut Place) -> Option<Pair<'s>>,
    ) -> Vec<(&'s str, &'s str)> {
        self.read(|context| {
            let mut place = Place::default();
            let next = || next(&context, &mut place).map(|(name, value)| (text(name), text(value)));
            core::iter::from_fn(next).collect()
        })
    }
}

/// Shows neither the signature, which could be used again, nor the state.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("hub", &self.hub())
            .field("connection_id", &self.connection_id())
            .field("event_name", &self.event_name())
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
