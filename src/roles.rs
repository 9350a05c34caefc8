//! The roles that a client access token or the answer to a connect event may give.
//!
//! In here: their spelling, so that a group's name never turns into a pattern. Not in here: permissions of a
//! live connection ([`crate::Permission`]).
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

use crate::{error::Result, names::Group};

/// May join and leave any group.
pub const JOIN_LEAVE_ANY_GROUP: &str = "webpubsub.joinLeaveGroup";
/// May publish to any group.
pub const SEND_TO_ANY_GROUP: &str = "webpubsub.sendToGroup";

/// May join and leave this group.
///
/// # Errors
/// [`crate::Error::InvalidInput`] when the group's name is not allowed.
pub fn join_leave_group(group: &str) -> Result<String> {
    Ok([JOIN_LEAVE_ANY_GROUP, ".", Group::new(group)?.as_str()].concat())
}

/// May publish to this group.
///
/// # Errors
/// [`crate::Error::InvalidInput`] when the group's name is not allowed.
pub fn send_to_group(group: &str) -> Result<String> {
    Ok([SEND_TO_ANY_GROUP, ".", Group::new(group)?.as_str()].concat())
}

/// May join and leave every group that the pattern matches: `?` is one character but a dot, `*` a run without
/// dots, `**` anything, and `\` escapes. Put names into it with [`escape`]. At most five `*`.
///
/// # Errors
/// [`crate::Error::InvalidInput`] with the code `InvalidRole` or `InvalidGroup`.
pub fn join_leave_groups(pattern: &str) -> Result<String> {
    Ok(["webpubsub.joinLeaveGroups.", checked(pattern)?.as_str()].concat())
}

/// May publish to every group that the pattern matches; see [`join_leave_groups`].
///
/// # Errors
/// [`crate::Error::InvalidInput`] with the code `InvalidRole` or `InvalidGroup`.
pub fn send_to_groups(pattern: &str) -> Result<String> {
    Ok(["webpubsub.sendToGroups.", checked(pattern)?.as_str()].concat())
}

fn checked(pattern: &str) -> Result<Group> {
    let (mut stars, mut escaped, mut last) = (0, false, ' ');
    for c in pattern.chars() {
        // `**` counts as one.
        if !escaped && c == '*' && last != '*' {
            stars += 1;
        }
        last = if escaped { ' ' } else { c };
        escaped = !escaped && c == '\\';
    }
    if stars > 5 {
        return Err(crate::Error::out_of_range(
            "InvalidRole",
            "The pattern of a role has more than five *: give the role in parts",
        ));
    }
    if escaped {
        return Err(crate::Error::invalid(
            "InvalidRole",
            "The pattern of a role ends in \\, which escapes nothing",
        ));
    }
    Group::new(pattern)
}

/// A name as a pattern that matches only it.
pub fn escape(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '*' | '?' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
