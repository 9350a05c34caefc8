//! The head of a request: what is known before its body is read.
//!
//! In here: the headers that are read, found in one pass, and what is wrong with one that came twice or is no text. Not in
//! here: what they mean (`verdict.rs`, `context.rs`).

use super::super::given::{Given, Pair, Parameter, Place};
use super::super::text::{same, strip_prefix_same};
use super::refusal::{RefusalCause, RequestRefusal};

/// The headers that are read. The first ones are members of the context as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    Hub,
    ConnectionId,
    UserId,
    Subprotocol,
    Id,
    Time,
    Source,
    Origin,
    Signature,
    EventName,
    State,
    PhysicalConnectionId,
    SessionId,
    ContentType,
    Type,
    Version,
}

/// Their names, in the order of [`Header`].
static NAMES: [&str; COUNT] = [
    "ce-hub",
    "ce-connectionId",
    "ce-userId",
    "ce-subprotocol",
    "ce-id",
    "ce-time",
    "ce-source",
    "WebHook-Request-Origin",
    "ce-signature",
    "ce-eventName",
    "ce-connectionState",
    "ce-physicalConnectionId",
    "ce-sessionId",
    "Content-Type",
    "ce-type",
    "ce-awpsversion",
];

const COUNT: usize = Header::Version as usize + 1;

/// The headers that may come more than once; the bits of [`Head::twice`].
const REPEATABLE: u32 = 1 << Header::Origin as u32 | 1 << Header::Signature as u32;

/// The most entries of a header that is a list. The service sends one origin and two signatures; reading them takes time
/// before anything is verified.
pub(super) const MAX_ENTRIES: u32 = 16;

impl Header {
    pub(crate) fn name(self) -> &'static [u8] {
        name_at(self as usize)
    }
}

/// The name of the header at a place of the list.
pub(super) fn name_at(index: usize) -> &'static [u8] {
    NAMES.get(index).copied().unwrap_or_default().as_bytes()
}

/// Method, path and headers of a request.
pub struct Head<'a, G> {
    /// The method, in capitals.
    pub method: &'a [u8],
    /// The path, without a query.
    pub path: &'a [u8],
    given: &'a G,
    values: [&'a [u8]; COUNT],
    /// Bits of the headers that came more than once, and of those that are not text.
    twice: u32,
    not_text: u32,
}

impl<'a, G: Given<'a>> Head<'a, G> {
    /// Reads a head. The headers are given as [`Parameter::Header`], their names in any letter case, repeated ones as
    /// often as they came; one whose value is not text in UTF-8 as [`Parameter::BinaryHeader`].
    pub fn new(method: &'a [u8], path: &'a [u8], given: &'a G) -> Self {
        let mut head = Self {
            method,
            path,
            given,
            values: [b""; COUNT],
            twice: 0,
            not_text: 0,
        };
        let mut place = Place::default();
        while let Some((parameter, (name, value))) = given.next_entry(&mut place) {
            let position = position(name);
            if parameter == Parameter::BinaryHeader as u8 {
                head.not_text |= 1 << position;
            } else if parameter == Parameter::Header as u8
                && let Some(slot) = head.values.get_mut(position)
            {
                // Hosts join the values of repeated headers, and the first of them must not count as part of one name.
                if !slot.is_empty() || value.windows(2).any(|pair| pair == b", ") {
                    head.twice |= 1 << position;
                }
                if slot.is_empty() {
                    *slot = value;
                }
            }
        }
        head
    }

    /// The value of a header; empty if the header is absent.
    pub(crate) fn value(&self, header: Header) -> &'a [u8] {
        self.value_at(header as usize)
    }

    /// The value of the header at a place of the list.
    pub(crate) fn value_at(&self, index: usize) -> &'a [u8] {
        self.values.get(index).copied().unwrap_or_default()
    }

    /// The value of a header; an empty one counts as none.
    pub(crate) fn get(&self, header: Header) -> Option<&'a [u8]> {
        Some(self.value(header)).filter(|value| !value.is_empty())
    }

    /// Refuses a header that came more than once, that is not text, or that is missing.
    pub(crate) fn require(&self, header: Header) -> Result<(), RequestRefusal> {
        let is_missing = self
            .value(header)
            .is_empty()
            .then_some(RefusalCause::HeaderMissing);
        match self.fault(header as u8).or(is_missing) {
            Some(cause) => Err(RequestRefusal::about(cause, header)),
            None => Ok(()),
        }
    }

    /// Refuses a request with a header that came more than once or is not text.
    pub(crate) fn check(&self) -> Result<(), RequestRefusal> {
        // The place behind the last one stands for all other headers.
        for header in 0..=COUNT as u8 {
            if let Some(cause) = self.fault(header) {
                return Err(RequestRefusal { cause, header });
            }
        }
        Ok(())
    }

    /// What is wrong with a header, by its place, if it is there.
    #[inline(never)]
    fn fault(&self, header: u8) -> Option<RefusalCause> {
        if (self.twice & !REPEATABLE) >> header & 1 != 0 {
            Some(RefusalCause::HeaderTwice)
        } else if self.not_text >> header & 1 != 0 {
            Some(RefusalCause::HeaderNotText)
        } else {
            None
        }
    }

    /// All values of a header that may be repeated, in turn; empty ones are left out.
    pub(crate) fn next(&self, header: Header, place: &mut Place) -> Option<&'a [u8]> {
        if self.twice >> header as u32 & 1 == 0 {
            let is_first = place.entry == 0;
            place.entry = 1;
            return self.get(header).filter(|_| is_first);
        }
        loop {
            let (name, value) = self.given.next_pair(Parameter::Header, place)?;
            if same(name, header.name()) && !value.is_empty() {
                return Some(value);
            }
        }
    }

    /// The next header whose name begins with a prefix, without it.
    pub(crate) fn next_below(&self, prefix: &[u8], place: &mut Place) -> Option<Pair<'a>> {
        loop {
            let (name, value) = self.given.next_pair(Parameter::Header, place)?;
            let name = strip_prefix_same(name, prefix).unwrap_or_default();
            if !name.is_empty() {
                return Some((name, value));
            }
        }
    }
}

/// The place of a header in [`NAMES`]; behind its end for any other.
fn position(name: &[u8]) -> usize {
    // By its length first, which tells most of them apart.
    let is_it = |known: &&str| known.len() == name.len() && same(known.as_bytes(), name);
    NAMES.iter().position(is_it).unwrap_or(COUNT)
}
