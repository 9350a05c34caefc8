//! The roles that a client access token or the response to a connect event may give.
//!
//! In here: their spelling, so that the name of a group never turns into a pattern. Not in here: permissions of a live
//! connection (`names.rs`).

use super::error::Fault;
use super::names::Name;
use super::sink::Sink;

/// The most `*` or `**` that a pattern may have.
const MAX_STARS: usize = 5;

/// What a role lets a client do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Join and leave groups.
    JoinLeave,
    /// Publish to groups.
    Send,
}

impl Role {
    /// The role for every group; others begin with it.
    pub const fn of_any_group(self) -> &'static str {
        match self {
            Self::JoinLeave => "webpubsub.joinLeaveGroup",
            Self::Send => "webpubsub.sendToGroup",
        }
    }
}

/// The groups that a role is for.
#[derive(Debug, Clone, Copy)]
pub enum Groups<'a> {
    /// Every group.
    Any,
    /// The group of this name.
    One(&'a [u8]),
    /// Every group that the pattern matches: `?` is one character except a dot, `*` a run without dots, `**` anything,
    /// and `\` escapes.
    Matching(&'a [u8]),
}

/// Appends a role.
#[inline(always)]
pub fn write_role(role: Role, groups: Groups<'_>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    sink.text(role.of_any_group().as_bytes());
    let text = match groups {
        Groups::Any => return Ok(()),
        Groups::One(name) => name,
        Groups::Matching(pattern) => {
            check_pattern(pattern)?;
            sink.byte(b's');
            pattern
        }
    };
    Name::Group.check(text)?;
    sink.byte(b'.');
    sink.text(text);
    Ok(())
}

fn check_pattern(pattern: &[u8]) -> Result<(), Fault> {
    let (mut stars, mut escaped, mut last) = (0, false, b' ');
    for byte in pattern {
        // `**` counts as one.
        if !escaped && *byte == b'*' && last != b'*' {
            stars += 1;
        }
        last = if escaped { b' ' } else { *byte };
        escaped = !escaped && *byte == b'\\';
    }
    if stars > MAX_STARS {
        return Err(Fault::RoleStars);
    }
    if escaped { Err(Fault::RoleEscape) } else { Ok(()) }
}

/// Appends a name as a pattern that matches only it.
pub fn write_escaped(name: &[u8], sink: &mut Sink<'_>) {
    for byte in name {
        if matches!(byte, b'*' | b'?' | b'\\') {
            sink.byte(b'\\');
        }
        sink.byte(*byte);
    }
}
