use crate::core::names::{Name, check_hub, check_permission};
use crate::{Input, Target};

pub(crate) const NAMES: Target = Target {
    name: "names",
    texts: &[
        r"[a-zA-Z0-9_`,.\[\] é/-]{0,6}|[a-z]{126,130}",
        r"\PC{0,3}|[. \t]{0,3}|[ab]{1020,1030}|(é|😀){508,516}|[ \t]?[a\u{7f}-\u{a1}]{1,2}[ \t]?|[\u{2000}-\u{200b}\u{a0}\u{85}\u{3000}]{0,3}",
        "(sendToGroup|joinLeaveGroup)?[ A-Za-z]?",
    ],
    check: |input| {
        let (hub, name, permission) = (input.text(0), input.text(1), input.text(2));
        assert_eq!(check_hub(hub.as_bytes()).is_ok(), is_hub(hub), "{hub:?}");
        assert_eq!(
            Name::Group.check(name.as_bytes()).is_ok(),
            is_group(name),
            "{name:?}"
        );
        for kind in [Name::UserId, Name::ConnectionId] {
            assert_eq!(kind.check(name.as_bytes()).is_ok(), is_id(name), "{name:?}");
        }
        assert_eq!(
            check_permission(permission.as_bytes()).is_ok(),
            is_permission(permission)
        );
    },
};

/// Whether the service accepts a name as that of a hub.
pub(crate) fn is_hub(name: &str) -> bool {
    let first = name
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic());
    let others = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_`,.[]".contains(c));
    first && others && name.len() <= 128
}

/// Whether a name is one of a group, and means the same in a URL.
pub(crate) fn is_group(name: &str) -> bool {
    let units = name.encode_utf16().count();
    (1..=1024).contains(&units) && !name.trim().is_empty() && name != "." && name != ".."
}

/// Whether a name is one of a user or a connection, and arrives unchanged in a header too.
pub(crate) fn is_id(name: &str) -> bool {
    is_group(name) && name.trim_ascii() == name && !name.contains(char::is_control)
}

pub(crate) fn is_permission(name: &str) -> bool {
    name == "sendToGroup" || name == "joinLeaveGroup"
}
