//! Which names are names.

use proptest::prelude::*;
use webpubsub_edge::{ConnectionId, Group, Hub, Permission, UserId};

use crate::{refused, words};

#[test]
fn hubs_are_what_the_service_takes() {
    let longest = "h".repeat(128);
    for name in ["c", "chat", "Chat_2", "a`,.[]_9", "a..", &longest] {
        assert_eq!(Hub::new(name).unwrap().as_str(), name);
    }
    let too_long = "h".repeat(129);
    for name in [
        "", "1a", "_a", ".", "..", "-", "a-b", "a b", "a/b", "a%2e", "é", "aé", "a\n", &too_long,
    ] {
        assert_eq!(refused(Hub::new(name)), ("InvalidHub", false), "{name:?}");
        assert!(
            words(Hub::new(name)).contains("1 to 128 characters"),
            "says what is right"
        );
    }
}

#[test]
fn groups_users_and_connections_are_what_urls_keep() {
    type Check = fn(&str) -> Result<String, webpubsub_edge::Error>;
    let kinds: [(&str, Check); 3] = [
        ("InvalidGroup", |name| {
            Group::new(name).map(|name| name.to_string())
        }),
        ("InvalidUserId", |name| {
            UserId::new(name).map(|name| name.to_string())
        }),
        ("InvalidConnectionId", |name| {
            ConnectionId::new(name).map(|name| name.to_string())
        }),
    ];
    let longest = "😀".repeat(512);
    let too_long = "😀".repeat(512) + "a";
    for (code, check) in kinds {
        for name in [
            "a", "...", ". ", "a/b", "%2e%2e", "%2E", "a?b#c", "'", "日本", " a ", "..%2f", &longest,
        ] {
            assert_eq!(check(name).unwrap(), name);
        }
        for name in ["", ".", "..", " ", "\t\r\n", "\u{2003}\u{a0}"] {
            assert_eq!(refused(check(name)), (code, false), "{name:?}");
        }
        assert_eq!(refused(check(&too_long)), (code, true), "1025 UTF-16 code units");
    }
}

#[test]
fn a_refusal_says_what_would_do() {
    assert!(words(Group::new("..")).contains("choose another name"));
    assert!(words(UserId::new("")).contains("1 to 1024"));
    assert!(words(ConnectionId::new(" ")).contains("visible"));
}

#[test]
fn permissions_have_the_names_of_the_service() {
    for (permission, name) in [
        (Permission::SendToGroup, "sendToGroup"),
        (Permission::JoinLeaveGroup, "joinLeaveGroup"),
    ] {
        assert_eq!(permission.as_str(), name);
        assert_eq!(name.parse::<Permission>().unwrap(), permission);
    }
    for name in ["", "SendToGroup", "sendToGroups", "webpubsub.sendToGroup"] {
        assert_eq!(refused(name.parse::<Permission>()), ("InvalidPermission", false));
    }
}

proptest! {
    #[test]
    fn a_hub_is_a_letter_and_what_may_follow_it(name in "[a-zA-Z0-9_`,.\\[\\] é/-]{0,6}") {
        let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || "_`,.[]".contains(c));
        prop_assert_eq!(Hub::new(&name).is_ok(), first && rest);
    }

    #[test]
    fn a_group_is_anything_else(name in "\\PC{0,3}|[. \\t]{0,3}|[ab]{1020,1030}|(é|😀){508,516}") {
        let units = name.encode_utf16().count();
        let allowed = (1..=1024).contains(&units) && !name.trim().is_empty() && name != "." && name != "..";
        prop_assert_eq!(Group::new(&name).is_ok(), allowed);
    }
}
