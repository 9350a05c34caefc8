//! Connection strings: parsing, and errors that repeat no part of them.

use proptest::prelude::*;
use webpubsub_edge::ConnectionString;

proptest! {
    #[test]
    fn no_error_repeats_a_part_of_the_connection_string(
        key in "[A-Za-z0-9+/]{16,44}={0,2}",
        name in "AccessKey|accesskey|Key|Endpoint|Port|Version|",
        equals in "=|",
        rest in "(Endpoint=(https://)?[a-z]{0,3};)?(AccessKey=;)?(Port=[0-9x]{0,6};)?[=;a-zA-Z]{0,4}",
    ) {
        for text in [format!("{name}{equals}{key};{rest}"), format!("{rest};{name}{equals}{key}")] {
            let parsed = ConnectionString::parse(&text);
            let message = parsed.as_ref().err().map(ToString::to_string).unwrap_or_default();
            let shown = format!("{parsed:?} {message}");
            prop_assert!(!shown.contains(&key), "{}", shown);
            prop_assert!(!shown.contains(&text), "{}", shown);
        }
    }
}
