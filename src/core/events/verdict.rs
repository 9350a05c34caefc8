//! The verdict on a request: whose it is, and what becomes of it.
//!
//! In here: the order of the checks. First whether the request is for this handler at all (path, kind, hub), so that
//! several handlers can stand in one line; then origin, then signature.

use super::super::error::Fault;
use super::super::given::{Given, Parameter, Place};
use super::super::names::check_hub;
use super::super::sink::Sink;
use super::super::text::{as_str, equal, has_one_of, index_of, nth, same, split_first, take_decoded};
use super::head::{Head, Header};
use super::refusal::{RefusalCause, RequestRefusal};
use super::{origins, signature};

/// The largest body that a handler reads by default, in bytes: as much as a message can have.
pub const MAX_BODY_BYTES: u32 = 1 << 20;

/// The prefix of the types of all events.
const PREFIX: &[u8] = b"azure.webpubsub.";

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A client wants to connect. The service waits for the response.
    Connect,
    /// A client has connected.
    Connected,
    /// A client has disconnected, or was accepted and never came.
    Disconnected,
    /// A connection has joined a group.
    GroupJoined,
    /// A connection has left a group.
    GroupLeft,
    /// A client has sent something to the server. The service waits for the response.
    User(DataType),
}

impl EventKind {
    /// The place of the kind on the list above.
    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Connect => 0,
            Self::Connected => 1,
            Self::Disconnected => 2,
            Self::GroupJoined => 3,
            Self::GroupLeft => 4,
            Self::User(_) => 5,
        }
    }
}

/// The type of the data that a client sent, or gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// Text, in UTF-8.
    Text,
    /// JSON.
    Json,
    /// Bytes; among them a protobuf `Any`, marked by the content type `application/x-protobuf`.
    Binary,
}

const DATA_TYPES: &str = "text,json,binary";
const CONTENT_TYPES: &str =
    "text/plain; charset=utf-8,application/json; charset=utf-8,application/octet-stream";

impl DataType {
    const ALL: &[Self] = &[Self::Text, Self::Json, Self::Binary];

    /// The name.
    pub fn as_str(self) -> &'static str {
        as_str(self.name())
    }

    /// The same as bytes.
    pub(crate) fn name(self) -> &'static [u8] {
        nth(DATA_TYPES, b',', self as usize)
    }

    /// The data type of this name.
    pub(crate) fn parse(name: &[u8]) -> Result<Self, Fault> {
        let index = index_of(name, DATA_TYPES.as_bytes(), equal);
        index
            .and_then(|index| Self::ALL.get(index))
            .copied()
            .ok_or(Fault::DataType)
    }

    /// The data type of a body with this media type. An MQTT client may name any, so that others are bytes.
    fn of_media_type(name: &[u8]) -> Self {
        if same(name, b"text/plain") {
            Self::Text
        } else if same(name, b"application/json") {
            Self::Json
        } else {
            Self::Binary
        }
    }

    /// The content type of a response with such data.
    pub(crate) fn content_type(self) -> &'static [u8] {
        nth(CONTENT_TYPES, b',', self as usize)
    }
}

/// How a handler is set up. Allowed endpoints and access keys are given as [`Parameter::AllowedEndpoints`] and
/// [`Parameter::AccessKeys`].
pub struct Handler<'s, 'a, S> {
    /// The hub whose events it handles.
    pub hub: &'a [u8],
    /// The path that it listens at and below, as [`write_path`] writes it.
    pub path: &'a [u8],
    /// How events are verified.
    pub verification: Verification,
    /// The lists.
    pub settings: &'s S,
}

/// How events are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// By the keys that are given.
    Keys,
    /// By keys that are asked for when an event needs them.
    KeysPerEvent,
    /// Not at all: events are accepted from anyone.
    Skipped,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It is not for this handler.
    NotMine,
    /// It depends on keys that were not given yet.
    NeedsKeys,
    /// The handshake: this origin may send events; any when it is `*`.
    Handshake(&'a [u8]),
    /// It is refused.
    Refuse(RequestRefusal),
    /// An event of a kind that is not known. It is acknowledged, because the service would only repeat it.
    Unknown,
    /// An event, verified.
    Event(EventKind),
}

/// Checks the settings of a handler and appends the path that it listens at: in lower case, with a slash at its end. Without
/// a path it is `/api/webpubsub/hubs/{hub}/`.
pub fn write_path<'a>(
    hub: &[u8],
    path: Option<&[u8]>,
    has_keys: bool,
    has_allowed_endpoints: bool,
    settings: &impl Given<'a>,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    check_hub(hub)?;
    if !has_keys {
        return Err(Fault::HandlerKeys);
    }
    match path {
        None => {
            sink.text(b"/api/webpubsub/hubs/");
            sink.lower(hub);
        }
        Some(path) if path.starts_with(b"/") && !has_one_of(path, b"?#") => sink.lower(path),
        Some(_) => return Err(Fault::HandlerPath),
    }
    if !sink.written().ends_with(b"/") {
        sink.byte(b'/');
    }
    origins::check_allowed(has_allowed_endpoints, settings)
}

