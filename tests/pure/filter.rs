//! Filters, as the local service understands them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use webpubsub_edge::Filter;
use webpubsub_edge::filter::quote;
use webpubsub_emulator::filter::{Filter as Parsed, Subject};

/// A connection.
#[derive(Debug, Clone)]
struct Who {
    user_id: Option<String>,
    connection_id: String,
    groups: Vec<String>,
}

impl Who {
    fn user(id: &str) -> Self {
        Self {
            user_id: Some(id.into()),
            connection_id: "c".into(),
            groups: Vec::new(),
        }
    }

    fn matches(&self, filter: &Filter) -> bool {
        let parsed = Parsed::parse(&filter.to_string()).unwrap_or_else(|error| panic!("{error}"));
        let groups: BTreeSet<_> = self.groups.iter().map(String::as_str).collect();
        let user_id = self.user_id.as_deref();
        parsed.matches(&Subject {
            user_id,
            connection_id: &self.connection_id,
            protocol: None,
            groups: &groups,
        })
    }
}

#[test]
fn the_builder_writes_the_documented_filters() {
    let user = Filter::user_id;
    for (filter, text) in [
        (user().eq("u1"), "userId eq 'u1'"),
        (user().ne("o'neil"), "userId ne 'o''neil'"),
        (user().is_null(), "userId eq null"),
        (!user().is_null(), "not (userId eq null)"),
        (user().is_in(&["u1", "u'2"]), "userId in ('u1','u''2')"),
        (user().is_in::<&str>(&[]), "false"),
        (user().starts_with("a"), "startswith(userId,'a')"),
        (!user().ends_with("a"), "not endswith(userId,'a')"),
        (user().contains("a"), "contains(userId,'a')"),
        (Filter::connection_id().eq("c1"), "connectionId eq 'c1'"),
        (Filter::in_group("g"), "'g' in groups"),
        (Filter::in_any_group(), "length(groups) gt 0"),
        (!!Filter::in_group("g"), "not (not ('g' in groups))"),
    ] {
        assert_eq!(filter.to_string(), text);
        assert_eq!(String::from(filter), text);
    }
}

#[test]
fn parentheses_follow_precedence() {
    let [a, b, c] = ["a", "b", "c"].map(Filter::in_group);
    let written = |filter: Filter| filter.to_string().replace(" in groups", "");
    assert_eq!(
        written(a.clone().and(b.clone()).or(c.clone())),
        "'a' and 'b' or 'c'"
    );
    assert_eq!(
        written(a.clone().and(b.clone().or(c.clone()))),
        "'a' and ('b' or 'c')"
    );
    assert_eq!(
        written(a.clone().or(b.clone().or(c.clone()))),
        "'a' or 'b' or 'c'"
    );
    assert_eq!(
        written(a.clone().or(b.clone()).and(c.clone())),
        "('a' or 'b') and 'c'"
    );
    assert_eq!(written(!(a.clone().and(b.clone()))), "not ('a' and 'b')");
    assert_eq!(
        written(Filter::raw("'a' or 'b'").and(c.clone())),
        "('a' or 'b') and 'c'"
    );
    assert_eq!(written(!Filter::raw("'a' or 'b'")), "not ('a' or 'b')");
}

/// A filter and whom it is meant to match.
type Case = (Filter, fn(&Who) -> bool);

fn filters() -> impl Strategy<Value = (Filter, bool)> {
    let cases: [Case; 9] = [
        (Filter::user_id().eq("ada"), |who| {
            who.user_id.as_deref() == Some("ada")
        }),
        (Filter::user_id().ne("ada"), |who| {
            who.user_id.as_deref() != Some("ada")
        }),
        (Filter::user_id().is_null(), |who| who.user_id.is_none()),
        (Filter::user_id().is_in(&["bob", "ada"]), |who| {
            who.user_id
                .as_deref()
                .is_some_and(|id| id == "ada" || id == "bob")
        }),
        (Filter::user_id().starts_with("a"), |who| {
            who.user_id.as_deref().is_some_and(|id| id.starts_with('a'))
        }),
        (Filter::in_group("g"), |who| {
            who.groups.iter().any(|group| group == "g")
        }),
        (Filter::in_any_group(), |who| !who.groups.is_empty()),
        (Filter::user_id().is_in::<&str>(&[]), |_| false),
        (Filter::raw("userId eq 'bob' or 'g' in groups"), |who| {
            who.user_id.as_deref() == Some("bob") || who.groups.iter().any(|group| group == "g")
        }),
    ];
    let leaf = proptest::sample::select(cases.to_vec());
    // Judged by whom it is meant for, and written by the builder; the two are compared.
    leaf.prop_map(|(filter, meant)| (filter, meant(&someone())))
        .prop_recursive(4, 16, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (a.and(b), x && y)),
                (inner.clone(), inner.clone()).prop_map(|((a, x), (b, y))| (a.or(b), x || y)),
                inner.prop_map(|(a, x)| (!a, !x)),
            ]
        })
}

fn someone() -> Who {
    Who {
        groups: vec!["g".into()],
        ..Who::user("ada")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_value_is_one_literal(value in "\\PC{0,20}|.{0,20}|['a) (or]{0,12}", other in "['a ]{0,4}") {
        let end = format!("{other}'");
        let changed = format!("{value}{end}");
        let more = format!("{changed}x");
        let is = Filter::user_id().eq(&value);
        prop_assert!(Who::user(&value).matches(&is));
        prop_assert!(!Who::user(&changed).matches(&is));
        let anonymous = Who { user_id: None, ..someone() };
        prop_assert!(!anonymous.matches(&is));
        prop_assert!(Who::user(&changed).matches(&Filter::user_id().starts_with(&value)));
        prop_assert!(Who::user(&changed).matches(&Filter::user_id().contains(&value)));
        prop_assert!(Who::user(&changed).matches(&Filter::user_id().ends_with(&end)));
        prop_assert!(!Who::user(&value).matches(&Filter::user_id().ne(&value)));
        let listed = Filter::user_id().is_in(&[&*changed, &value]);
        prop_assert!(Who::user(&value).matches(&listed) && Who::user(&changed).matches(&listed));
        prop_assert!(!Who::user(&more).matches(&listed));
        let member = Who { groups: vec![value.clone()], ..someone() };
        prop_assert!(member.matches(&Filter::in_group(&value)) && !member.matches(&Filter::in_group(&changed)));
        let connection = Who { connection_id: value.clone(), ..someone() };
        prop_assert!(connection.matches(&Filter::connection_id().eq(&value)));
        let by_hand = Filter::raw(format!("userId eq {} and true", quote(&value)));
        prop_assert!(Who::user(&value).matches(&by_hand) && !Who::user(&changed).matches(&by_hand));
    }

    #[test]
    fn a_combined_filter_matches_the_combination((filter, meant) in filters()) {
        prop_assert_eq!(someone().matches(&filter), meant, "{}", filter);
    }
}
