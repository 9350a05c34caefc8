//! The spelling of roles.

use proptest::prelude::*;
use webpubsub_edge::{Group, roles};

use crate::{refused, words};

#[test]
fn a_role_is_about_one_group_or_about_any() {
    assert_eq!(roles::JOIN_LEAVE_ANY_GROUP, "webpubsub.joinLeaveGroup");
    assert_eq!(roles::SEND_TO_ANY_GROUP, "webpubsub.sendToGroup");
    assert_eq!(
        roles::join_leave_group("a.b*").unwrap(),
        "webpubsub.joinLeaveGroup.a.b*"
    );
    assert_eq!(roles::send_to_group("a").unwrap(), "webpubsub.sendToGroup.a");
    for group in ["", ".", "..", " "] {
        assert_eq!(refused(roles::join_leave_group(group)), ("InvalidGroup", false));
        assert_eq!(refused(roles::send_to_group(group)), ("InvalidGroup", false));
        assert_eq!(refused(roles::send_to_groups(group)), ("InvalidGroup", false));
    }
}

#[test]
fn a_pattern_is_what_the_service_can_read() {
    assert_eq!(
        roles::join_leave_groups("tenant-7.**").unwrap(),
        "webpubsub.joinLeaveGroups.tenant-7.**"
    );
    assert_eq!(
        roles::send_to_groups("a?.*").unwrap(),
        "webpubsub.sendToGroups.a?.*"
    );
    for pattern in ["*a*b*c*d*", "**a**b**c**d**", r"\*a\*b\*c\*d\*e\*", r"a\\"] {
        roles::send_to_groups(pattern).unwrap();
    }
    assert_eq!(
        refused(roles::send_to_groups("*a*b*c*d*e*")),
        ("InvalidRole", true)
    );
    assert_eq!(refused(roles::join_leave_groups(r"a\")), ("InvalidRole", false));
    assert!(words(roles::join_leave_groups(r"a\\\")).contains("escapes nothing"));
}

/// The text that a pattern without wildcards is.
fn literal(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next()?),
            '*' | '?' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

proptest! {
    #[test]
    fn an_escaped_name_matches_only_itself(name in "\\PC{1,12}|[a*?\\\\.]{1,8}") {
        prop_assume!(Group::new(&name).is_ok());
        let role = roles::send_to_groups(&roles::escape(&name)).unwrap();
        prop_assert_eq!(literal(role.strip_prefix("webpubsub.sendToGroups.").unwrap()), Some(name));
    }
}
