//! Names of hubs, groups, users, connections and permissions: checked where they enter.
//!
//! In here: what the service accepts as a name. Not in here: how a name becomes a piece of a URL
//! ([`Sink::encoded`](super::sink::Sink::encoded)), and where it is in a path (`operation.rs`).
//!
//! `.` and `..` are refused. The URL standard folds such path segments, even when they are percent-encoded, so that
//! `POST /api/hubs/chat/groups/%2E%2E/:send` arrives as `POST /api/hubs/chat/:send`: a message for one group would
//! reach the whole hub.

use super::error::Fault;
use super::given::{Given, Parameter, Place};
use super::text::{equal, is_blank, is_dots, is_made_of, is_trimmed, utf16_length};

/// The longest group name that the service accepts, in UTF-16 code units. User and connection ids have no documented
/// limit; they are held to the same one, which keeps every URL below what proxies accept.
const MAX_NAME: usize = 1024;

/// The longest hub name.
const MAX_HUB: usize = 128;

/// Names that are free text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A group of a hub.
    Group,
    /// A user.
    UserId,
    /// A connection.
    ConnectionId,
}

impl Name {
    /// Checks a name: 1 to 1024 UTF-16 code units, not only blanks, neither `.` nor `..`. Ids have no
    /// blank at either end and no control characters, since they travel in headers.
    pub fn check(self, name: &[u8]) -> Result<(), Fault> {
        let faults = match self {
            Self::Group => &GROUP,
            Self::UserId => &USER_ID,
            Self::ConnectionId => &CONNECTION_ID,
        };
        if name.is_empty() {
            Err(faults.empty)
        } else if is_dots(name) {
            Err(faults.dots)
        } else if is_blank(name) {
            Err(faults.blank)
        // Ids travel in headers, whose values are trimmed.
        } else if faults.unkept != faults.blank && !is_kept_by_headers(name) {
            Err(faults.unkept)
        // Text in UTF-8 has at least as many bytes as UTF-16 code units, so most names need no count.
        } else if name.len() > MAX_NAME && utf16_length(name) > MAX_NAME {
            Err(faults.too_long)
        } else {
            Ok(())
        }
    }

    /// Checks every name that was given for a parameter.
    pub fn check_all<'a>(self, given: &impl Given<'a>, parameter: Parameter) -> Result<(), Fault> {
        let mut place = Place::default();
        while let Some(name) = given.next(parameter, &mut place) {
            self.check(name)?;
        }
        Ok(())
    }
}

/// Whether a name arrives unchanged in a header: no blank at either end, no control character.
fn is_kept_by_headers(name: &[u8]) -> bool {
    let mut last = 0;
    for byte in name {
        // Those behind ASCII begin with 0xc2 in UTF-8.
        if byte.is_ascii_control() || (last == 0xc2 && *byte < 0xa0) {
            return false;
        }
        last = *byte;
    }
    is_trimmed(name)
}

/// What can be wrong with a name.
struct Faults {
    empty: Fault,
    dots: Fault,
    blank: Fault,
    /// The same as `blank` for names that never travel in a header.
    unkept: Fault,
    too_long: Fault,
}

static GROUP: Faults = Faults {
    empty: Fault::GroupEmpty,
    dots: Fault::GroupDots,
    blank: Fault::GroupBlank,
    unkept: Fault::GroupBlank,
    too_long: Fault::GroupTooLong,
};

static USER_ID: Faults = Faults {
    empty: Fault::UserIdEmpty,
    dots: Fault::UserIdDots,
    blank: Fault::UserIdBlank,
    unkept: Fault::UserIdUnkept,
    too_long: Fault::UserIdTooLong,
};

static CONNECTION_ID: Faults = Faults {
    empty: Fault::ConnectionIdEmpty,
    dots: Fault::ConnectionIdDots,
    blank: Fault::ConnectionIdBlank,
    unkept: Fault::ConnectionIdUnkept,
    too_long: Fault::ConnectionIdTooLong,
};

/// Checks the name of a hub: 1 to 128 characters, first a letter, then letters, digits and ``_ ` , . [ ]``.
pub fn check_hub(name: &[u8]) -> Result<(), Fault> {
    if name.is_empty() {
        Err(Fault::HubEmpty)
    } else if name.len() > MAX_HUB {
        Err(Fault::HubTooLong)
    } else if !name.first().is_some_and(u8::is_ascii_alphabetic) {
        Err(Fault::HubStart)
    } else if is_made_of(name, b"_`,.[]") {
        Ok(())
    } else {
        Err(Fault::HubCharacter)
    }
}

/// Checks the name of a permission.
#[inline(always)]
pub fn check_permission(name: &[u8]) -> Result<(), Fault> {
    if equal(name, b"sendToGroup") || equal(name, b"joinLeaveGroup") {
        Ok(())
    } else {
        Err(Fault::Permission)
    }
}
