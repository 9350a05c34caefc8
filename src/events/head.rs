//! The head of a request: what is known before its body is read.
//!
//! In here: the headers that the protocol knows, by name, and what is wrong with them: one that came twice, or
//! is no text, is refused by its name. Not in here: what they mean.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::Answer;

/// Method, address and headers of an HTTP request.
#[derive(Clone)]
pub struct Head<'a> {
    pub(super) method: &'a str,
    path: &'a str,
    /// Names in lower case. No value for one that is not UTF-8.
    headers: Vec<(String, Option<String>)>,
}

impl<'a> Head<'a> {
    /// Takes the method, the path (or the whole URL; a query counts for nothing), and all headers in any letter
    /// case, repeated ones as often as they came: `Head::new(method.as_str(), uri.path(), &header_map)`.
    pub fn new<N: AsRef<str>, V: AsRef<[u8]>>(
        method: &'a str,
        target: &'a str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let headers = headers.into_iter().filter_map(|(name, value)| {
            let name = name.as_ref().to_ascii_lowercase();
            let known = ["ce-", "webhook-request-", "content-type", METADATA, MQTT];
            known
                .iter()
                .any(|prefix| name.starts_with(prefix))
                .then(|| (name, text(value.as_ref())))
        });
        Self {
            method,
            path: path(target),
            headers: headers.collect(),
        }
    }

    /// Whether the path is this one or below it. `prefix` is normalized.
    pub(super) fn is_under(&self, prefix: &[u8]) -> bool {
        normalized(self.path).starts_with(prefix)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// All values of a header that may be repeated.
    pub(super) fn all(&self, name: &'static str) -> Result<Vec<&str>, Answer> {
        let values = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        values
            .map(|(_, value)| value.as_deref().ok_or_else(|| wrong(name, " is not UTF-8 text.")))
            .collect()
    }

    /// The value of a header that may come once at most; an empty one counts as none.
    pub(super) fn one(&self, name: &'static str) -> Result<Option<&str>, Answer> {
        match self.all(name)?.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(*value).filter(|value| !value.is_empty())),
            _ => Err(wrong(name, " came more than once.")),
        }
    }

    /// The value of a header that must come.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Answer> {
        self.one(name)?
            .ok_or_else(|| wrong(name, " is missing: the service sends it with every event."))
    }

    /// The same as a text of its own.
    pub(super) fn owned(&self, name: &'static str) -> Result<Option<String>, Answer> {
        Ok(self.one(name)?.map(String::from))
    }

    /// The headers whose names begin with a prefix, without it.
    pub(super) fn below(&self, prefix: &str) -> Vec<(String, String)> {
        let named = self.headers.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix(prefix).filter(|name| !name.is_empty())?;
            Some((name.into(), value.clone()?))
        });
        named.collect()
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

/// What a client sent along with its event.
pub(super) const METADATA: &str = "x-webpubsub-metadata-";
/// The user properties of an MQTT message.
pub(super) const MQTT: &str = "mqtt-";

fn wrong(name: &str, what: &str) -> Answer {
    let mut words = String::from("The header ");
    words.push_str(name);
    words.push_str(what);
    Answer::text(400, words)
}

fn text(value: &[u8]) -> Option<String> {
    core::str::from_utf8(value).ok().map(|text| text.trim().into())
}

/// The path of a URL, or of the target of a request.
fn path(target: &str) -> &str {
    let rest = match target.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
        }
        _ => target,
    };
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// A path as it is compared: decoded, in lower case, with a slash at the end.
pub(super) fn normalized(path: &str) -> Vec<u8> {
    let mut bytes = path.bytes();
    let mut normalized = Vec::with_capacity(path.len() + 1);
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let decoded = match byte {
            b'%' => ahead
                .next()
                .zip(ahead.next())
                .and_then(|(high, low)| Some(hex(high)? << 4 | hex(low)?)),
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

/// The value of a hexadecimal digit.
pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}
