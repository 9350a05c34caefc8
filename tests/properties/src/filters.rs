use std::collections::BTreeSet;

use crate::core::filter::write_literal;
use crate::core::roles::{Groups, Role, write_escaped, write_role};
use crate::names::is_group;
use crate::service_filter::{Filter, Subject};
use crate::sinks::{text_of, written_text};
use crate::{Input, Target};

pub(crate) const FILTER: Target = Target {
    name: "filter",
    texts: &["\\PC{0,20}|.{0,20}|['a) (or]{0,12}", "['a ]{0,4}", "\\PC{0,20}"],
    check: |input| {
        let (value, end) = (input.text(0), input.text(1));
        let literal = text_of(|sink| write_literal(value.as_bytes(), sink));
        let inner = literal
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''));
        let inner = inner.unwrap_or_else(|| panic!("{literal} is not in quotes"));
        assert_eq!(inner.replace("''", ""), value.replace('\'', ""), "{literal}");
        assert_eq!(inner.replace("''", "'"), value, "{literal}");
        // As the local service reads it: the user of this name, and no other one.
        let other = format!("{value}{end}'");
        for (filter, matches) in [
            (format!("userId eq {literal}"), true),
            (format!("userId ne {literal}"), false),
            (format!("userId in ('{}',{literal})", "x"), true),
        ] {
            let parsed = Filter::parse(&filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
            assert_eq!(is_match(&parsed, value), matches, "{filter}");
            assert_eq!(is_match(&parsed, &other), !matches, "{filter}");
        }
        // Whatever is no literal is parsed or refused.
        let _ = Filter::parse(input.text(2)).map(|filter| is_match(&filter, value));
    },
};

fn is_match(filter: &Filter, user: &str) -> bool {
    filter.matches(&Subject {
        user_id: Some(user),
        protocol: None,
        connection_id: "c",
        groups: &BTreeSet::new(),
    })
}

pub(crate) const ROLE: Target = Target {
    name: "role",
    texts: &["\\PC{1,12}|[a*?\\\\.]{1,8}"],
    check: |input| {
        let text = input.text(0);
        for (role, prefix) in [
            (Role::JoinLeave, "webpubsub.joinLeaveGroup"),
            (Role::Send, "webpubsub.sendToGroup"),
        ] {
            let write = |groups| written_text(|sink| write_role(role, groups, sink));
            assert_eq!(write(Groups::Any), (prefix.to_owned(), Ok(())));
            let (one, result) = write(Groups::One(text.as_bytes()));
            assert_eq!(result.is_ok(), is_group(text), "{text:?}");
            if result.is_ok() {
                assert_eq!(one, format!("{prefix}.{text}"));
            }
            let (pattern, result) = write(Groups::Matching(text.as_bytes()));
            assert_eq!(result.is_ok(), is_group(text) && is_pattern(text), "{text:?}");
            if result.is_ok() {
                assert_eq!(pattern, format!("{prefix}s.{text}"));
            }
        }
        let escaped = text_of(|sink| write_escaped(text.as_bytes(), sink));
        assert_eq!(literal(&escaped).as_deref(), Some(text), "{escaped}");
    },
};

/// Whether a pattern has at most five wildcards `*` or `**`, and escapes something wherever it says so.
fn is_pattern(pattern: &str) -> bool {
    let (mut stars, mut rest) = (0, pattern);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\\' => match rest.chars().nth(1) {
                Some(escaped) => 1 + escaped.len_utf8(),
                None => return false,
            },
            '*' => {
                stars += 1;
                rest.bytes().take_while(|byte| *byte == b'*').count()
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    stars <= 5
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
