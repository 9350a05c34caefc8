//! What a connection may do with groups: roles, wildcard patterns, and what REST calls add or take away.

use std::collections::HashSet;

use regex_lite::Regex;

/// How many literal groups one connection may be granted, per permission.
const MAX_LITERALS: usize = 1000;
/// How many wildcard roles one connection may hold, per permission.
const MAX_PATTERNS: usize = 10;
/// How many `*` one wildcard role may contain.
const MAX_STARS: usize = 5;
/// How long the group part of a role may be.
const MAX_LENGTH: usize = 1024;

/// The two things that need permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    SendToGroup,
    JoinLeaveGroup,
}

impl Permission {
    /// By its name in a REST path; letter case does not matter.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::SendToGroup, Self::JoinLeaveGroup]
            .into_iter()
            .find(|p| p.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SendToGroup => "sendToGroup",
            Self::JoinLeaveGroup => "joinLeaveGroup",
        }
    }
}

/// A role or grant that the service would not take; the message says why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct InvalidRole(String);

/// The permissions of one connection.
#[derive(Debug, Default)]
pub(crate) struct Permissions {
    send: Rules,
    join_leave: Rules,
}

impl Permissions {
    /// From the roles of a token or of a connect answer. Unknown roles are ignored.
    pub(crate) fn from_roles<'a>(roles: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidRole> {
        let mut permissions = Self::default();
        for role in roles {
            let Some(role) = role.strip_prefix("webpubsub.") else {
                continue;
            };
            for permission in [Permission::SendToGroup, Permission::JoinLeaveGroup] {
                let Some(rest) = role.strip_prefix(permission.name()) else {
                    continue;
                };
                let rules = permissions.rules_mut(permission);
                match (rest, rest.strip_prefix('.'), rest.strip_prefix("s.")) {
                    ("", ..) => rules.any = true,
                    (_, Some(group), _) => rules.allow(group)?,
                    (_, _, Some(pattern)) => rules.allow_pattern(pattern)?,
                    _ => {}
                }
            }
        }
        Ok(permissions)
    }

    /// Whether the connection may do this with this group.
    pub(crate) fn allows(&self, permission: Permission, group: &str) -> bool {
        self.rules(permission).allows(group)
    }

    /// Adds one literal group, as the REST grant does.
    pub(crate) fn grant(&mut self, permission: Permission, group: &str) -> Result<(), InvalidRole> {
        self.rules_mut(permission).allow(group)
    }

    /// Takes one literal group away; this beats every role that would allow it.
    pub(crate) fn revoke(&mut self, permission: Permission, group: &str) {
        let rules = self.rules_mut(permission);
        rules.literals.remove(group);
        rules.revoked.insert(group.to_owned());
    }

    /// All that is allowed and revoked, for people to read.
    pub(crate) fn summary(&self, permission: Permission) -> Summary {
        let rules = self.rules(permission);
        let sorted = |groups: &HashSet<String>| {
            let mut groups: Vec<_> = groups.iter().cloned().collect();
            groups.sort();
            groups
        };
        Summary {
            all: rules.any,
            groups: sorted(&rules.literals),
            patterns: rules.patterns.iter().map(|(text, _)| text.clone()).collect(),
            revoked: sorted(&rules.revoked),
        }
    }

    fn rules(&self, permission: Permission) -> &Rules {
        match permission {
            Permission::SendToGroup => &self.send,
            Permission::JoinLeaveGroup => &self.join_leave,
        }
    }

    fn rules_mut(&mut self, permission: Permission) -> &mut Rules {
        match permission {
            Permission::SendToGroup => &mut self.send,
            Permission::JoinLeaveGroup => &mut self.join_leave,
        }
    }
}

/// What is allowed by one permission.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) all: bool,
    pub(crate) groups: Vec<String>,
    pub(crate) patterns: Vec<String>,
    pub(crate) revoked: Vec<String>,
}

#[derive(Debug, Default)]
struct Rules {
    any: bool,
    literals: HashSet<String>,
    /// With their text, as the role has it.
    patterns: Vec<(String, Regex)>,
    revoked: HashSet<String>,
}

impl Rules {
    fn allows(&self, group: &str) -> bool {
        let by_role = || self.any || self.patterns.iter().any(|(_, pattern)| pattern.is_match(group));
        !self.revoked.contains(group) && (self.literals.contains(group) || by_role())
    }

    fn allow(&mut self, group: &str) -> Result<(), InvalidRole> {
        check_length(group)?;
        if !self.literals.contains(group) && self.literals.len() >= MAX_LITERALS {
            return Err(InvalidRole(format!(
                "A connection can hold at most {MAX_LITERALS} groups per permission."
            )));
        }
        self.revoked.remove(group);
        self.literals.insert(group.to_owned());
        Ok(())
    }

    fn allow_pattern(&mut self, pattern: &str) -> Result<(), InvalidRole> {
        check_length(pattern)?;
        if self.patterns.len() >= MAX_PATTERNS {
            return Err(InvalidRole(format!(
                "A connection can hold at most {MAX_PATTERNS} wildcard roles per permission."
            )));
        }
        self.patterns.push((pattern.to_owned(), compile(pattern)?));
        Ok(())
    }
}

fn check_length(group: &str) -> Result<(), InvalidRole> {
    match group.encode_utf16().count() {
        1..=MAX_LENGTH => Ok(()),
        _ => Err(InvalidRole(format!(
            "The group part of a role must have 1 to {MAX_LENGTH} characters."
        ))),
    }
}

/// `?` is one character but a dot, `*` a run of them, `**` anything, `\` takes the next one literally.
fn compile(pattern: &str) -> Result<Regex, InvalidRole> {
    let mut regex = String::from("^");
    let mut chars = pattern.chars().peekable();
    let mut stars = 0;
    while let Some(c) = chars.next() {
        match c {
            '?' => regex.push_str("[^.]"),
            '*' if chars.next_if_eq(&'*').is_some() => {
                stars += 2;
                regex.push_str("(?s:.*)");
            }
            '*' => {
                stars += 1;
                regex.push_str("[^.]*");
            }
            '\\' => {
                let next = chars.next().ok_or_else(|| {
                    InvalidRole(format!(
                        "The wildcard role '{pattern}' ends with a backslash that escapes nothing."
                    ))
                })?;
                regex.push_str(&regex_lite::escape(next.encode_utf8(&mut [0; 4])));
            }
            other => regex.push_str(&regex_lite::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    if stars > MAX_STARS {
        return Err(InvalidRole(format!(
            "The wildcard role '{pattern}' has more than {MAX_STARS} '*'."
        )));
    }
    Regex::new(&regex).map_err(|_| InvalidRole(format!("The wildcard role '{pattern}' cannot be read.")))
}
