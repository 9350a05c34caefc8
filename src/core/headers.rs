//! The headers of a request: which may be set, and how they merge.
//!
//! In here: the headers of the core's own, those of a message's metadata, and custom ones, which replace them.
//! `Authorization` is none of these: it is the credential's alone, whatever anybody sets. Not in here: the token that is
//! in it (`token.rs`), what of headers may be shown (`redact.rs`).

use super::error::Fault;
use super::given::{Given, Parameter, Place};
use super::text::{index_of, is_token, is_trimmed, same, strip_prefix_same};

/// The prefix of the headers that hold the metadata of a message.
pub(crate) const METADATA: &[u8] = b"X-WebPubSub-Metadata-";

/// The limits of metadata are those of the service's own emulator, in bytes.
const MAX_METADATA_KEY: usize = 256;
const MAX_METADATA_VALUE: usize = 1024;
const MAX_METADATA: usize = 8 * 1024;

/// The `User-Agent` of this library.
pub const USER_AGENT: &str = concat!("webpubsub-edge/", env!("CARGO_PKG_VERSION"));

/// The headers of the core's own.
#[derive(Clone, Copy, Default)]
pub struct Standard<'a> {
    /// `Accept`, see [`super::operation::Method::asks_for_json`].
    pub accepts_json: bool,
    /// `Content-Type`, empty without a body.
    pub content_type: &'a [u8],
    /// `x-ms-client-request-id`.
    pub request_id: &'a [u8],
    /// `User-Agent`: what is put in front of [`USER_AGENT`], or an empty text.
    pub user_agent_prefix: &'a [u8],
}

/// Where headers go. Names and values come in pieces, because nothing is kept here.
pub trait HeaderSink {
    /// Begins a header whose name is these two pieces.
    fn name(&mut self, prefix: &[u8], name: &[u8]);

    /// Appends a piece of its value.
    fn value(&mut self, piece: &[u8]);
}

/// Gives every header of a request to `to`, each name once. Custom headers that are given later replace earlier ones, in
/// any letter case.
pub fn write_headers<'a>(
    standard: &Standard<'_>,
    sends: bool,
    given: &impl Given<'a>,
    to: &mut impl HeaderSink,
) -> Result<(), Fault> {
    let mut place = Place::default();
    while let Some((name, value)) = given.next_pair(Parameter::Header, &mut place) {
        check_header(name, value)?;
    }
    let accept: &[u8] = if standard.accepts_json {
        b"application/json"
    } else {
        b""
    };
    write_own(b"Accept", accept, given, to);
    write_own(b"Content-Type", standard.content_type, given, to);
    write_own(b"x-ms-client-request-id", standard.request_id, given, to);
    let prefix = standard.user_agent_prefix;
    if prefix.is_empty() || last(given, b"User-Agent", Place::default()).is_some() {
        write_own(b"User-Agent", USER_AGENT.as_bytes(), given, to);
    } else {
        check_header(b"User-Agent", prefix)?;
        write_own(b"User-Agent", prefix, given, to);
        to.value(b" ");
        to.value(USER_AGENT.as_bytes());
    }
    if sends {
        write_metadata(given, to)?;
    }
    let mut place = Place::default();
    while let Some((name, value)) = given.next_pair(Parameter::Header, &mut place) {
        let own = b"accept,content-type,x-ms-client-request-id,user-agent,authorization";
        if index_of(name, own, same).is_none() && last(given, name, place).is_none() {
            to.name(b"", name);
            to.value(value);
        }
    }
    Ok(())
}

/// Gives a header of the core's own, with the value of a custom one of its name if there is one.
fn write_own<'a>(name: &[u8], value: &[u8], given: &impl Given<'a>, to: &mut impl HeaderSink) {
    let value = last(given, name, Place::default()).unwrap_or(value);
    if !value.is_empty() {
        to.name(b"", name);
        to.value(value);
    }
}

/// The last custom header of this name from a place on.
fn last<'a>(given: &impl Given<'a>, name: &[u8], mut place: Place) -> Option<&'a [u8]> {
    let mut last = None;
    while let Some((custom, value)) = given.next_pair(Parameter::Header, &mut place) {
        if same(custom, name) {
            last = Some(value);
        }
    }
    last
}

/// Gives the headers of a message's metadata to `to`, but for those that a custom header replaces.
fn write_metadata<'a>(given: &impl Given<'a>, to: &mut impl HeaderSink) -> Result<(), Fault> {
    let mut total = 0;
    let mut place = Place::default();
    while let Some((key, value)) = given.next_pair(Parameter::Metadata, &mut place) {
        if key.len() > MAX_METADATA_KEY || !is_token(key) {
            return Err(Fault::MetadataKey);
        }
        let is_ascii = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if value.len() > MAX_METADATA_VALUE || !is_ascii || !is_trimmed(value) {
            return Err(Fault::MetadataValue);
        }
        total += key.len() + value.len();
        let (mut custom, mut is_replaced) = (Place::default(), false);
        while let Some((name, _)) = given.next_pair(Parameter::Header, &mut custom) {
            is_replaced |= strip_prefix_same(name, METADATA).is_some_and(|custom| same(custom, key));
        }
        if !is_replaced {
            to.name(METADATA, key);
            to.value(value);
        }
    }
    if total > MAX_METADATA {
        return Err(Fault::MetadataTooLarge);
    }
    Ok(())
}

/// Refuses what no header may hold; hosts would fail on it later, each in its own way.
fn check_header(name: &[u8], value: &[u8]) -> Result<(), Fault> {
    // Latin-1 in UTF-8: no first byte above 0xc3. A tab is the one control character that may be there.
    let is_allowed = |byte: &u8| *byte == 9 || matches!(byte, 32..=126 | 128..=0xc3);
    if is_token(name) && value.iter().all(is_allowed) && is_trimmed(value) {
        Ok(())
    } else {
        Err(Fault::Header)
    }
}
