//! The filter language: its examples, its errors, and properties over generated filters whose value is known.

use std::collections::BTreeSet;

use proptest::prelude::*;
use webpubsub_emulator::filter::{Filter, Subject};

/// A connection with its groups by name.
#[derive(Debug, Clone)]
struct Connection {
    user: Option<String>,
    id: String,
    groups: Vec<String>,
}

impl Connection {
    fn matches(&self, filter: &str) -> bool {
        let filter = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        let groups: BTreeSet<&str> = self.groups.iter().map(String::as_str).collect();
        filter.matches(&Subject {
            user_id: self.user.as_deref(),
            connection_id: &self.id,
            groups: &groups,
            protocol: None,
        })
    }
}

fn connection(user: Option<&str>, groups: &[&str]) -> Connection {
    let groups = groups.iter().map(|&group| group.to_owned()).collect();
    Connection {
        user: user.map(str::to_owned),
        id: "conn-1".to_owned(),
        groups,
    }
}

#[test]
fn the_examples_hold() {
    let ann = connection(Some("tenant-1 Ann"), &["group1", "g"]);
    let anonymous = connection(None, &[]);
    for (filter, for_ann, for_anonymous) in [
        ("userId eq 'tenant-1 Ann'", true, false),
        ("userId eq 'tenant-1 ann'", false, false),
        ("userId in ('u1', 'tenant-1 Ann')", true, false),
        ("'group1' in groups", true, false),
        ("not ('g' in groups)", false, true),
        ("userId ne null", true, false),
        ("null eq userId", false, true),
        ("userId in (null)", false, true),
        (
            "startswith(userId, 'tenant-') and not (userId eq 'tenant-7')",
            true,
            false,
        ),
        ("length(groups) gt 0", true, false),
        ("length(groups) eq 2", true, false),
        ("length(userId) ge 12", true, false),
        ("length(userId) lt 12", false, false),
        ("length(userId) eq null", false, true),
        ("endswith(USERID, 'Ann') or ConnectionId eq 'conn-1'", true, true),
        ("contains(userId, '1 A')", true, false),
        ("indexof(userId, 'Ann') eq 9", true, false),
        ("indexof(userId, 'x') eq -1", true, true),
        ("tolower(userId) eq 'tenant-1 ann'", true, false),
        ("TOUPPER(userId) eq 'TENANT-1 ANN'", true, false),
        ("trim('  a b ') eq 'a b'", true, true),
        ("substring(userId, 9) eq 'Ann'", true, false),
        ("substring('abcdef', 1, 2) eq 'bc'", true, true),
        ("substring('abc', 9) eq ''", true, true),
        (
            "concat(concat('a', 'b'), userId) eq 'abtenant-1 Ann'",
            true,
            false,
        ),
        ("concat(userId, 'x') eq null", false, true),
        ("'it''s' eq 'it''s'", true, true),
        ("'' eq ''''", false, false),
        ("length('\u{1f980}') eq 2", true, true),
        ("5 gt 3 and 3 ge 3 and 2 lt 3 and 3 le 3 and -4 lt -3", true, true),
        ("true and not false", true, true),
        ("false or true and false", false, false),
        ("(false or true) and true", true, true),
        ("not true eq false", true, true),
        ("\tuserId\neq null ", false, true),
    ] {
        assert_eq!(ann.matches(filter), for_ann, "{filter} for ann");
        assert_eq!(
            anonymous.matches(filter),
            for_anonymous,
            "{filter} for an anonymous client"
        );
    }
}

#[test]
fn a_syntax_error_tells_its_position() {
    for (filter, position) in [
        // As recorded from the service: reading stops behind the word that makes no sense.
        ("invalid filter", 14),
        ("", 0),
        ("userId", usize::MAX),
        ("userId eq", 9),
        ("userId eq eq", 12),
        ("userId = 'a'", 7),
        ("userId eq 'a", 10),
        ("userId eq 'ä' x", 15),
        ("user eq 'a'", 4),
        ("length(userId, 'a') eq 1", 0),
        ("length() eq 1", 0),
        ("lenght(userId) eq 1", 0),
        ("(userId eq 'a'", 14),
        ("userId eq 'a')", 14),
        ("userId in ()", 12),
        ("userId in ('a',)", 16),
        ("userId in (groups)", 17),
        ("userId eq 5x", 10),
        ("userId eq 99999999999999999999", 10),
        ("userId EQ 'a'", 9),
        ("not not true", 12),
        ("1 lt 2 lt 3", 9),
    ] {
        let message = Filter::parse(filter).unwrap_err().to_string();
        let expected = match position {
            usize::MAX => {
                format!("Invalid syntax for '{filter}': Type 'null', expect 'bool'. (Parameter 'filter')")
            }
            position => format!(
                "Invalid syntax for '{filter}': Syntax error at position {position} in '{filter}'. (Parameter 'filter')"
            ),
        };
        assert_eq!(message, expected);
    }
}

