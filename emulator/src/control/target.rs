//! Whom an operation is about.

use super::ControlError;
use crate::hub::Target;
use crate::model::names;

/// Whom an operation is about, within a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// All connections.
    All,
    /// Those of a group.
    Group(String),
    /// Those of a user.
    User(String),
    /// The one with this id.
    Connection(String),
}

impl To {
    /// The target of a change: a name that no group can have is an error.
    pub(super) fn target(&self) -> Result<Target<'_>, ControlError> {
        if let Self::Group(group) = self {
            names::group(group).map_err(|error| ControlError(error.to_string()))?;
        }
        Ok(self.unchecked())
    }

    /// The target of a look: there is nobody in a group that cannot be.
    pub(super) fn unchecked(&self) -> Target<'_> {
        match self {
            Self::All => Target::All,
            Self::Group(group) => Target::Group(group),
            Self::User(user) => Target::User(user),
            Self::Connection(id) => Target::Connection(id),
        }
    }
}

/// How a connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFrame {
    /// The code: 1000 to 1003, 1007 to 1014, or 3000 to 4999.
    pub code: u16,
    /// The reason. More than 123 bytes are cut.
    pub reason: String,
}

impl CloseFrame {
    pub(super) fn check(&self) -> Result<(), ControlError> {
        match self.code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(()),
            code => Err(ControlError(format!(
                "A close frame cannot have the code {code}. Use 1000 to 1003, 1007 to 1014, or 3000 to 4999."
            ))),
        }
    }
}
