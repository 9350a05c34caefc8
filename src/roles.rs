//! Roles that a client access token or the response to a connect event grants.
//!
//! In here: functions that spell them. Not in here: the rules of that spelling (`core/roles.rs`), permissions of a live
//! connection ([`crate::Permission`]).
//!
//! ```
//! use webpubsub_edge::roles;
//!
//! assert_eq!(roles::send_to_group("room")?, "webpubsub.sendToGroup.room");
//! let of_tenant = roles::escape("tenant*7") + ".**";
//! assert_eq!(roles::join_leave_groups(&of_tenant)?, r"webpubsub.joinLeaveGroups.tenant\*7.**");
//! # Ok::<(), webpubsub_edge::Error>(())
//! ```

use alloc::string::String;

use crate::{
    bridge::{write, write_text},
    core::roles::{Groups, Role, write_escaped, write_role},
    error::Result,
};

/// Join and leave any group.
pub const JOIN_LEAVE_ANY_GROUP: &str = Role::JoinLeave.of_any_group();
/// Publish to any group.
pub const SEND_TO_ANY_GROUP: &str = Role::Send.of_any_group();

/// Join and leave this group.
///
/// # Errors
/// [`crate::Error::InvalidInput`] if the name of the group is invalid.
pub fn join_leave_group(group: &str) -> Result<String> {
    role(Role::JoinLeave, Groups::One(group.as_bytes()))
}

/// Publish to this group.
///
/// # Errors
/// [`crate::Error::InvalidInput`] if the name of the group is invalid.
pub fn send_to_group(group: &str) -> Result<String> {
    role(Role::Send, Groups::One(group.as_bytes()))
}

/// Join and leave every group that matches the pattern: `?` matches one character except a dot, `*` a run without dots,
/// `**` anything, and `\` escapes. Use [`escape`] to put names into a pattern. At most five `*`.
///
/// # Errors
/// [`crate::Error::InvalidInput`] with the code `InvalidRole` or `InvalidGroup`.
pub fn join_leave_groups(pattern: &str) -> Result<String> {
    role(Role::JoinLeave, Groups::Matching(pattern.as_bytes()))
}

/// Publish to every group that matches the pattern; see [`join_leave_groups`].
///
/// # Errors
/// [`crate::Error::InvalidInput`] with the code `InvalidRole` or `InvalidGroup`.
pub fn send_to_groups(pattern: &str) -> Result<String> {
    role(Role::Send, Groups::Matching(pattern.as_bytes()))
}

/// A pattern that matches only this name.
pub fn escape(name: &str) -> String {
    write_text(|sink| write_escaped(name.as_bytes(), sink))
}

fn role(role: Role, groups: Groups<'_>) -> Result<String> {
    Ok(write(|sink| write_role(role, groups, sink))?.0)
}
