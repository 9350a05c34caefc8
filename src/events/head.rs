//! The head of a request: what is known before its body is read.
//!
//! In here: finding headers, and what is wrong with one that came twice or is no text. Not in here: what they
//! mean (`event.rs`).

use alloc::{boxed::Box, vec::Vec};
use core::fmt;

use super::answer::{Answer, MISSING, fault};

/// Method, address and headers of an HTTP request.
#[derive(Clone)]
pub struct Head<'a> {
    pub(super) method: &'a str,
    path: &'a str,
    /// No value for one that is not UTF-8.
    headers: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> Head<'a> {
    /// Takes the method, the path (or the whole URL; a query counts for nothing), and all headers, their names in
    /// any letter case, repeated ones as often as they came.
    ///
    /// With `http::HeaderMap`: `headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))`.
    pub fn new(
        method: &'a str,
        target: &'a str,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let text = |value| core::str::from_utf8(value).ok().map(str::trim);
        Self::of_texts(
            method,
            path(target),
            headers.into_iter().map(|(name, value)| (name, text(value))),
        )
    }

    /// The same with a path, and with headers that were decoded and trimmed.
    pub(crate) fn of_texts(
        method: &'a str,
        path: &'a str,
        headers: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Self {
        let mut head = Self {
            method,
            path,
            headers: Vec::new(),
        };
        for header in headers {
            head.headers.push(header);
        }
        head
    }

    /// Whether the path is this one or below it. `prefix` is normalized.
    pub(super) fn is_under(&self, prefix: &[u8]) -> bool {
        normalized(self.path).starts_with(prefix)
    }

    /// All values of a header that may be repeated.
    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .filter_map(|(_, value)| *value)
    }

    /// The value of a header; an empty one counts as none.
    pub(super) fn get(&self, name: &'static str) -> Option<&'a str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    /// The same, of one that may come once at most.
    pub(super) fn one(&self, name: &'static str) -> Result<Option<&'a str>, Box<Answer>> {
        let mut value = None;
        for (n, v) in &self.headers {
            if n.eq_ignore_ascii_case(name) {
                match v {
                    Some(text) if value.is_none() => value = Some(*text),
                    Some(_) => return Err(Box::new(fault(400, name, " came more than once."))),
                    None => return Err(Box::new(fault(400, name, " is not text in UTF-8."))),
                }
            }
        }
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// The same, of one that must come.
    pub(super) fn required(&self, name: &'static str) -> Result<&'a str, Box<Answer>> {
        self.one(name)?.ok_or_else(|| Box::new(fault(400, name, MISSING)))
    }

    /// The headers whose names begin with a prefix, without it.
    pub(super) fn below(&self, prefix: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.headers.iter().filter_map(move |(name, value)| {
            let (start, rest) = name.split_at_checked(prefix.len())?;
            (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some((rest, (*value)?))
        })
    }
}

/// The headers hold a signature, and the path may hold a secret.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The path of a URL, or of the target of a request.
fn path(target: &str) -> &str {
    let path = match crate::endpoint::split_url(target) {
        // A path has a slash before it has a colon.
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
        }
        _ => target,
    };
    path.split(['?', '#']).next().unwrap_or_default()
}

/// A path as it is compared: decoded, in lower case, with a slash at the end.
pub(super) fn normalized(path: &str) -> Vec<u8> {
    let mut bytes = path.bytes();
    let mut normalized = Vec::with_capacity(path.len() + 1);
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let decoded = match byte {
            b'%' => hex_byte(&mut ahead),
            _ => None,
        };
        if decoded.is_some() {
            bytes = ahead;
        }
        normalized.push(decoded.unwrap_or(byte).to_ascii_lowercase());
    }
    if normalized.last() != Some(&b'/') {
        normalized.push(b'/');
    }
    normalized
}

/// The byte that two hexadecimal digits are.
pub(super) fn hex_byte(digits: &mut core::str::Bytes<'_>) -> Option<u8> {
    let mut digit = || char::from(digits.next()?).to_digit(16);
    Some((digit()? << 4 | digit()?) as u8)
}
