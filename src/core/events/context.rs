//! What an event says of itself: its context, from the headers.
//!
//! In here: which header says what, and when it counts. Not in here: the body.

use super::super::given::{Given, Pair, Place};
use super::super::headers::METADATA;
use super::super::text::{cut, nth, strip_prefix_same};
use super::head::{Head, Header};
use super::verdict::media_type;

/// The prefix of the headers with the user properties of an MQTT message.
pub(crate) const MQTT: &[u8] = b"mqtt-";

/// The context of an event. Everything in it comes from the service; only the connection id is covered by the signature.
#[derive(Clone, Copy)]
pub struct Context<'h, 'a, G>(pub &'h Head<'a, G>);

impl<'a, G: Given<'a>> Context<'_, 'a, G> {
    /// The members that are the values of headers as they are: a name, as JavaScript has it, and a value, by their place from 0
    /// on.
    pub fn member(&self, index: usize) -> (&'static [u8], &'a [u8]) {
        const NAMES: &str = "hub,connectionId,userId,subprotocol,id,time,source,origin,signature";
        (nth(NAMES, b',', index), self.0.value_at(index))
    }

    /// The hub, as the service writes it.
    pub fn hub(&self) -> &'a [u8] {
        self.0.value(Header::Hub)
    }

    /// The connection. For MQTT it is the client id, which the client chose itself.
    pub fn connection_id(&self) -> &'a [u8] {
        self.0.value(Header::ConnectionId)
    }

    /// `connect`, `connected`, `disconnected`, `joined`, `left`, or the name of the user event.
    pub fn event_name(&self) -> &'a [u8] {
        self.0.get(Header::EventName).unwrap_or_else(|| {
            // What is behind `azure.webpubsub.sys.`, or `user.`; a name may have dots.
            let mut name = self.0.value(Header::Type);
            for _ in 0..3 {
                name = cut(name, b'.').unwrap_or_default().1;
            }
            name
        })
    }

    /// The user; none for an anonymous connection.
    pub fn user_id(&self) -> Option<&'a [u8]> {
        self.0.get(Header::UserId)
    }

    /// The next value of `WebHook-Request-Origin`: the host of the service, or several, joined by commas.
    pub fn next_origin(&self, place: &mut Place) -> Option<&'a [u8]> {
        self.0.next(Header::Origin, place)
    }

    /// The next value of `ce-signature`.
    pub fn next_signature(&self, place: &mut Place) -> Option<&'a [u8]> {
        self.0.next(Header::Signature, place)
    }

    /// The subprotocol of the connection.
    pub fn subprotocol(&self) -> Option<&'a [u8]> {
        self.0.get(Header::Subprotocol)
    }

    /// The number of the event on its connection, from `ce-id`.
    pub fn id(&self) -> Option<&'a [u8]> {
        self.0.get(Header::Id)
    }

    /// When it happened, from `ce-time`: `2026-01-31T12:00:00Z`.
    pub fn time(&self) -> Option<&'a [u8]> {
        self.0.get(Header::Time)
    }

    /// Where it happened, from `ce-source`: `/hubs/{hub}/client/{connectionId}`.
    pub fn source(&self) -> Option<&'a [u8]> {
        self.0.get(Header::Source)
    }

    /// The state of the connection as it travels: base64, by convention of a JSON object.
    pub fn state(&self) -> Option<&'a [u8]> {
        self.0.get(Header::State)
    }

    /// The media type of the body, without parameters.
    pub fn media_type(&self) -> Option<&'a [u8]> {
        let name = media_type(self.0);
        (!name.is_empty()).then_some(name)
    }

    /// The next thing that the client sent along, from `X-WebPubSub-Metadata-*`: a name, in whatever case it came, and a value.
    pub fn next_metadata(&self, place: &mut Place) -> Option<Pair<'a>> {
        self.0.next_below(METADATA, place)
    }

    /// The network connection of an MQTT client; none for other clients.
    pub fn physical_connection_id(&self) -> Option<&'a [u8]> {
        let is_mqtt = self
            .subprotocol()
            .is_none_or(|name| strip_prefix_same(name, b"mqtt").is_some());
        self.0.get(Header::PhysicalConnectionId).filter(|_| is_mqtt)
    }

    /// The session of an MQTT client; none on connect.
    pub fn session_id(&self) -> Option<&'a [u8]> {
        self.0.get(Header::SessionId)
    }

    /// The next user property of the MQTT message behind a user event, from `mqtt-*`.
    pub fn next_user_property(&self, place: &mut Place) -> Option<Pair<'a>> {
        self.0.next_below(MQTT, place)
    }
}
