//! The head of a request: method, path and headers, as an HTTP server has them.
//!
//! In here: reading them from the server's types. Not in here: what the headers mean (`core/events/`).

use alloc::vec::Vec;
use core::fmt;

use crate::core::{
    endpoint::split_url,
    events::head,
    given::{Given, Pair, Parameter, Place},
};

/// Method, path and headers of an HTTP request.
#[derive(Clone)]
pub struct Head<'a> {
    method: &'a str,
    path: &'a str,
    headers: Headers<'a>,
}

impl<'a> Head<'a> {
    /// Creates a head from the method, the path (or the whole URL; a query is ignored), and all headers, their names in any
    /// letter case, repeated ones as often as they came.
    ///
    /// With the feature `http`, `Head::from(&parts)` creates one from `http::request::Parts`.
    pub fn new(
        method: &'a str,
        target: &'a str,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let header = |(name, value): (&'a str, &'a [u8])| match core::str::from_utf8(value) {
            Ok(text) => (
                Parameter::Header,
                name.as_bytes(),
                text.trim_matches([' ', '\t', '\r', '\n']).as_bytes(),
            ),
            Err(_) => (Parameter::BinaryHeader, name.as_bytes(), value),
        };
        Self {
            method,
            path: path(target),
            headers: Headers(headers.into_iter().map(header).collect()),
        }
    }

    /// The head as the core reads it.
    pub(super) fn read(&self) -> head::Head<'_, Headers<'_>> {
        head::Head::new(self.method.as_bytes(), self.path.as_bytes(), &self.headers)
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

/// Headers as the core reads them: whether the value is text, the name, the value.
#[derive(Clone)]
pub(super) struct Headers<'a>(Vec<(Parameter, &'a [u8], &'a [u8])>);

impl<'a> Given<'a> for Headers<'a> {
    fn next_entry(&self, place: &mut Place) -> Option<(u8, Pair<'a>)> {
        let (parameter, name, value) = *self.0.get(place.entry)?;
        place.entry += 1;
        Some((parameter as u8, (name, value)))
    }
}

/// The path of a URL, or of a request target.
fn path(target: &str) -> &str {
    let path = match split_url(target.as_bytes()) {
        // In a path a slash comes before any colon.
        Some((scheme, rest)) if !scheme.contains(&b'/') => {
            let at = rest.iter().position(|byte| *byte == b'/');
            at.and_then(|at| target.get(target.len() - rest.len() + at..))
                .unwrap_or_default()
        }
        _ => target,
    };
    path.split(['?', '#']).next().unwrap_or_default()
}