impl<'a, S: Given<'a>> Handler<'_, 'a, S> {
    /// Judges a request by its head.
    pub fn judge<G: Given<'a>>(&self, head: &Head<'a, G>) -> Verdict<'a> {
        if is_under(head.path, self.path) {
            if equal(head.method, b"POST") {
                return self.event(head).unwrap_or_else(Verdict::Refuse);
            }
            // The service tries GET where OPTIONS finds nothing.
            if (equal(head.method, b"OPTIONS") || equal(head.method, b"GET")) && is_handshake(head) {
                return match origins::check(head, self.settings) {
                    Ok(only) => Verdict::Handshake(only.unwrap_or(b"*")),
                    Err(refusal) => Verdict::Refuse(refusal),
                };
            }
        }
        Verdict::NotMine
    }

    fn event<G: Given<'a>>(&self, head: &Head<'a, G>) -> Result<Verdict<'a>, RequestRefusal> {
        let name = head.value(Header::Type);
        if name.is_empty() && head.value(Header::Version).is_empty() {
            return Ok(Verdict::NotMine);
        }
        head.require(Header::Type)?;
        let Some(name) = name.strip_prefix(PREFIX) else {
            return Ok(Verdict::NotMine);
        };
        head.require(Header::Version)?;
        if !head.value(Header::Version).starts_with(b"1") {
            return Err(RequestRefusal::of(RefusalCause::Version));
        }
        head.require(Header::Hub)?;
        if !same(head.value(Header::Hub), self.hub) {
            return Ok(Verdict::NotMine);
        }
        origins::check(head, self.settings)?;
        // What is read later may come once at most.
        head.check()?;
        head.require(Header::ConnectionId)?;
        match self.verification {
            Verification::KeysPerEvent => return Ok(Verdict::NeedsKeys),
            Verification::Keys => signature::verify(head, self.settings)?,
            Verification::Skipped => {}
        }
        Ok(kind_of(name, head).map_or(Verdict::Unknown, Verdict::Event))
    }

    /// Writes the text of a refusal.
    pub fn write_refusal<G: Given<'a>>(
        &self,
        refusal: RequestRefusal,
        head: &Head<'a, G>,
        sink: &mut Sink<'_>,
    ) {
        refusal.write(sink);
        if refusal.cause == RefusalCause::Origin {
            sink.text(head.value(Header::Origin));
            sink.text(b". The allowed endpoints are:");
            let mut place = Place::default();
            while let Some(endpoint) = self.settings.next(Parameter::AllowedEndpoints, &mut place) {
                sink.byte(b' ');
                sink.text(endpoint);
            }
        }
    }
}

/// Whether a request is, or claims to be, the service asking whether it may send events.
fn is_handshake<'a, G: Given<'a>>(head: &Head<'a, G>) -> bool {
    !head.value(Header::Origin).is_empty() || !head.value(Header::Version).is_empty()
}

/// The kind of an event, from its type without the prefix, and for user events its content type; none for a type that is
/// not known.
fn kind_of<'a, G: Given<'a>>(name: &[u8], head: &Head<'a, G>) -> Option<EventKind> {
    if name.starts_with(b"user.") {
        return Some(EventKind::User(DataType::of_media_type(media_type(head))));
    }
    const KINDS: [EventKind; 5] = [
        EventKind::Connect,
        EventKind::Connected,
        EventKind::Disconnected,
        EventKind::GroupJoined,
        EventKind::GroupLeft,
    ];
    let index = index_of(
        name,
        b"sys.connect,sys.connected,sys.disconnected,gp.joined,gp.left",
        equal,
    )?;
    KINDS.get(index).copied()
}

/// The media type of the body, without parameters; empty if the header is absent.
#[inline(always)]
pub(crate) fn media_type<'a, G: Given<'a>>(head: &Head<'a, G>) -> &'a [u8] {
    split_first(head.value(Header::ContentType), b';').0.trim_ascii()
}

/// Whether a path is the handler's or below it; both are compared decoded, in any letter case, with a slash at the end.
fn is_under(mut path: &[u8], mut prefix: &[u8]) -> bool {
    let mut last = b'/';
    while let Some(expected) = take_decoded(&mut prefix) {
        // The slash that may be missing at the end of the path.
        let slash = (last != b'/').then_some(b'/');
        let Some(byte) = take_decoded(&mut path).or(slash) else {
            return false;
        };
        if !byte.eq_ignore_ascii_case(&expected) {
            return false;
        }
        last = byte;
    }
    true
}
