//! Headers as the journal keeps them: in memory of their own, and no more than they need. A `HeaderMap` may share the
//! buffer that a request was read into, which would be kept with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::HeaderMap;

use super::mask::Mask;

/// Headers as lines, `name: value`. No header contains a line break.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptHeaders(Box<str>);

impl From<&HeaderMap> for KeptHeaders {
    fn from(headers: &HeaderMap) -> Self {
        let line = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            name.as_str().len() + value.len() + 3
        };
        let mut lines = String::with_capacity(headers.iter().map(line).sum());
        for (name, value) in headers {
            let _ = writeln!(lines, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        Self(lines.into())
    }
}

impl KeptHeaders {
    pub(super) fn weight(&self) -> usize {
        self.0.len()
    }

    /// What a reader gets: several values of a name are one.
    pub(super) fn to_map(&self, mask: &Mask) -> BTreeMap<String, String> {
        let mut all = BTreeMap::<String, String>::new();
        let lines = self.0.split_terminator('\n');
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            let value = mask.header(name, value);
            all.entry(name.to_owned())
                .and_modify(|list| *list = format!("{list}, {value}"))
                .or_insert(value);
        }
        all
    }
}
