//! Functions over plain text: names, filters and roles.

#![expect(unreachable_pub, reason = "exports are public to JavaScript")]

use alloc::string::String;

use wasm_bindgen::prelude::*;

use super::errors::thrown;
use crate::{filter, names::Group, roles};

type JsResult<T> = core::result::Result<T, JsValue>;

/// A text as a literal of a filter.
#[wasm_bindgen(js_name = quote)]
pub fn quote(text: &str) -> String {
    filter::quote(text)
}

/// A role for one group.
#[wasm_bindgen(js_name = groupRole)]
pub fn group_role(sends: bool, group: &str) -> JsResult<String> {
    if sends {
        roles::send_to_group(group)
    } else {
        roles::join_leave_group(group)
    }
    .map_err(thrown)
}

/// A role for every group that a pattern matches.
#[wasm_bindgen(js_name = patternRole)]
pub fn pattern_role(sends: bool, pattern: &str) -> JsResult<String> {
    if sends {
        roles::send_to_groups(pattern)
    } else {
        roles::join_leave_groups(pattern)
    }
    .map_err(thrown)
}

/// A name as a pattern that matches only it.
#[wasm_bindgen(js_name = escapePattern)]
pub fn escape_pattern(name: &str) -> String {
    roles::escape(name)
}

/// Refuses what cannot be the name of a group.
#[wasm_bindgen(js_name = checkGroup)]
pub fn check_group(name: &str) -> JsResult<()> {
    Group::new(name).map(drop).map_err(thrown)
}
