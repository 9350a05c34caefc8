//! Names of hubs, groups, users and connections: checked where they enter, and encoded in one place.
//!
//! In here: what the service takes as a name, and [`encode`], the only function of the library that turns a
//! name into a piece of a URL. Not in here: where a name stands in a path (`operation.rs`).
//!
//! `.` and `..` are refused. The URL standard folds such path segments, even when they are percent-encoded,
//! so `POST /api/hubs/chat/groups/%2E%2E/:send` arrives as `POST /api/hubs/chat/:send`: a message for one
//! group would reach the whole hub.

use alloc::string::String;
use core::fmt;

use crate::error::{Error, Result};

/// The longest group name that the service takes, in UTF-16 code units. User and connection ids have no
/// documented limit; they are held to the same one, which keeps every URL below what proxies take.
const MAX_NAME: usize = 1024;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $code:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks the name.
            ///
            /// # Errors
            #[doc = concat!("[`Error::InvalidInput`] with the code `", $code, "`.")]
            pub fn new(name: impl AsRef<str>) -> Result<Self> {
                let name = name.as_ref();
                let check: fn(&str, &'static str, &'static str) -> Result<()> = $check;
                check(name, $what, $code)?;
                Ok(Self(name.into()))
            }

            /// The name as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// A hub: 1 to 128 characters, first a letter, then letters, digits and ``_ ` , . [ ]``.
    Hub, "hub name", "InvalidHub", check_hub;
    /// A group: 1 to 1024 UTF-16 code units, not only blanks, neither `.` nor `..`.
    Group, "group name", "InvalidGroup", check_name;
    /// A user id: 1 to 1024 UTF-16 code units, not only blanks, neither `.` nor `..`.
    UserId, "user id", "InvalidUserId", check_name;
    /// A connection id, as the service gave it: 1 to 1024 UTF-16 code units, not only blanks, neither `.` nor `..`.
    ConnectionId, "connection id", "InvalidConnectionId", check_name;
}

fn check_hub(name: &str, what: &'static str, code: &'static str) -> Result<()> {
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    let rest = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_`,.[]".contains(&b));
    if first && rest && name.len() <= 128 {
        return Ok(());
    }
    let wrong = if name.is_empty() {
        " is empty"
    } else if name.len() > 128 {
        " is too long"
    } else if first {
        " has a character that is not allowed"
    } else {
        " does not begin with a letter"
    };
    let right = ": give 1 to 128 characters, first a letter, then letters, digits or _ ` , . [ ]";
    Err(Error::invalid(code, ["The ", what, wrong, right].concat()))
}

fn check_name(name: &str, what: &'static str, code: &'static str) -> Result<()> {
    let wrong = if name.is_empty() {
        " is empty: give 1 to 1024 characters"
    } else if name == "." || name == ".." {
        " is . or .., which URLs fold away, so that the request would mean something else: choose another name"
    } else if name.chars().all(char::is_whitespace) {
        " is all blanks: give at least one visible character"
    // A UTF-8 string has at least as many bytes as UTF-16 code units, so most names need no count.
    } else if name.len() > MAX_NAME && name.encode_utf16().count() > MAX_NAME {
        return Err(Error::out_of_range(
            code,
            ["The ", what, " is too long: the limit is 1024 UTF-16 code units"].concat(),
        ));
    } else {
        return Ok(());
    };
    Err(Error::invalid(code, ["The ", what, wrong].concat()))
}

/// What a connection may be allowed to do with a group while it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Publish to the group.
    SendToGroup,
    /// Join and leave the group.
    JoinLeaveGroup,
}

impl Permission {
    /// The name of the permission in URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendToGroup => "sendToGroup",
            Self::JoinLeaveGroup => "joinLeaveGroup",
        }
    }
}

impl core::str::FromStr for Permission {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "sendToGroup" => Ok(Self::SendToGroup),
            "joinLeaveGroup" => Ok(Self::JoinLeaveGroup),
            _ => Err(Error::invalid(
                "InvalidPermission",
                "The permission is unknown: it is \"sendToGroup\" or \"joinLeaveGroup\"",
            )),
        }
    }
}

/// Appends `text` percent-encoded: all but the unreserved characters of RFC 3986, so that no URL parser has
/// anything left to change and the audience of the token is the URL that arrives.
pub(crate) fn encode(text: &str, out: &mut String) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => {
                out.push('%');
                out.extend(HEX.get(usize::from(byte >> 4)));
                out.extend(HEX.get(usize::from(byte & 15)));
            }
        }
    }
}
