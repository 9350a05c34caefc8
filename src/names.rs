//! Names of hubs, groups, users, connections and permissions, owned and checked.
//!
//! In here: a type for each. Not in here: which names are allowed, and why (`core/names.rs`).

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::{
    core::names::{Name, check_hub, check_permission},
    error::{Error, Result},
};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $check:expr;)*) => {$(
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
                $check(name.as_bytes())?;
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
    Hub, "InvalidHub", check_hub;
    /// A group: 1 to 1024 UTF-16 code units, not blank, neither `.` nor `..`.
    Group, "InvalidGroup", |name| Name::Group.check(name);
    /// A user id: 1 to 1024 UTF-16 code units, not blank, neither `.` nor `..`.
    UserId, "InvalidUserId", |name| Name::UserId.check(name);
    /// A connection id, as the service assigned it: 1 to 1024 UTF-16 code units, not blank, neither `.` nor `..`.
    ConnectionId, "InvalidConnectionId", |name| Name::ConnectionId.check(name);
}

/// A permission of a live connection on a group.
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

impl FromStr for Permission {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        check_permission(name.as_bytes())?;
        Ok(if name == Self::SendToGroup.as_str() {
            Self::SendToGroup
        } else {
            Self::JoinLeaveGroup
        })
    }
}