#[test]
fn a_type_error_tells_the_part_and_the_types() {
    for (filter, part, found, expected) in [
        ("not length(userId) gt 5", "not length(userId)", "null", "bool"),
        (
            "true and length(groups)",
            "true and length(groups)",
            "int",
            "bool",
        ),
        ("false or ('a' and true)", "('a' and true)", "string", "bool"),
        ("connectionId gt 'a'", "connectionId gt 'a'", "string", "int"),
        (
            "startswith(groups, 'a')",
            "startswith(groups, 'a')",
            "collection",
            "string",
        ),
        (
            "substring(userId, 'a') eq 'b'",
            "substring(userId, 'a')",
            "string",
            "int",
        ),
        ("length(5) eq 1", "length(5)", "int", "string"),
        ("'a' in userId", "'a' in userId", "string", "collection"),
        ("5", "5", "int", "bool"),
    ] {
        let message = Filter::parse(filter).unwrap_err().to_string();
        let text =
            format!("Invalid syntax for '{part}': Type '{found}', expect '{expected}'. (Parameter 'filter')");
        assert_eq!(message, text);
    }
}

#[test]
fn nesting_ends_at_a_hundred_and_length_does_not() {
    let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&nested(100)).is_ok());
    assert!(Filter::parse(&nested(101)).is_err());
    assert!(Filter::parse(&nested(100_000)).is_err());
    let long = vec!["userId eq 'nobody'"; 50_000].join(" or ");
    assert!(!connection(Some("ann"), &[]).matches(&long));
}

/// A condition together with its value for one connection, computed without the filter language.
type Known = (String, bool);

fn name() -> impl Strategy<Value = String> {
    "[a-c' (),é\u{1f980}]{0,4}"
}

fn a_connection() -> impl Strategy<Value = Connection> {
    let user = proptest::option::of(name());
    (user, "[a-z0-9]{1,8}", proptest::collection::vec(name(), 0..4))
        .prop_map(|(user, id, groups)| Connection { user, id, groups })
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn leaf(connection: Connection) -> impl Strategy<Value = Known> {
    let number = -3..6_i64;
    (name(), name(), number, 0..13_u8).prop_map(move |(a, b, number, which)| {
        let (user, groups) = (connection.user.as_deref(), &connection.groups);
        let distinct = groups.iter().collect::<BTreeSet<_>>().len() as i64;
        let length = user.map(|user| user.encode_utf16().count() as i64);
        let (qa, qb) = (quote(&a), quote(&b));
        match which {
            0 => (format!("userId eq {qa}"), user == Some(&a)),
            1 => (format!("{qa} ne userId"), user != Some(&a)),
            2 => ("userId eq null".to_owned(), user.is_none()),
            3 => (
                format!("userId in ({qa}, null,{qb})"),
                user.is_none_or(|user| user == a || user == b),
            ),
            4 => (format!("{qa} in groups"), groups.contains(&a)),
            5 => (format!("length(groups) gt {number}"), distinct > number),
            6 => (
                format!("length(userId) le {number}"),
                length.is_some_and(|length| length <= number),
            ),
            7 => (format!("startswith({qa}, {qb})"), a.starts_with(&b)),
            8 => (
                format!("endswith(userId, {qa})"),
                user.is_some_and(|user| user.ends_with(&a)),
            ),
            9 => (format!("contains(concat({qa}, {qb}), {qb})"), true),
            10 => (
                format!("tolower({qa}) eq toupper({qb})"),
                a.to_lowercase() == b.to_uppercase(),
            ),
            11 => (format!("connectionId eq {}", quote(&connection.id)), true),
            _ => (format!("indexof({qa}, {qb}) ge 0"), a.contains(&b)),
        }
    })
}

fn condition(connection: Connection) -> impl Strategy<Value = Known> {
    leaf(connection).prop_recursive(6, 40, 3, |inner| {
        let join = |parts: Vec<Known>, word: &str| {
            let texts: Vec<String> = parts.iter().map(|(text, _)| format!("({text})")).collect();
            texts.join(&format!(" {word} "))
        };
        let parts = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            inner
                .clone()
                .prop_map(|(text, value)| (format!("not ({text})"), !value)),
            parts()
                .prop_map(move |parts| (join(parts.clone(), "and"), parts.iter().all(|(_, value)| *value))),
            parts().prop_map(move |parts| (join(parts.clone(), "or"), parts.iter().any(|(_, value)| *value))),
            // Without parentheses `and` binds tighter than `or`.
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|((a, x), (b, y), (c, z))| {
                (format!("({a}) or ({b}) and ({c})"), x || (y && z))
            }),
            (inner.clone(), any::<bool>())
                .prop_map(|((text, value), other)| (format!("({text}) eq {other}"), value == other)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_generated_condition_has_its_known_value(
        (connection, (filter, value)) in a_connection().prop_flat_map(|c| (Just(c.clone()), condition(c)))
    ) {
        prop_assert_eq!(connection.matches(&filter), value, "{}", filter);
    }

    #[test]
    fn any_text_is_parsed_or_refused_within_itself(text in "\\PC{0,40}") {
        if let Err(error) = Filter::parse(&text) {
            let error = error.to_string();
            prop_assert!(error.starts_with("Invalid syntax for '"), "{}", error);
        }
    }

    #[test]
    fn almost_filters_never_panic(
        words in proptest::collection::vec(
            prop_oneof!["userId|groups|eq|gt|in|and|or|not|null|true|length|substring|5|-1", "[(),']", "'[a-b]*'"],
            0..20,
        ),
        connection in a_connection(),
    ) {
        let text = words.join(" ");
        if let Ok(filter) = Filter::parse(&text) {
            let groups = connection.groups.iter().map(String::as_str).collect();
            let subject =
                Subject { user_id: connection.user.as_deref(), connection_id: &connection.id, protocol: None, groups: &groups };
            prop_assert_eq!(filter.matches(&subject), filter.clone().matches(&subject));
        }
    }
}
