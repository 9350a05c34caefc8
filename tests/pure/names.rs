//! Which names are names.

use proptest::prelude::*;
use webpubsub_edge::{Group, Hub};

proptest! {
    #[test]
    fn a_hub_name_begins_with_a_letter(name in "[a-zA-Z0-9_`,.\\[\\] é/-]{0,6}") {
        let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || "_`,.[]".contains(c));
        prop_assert_eq!(Hub::new(&name).is_ok(), first && rest);
    }

    #[test]
    fn a_group_name_is_any_text_but_blanks_and_dots(name in "\\PC{0,3}|[. \\t]{0,3}|[ab]{1020,1030}|(é|😀){508,516}") {
        let units = name.encode_utf16().count();
        let allowed = (1..=1024).contains(&units) && !name.trim().is_empty() && name != "." && name != "..";
        prop_assert_eq!(Group::new(&name).is_ok(), allowed);
    }
}
