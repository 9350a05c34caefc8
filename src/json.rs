//! JSON, written and read with as little code as the wasm can do with.
//!
//! In here: a writer for the few documents that the library makes (claims, bodies), and [`Json`], the getters
//! by which it reads what the host parsed. Not in here: a parser; the host has one (`JSON.parse`, `serde_json`).

use alloc::{string::String, vec::Vec};

/// Writes one JSON object, member by member.
#[derive(Clone)]
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::from("{"))
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        string(name, &mut self.0);
        self.0.push(':');
    }

    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        string(value, &mut self.0);
        self
    }

    pub(crate) fn integer(mut self, name: &str, value: u64) -> Self {
        self.name(name);
        decimal(value, &mut self.0);
        self
    }

    /// A member whose value is JSON already.
    pub(crate) fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.0.push_str(json);
        self
    }

    #[cfg(all(target_arch = "wasm32", feature = "js"))]
    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.raw(name, if value { "true" } else { "false" })
    }

    pub(crate) fn texts<S: AsRef<str>>(mut self, name: &str, values: &[S]) -> Self {
        self.name(name);
        self.0.push('[');
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.0.push(',');
            }
            string(value.as_ref(), &mut self.0);
        }
        self.0.push(']');
        self
    }

    pub(crate) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn string(value: &str, out: &mut String) {
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => {
                out.push_str("\\u00");
                out.push(if c < '\u{10}' { '0' } else { '1' });
                out.extend(char::from_digit(c as u32 & 15, 16));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends a number in decimal digits, without the formatting machinery.
pub(crate) fn decimal(mut value: u64, out: &mut String) {
    let start = out.len();
    loop {
        // Digits come out last first; they are few, so that each goes in front.
        out.insert(start, char::from(b'0' + (value % 10) as u8));
        value /= 10;
        if value == 0 {
            return;
        }
    }
}

/// A JSON value that the host parsed.
pub trait Json: Sized {
    /// The member of this name, when this is an object that has it.
    fn get(&self, name: &str) -> Option<Self>;
    /// The text, when this is a string.
    fn text(&self) -> Option<String>;
    /// The number, when this is one.
    fn number(&self) -> Option<f64>;
    /// The items, when this is an array.
    fn items(&self) -> Option<Vec<Self>>;
}

#[cfg(feature = "json")]
impl Json for serde_json::Value {
    fn get(&self, name: &str) -> Option<Self> {
        self.get(name).cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(String::from)
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_what_serde_reads(name in ".*", text in ".*", list in proptest::collection::vec(".*", 0..4), n: u64) {
            let written = Object::new().text("a", &text).texts("b", &list).integer("c", n).raw("d", "{}").text(&format!("e{name}"), "").end();
            let read: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read, serde_json::json!({"a": text, "b": list, "c": n, "d": {}, format!("e{name}"): ""}));
        }
    }
}
