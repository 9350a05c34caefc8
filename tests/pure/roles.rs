//! The spelling of roles.

use proptest::prelude::*;
use webpubsub_edge::{Group, roles};

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
