//! Properties of the library that hold for any input, written once for two runners: the fuzz targets in `fuzz/`, and
//! `tests/any_input.rs` with proptest.
//!
//! In here: what is always true of each parser and writer, compared with independent code where there is some (`url`,
//! `http`, `httpdate`, `serde_json`, the emulator's filters). The core is compiled in, so that all of it is reachable; what
//! only the Rust face has is called by its public API. Not in here: single examples (`tests/vectors`, `tests/pure`).

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "the properties use a part of what is compiled in"
)]

extern crate alloc;

#[path = "../../../src/core/mod.rs"]
mod core;

/// The list that the core reads.
#[path = "../../../src/bridge.rs"]
mod bridge;

/// The reader of filters of the local service.
#[path = "../../../emulator/src/filter/mod.rs"]
mod service_filter;

/// Connection strings, endpoints and proxies.
mod addresses;
/// Bodies of events and states of connections.
mod bodies;
/// Microsoft Entra ID.
mod entra;
/// The entry of the npm package.
mod entry;
/// Literals of filters; roles.
mod filters;
/// Names.
mod names;
/// What becomes of a request, and what of it may be shown.
mod outcomes;
/// The URLs, headers and bodies of requests.
mod requests;
/// What a handler's decision becomes.
mod responses;
/// Runs the core's functions with all sizes of memory.
mod sinks;
/// Text, numbers and encodings.
mod texts;
/// Tokens of requests and of clients.
mod tokens;
/// Requests of the service.
mod webhooks;

/// Something that is fed any input.
pub struct Target {
    /// Its name, which is that of the fuzz target.
    pub name: &'static str,
    /// For each text of the input a regular expression of texts that are worth trying.
    pub texts: &'static [&'static str],
    check: fn(&Input<'_>),
}

/// All targets.
pub static TARGETS: [Target; 19] = [
    addresses::CONNECTION_STRING,
    addresses::ENDPOINT,
    bodies::BODIES,
    bodies::STATE,
    entra::ENTRA,
    entry::ENTRY,
    filters::FILTER,
    filters::ROLE,
    names::NAMES,
    outcomes::JUDGE,
    outcomes::REDACT,
    requests::HEADERS,
    requests::NEXT_LINK,
    requests::OPERATION,
    requests::OWN_PATH,
    responses::RESPONSE,
    texts::TEXTS,
    tokens::TOKEN,
    webhooks::WEBHOOK,
];

/// The texts of an input.
pub struct Input<'a>(Vec<&'a str>);

impl<'a> Input<'a> {
    /// The text at a place; empty behind the last one.
    fn text(&self, index: usize) -> &'a str {
        self.0.get(index).copied().unwrap_or_default()
    }

    /// The number at a place, in decimal digits; 0 for anything else.
    fn number(&self, index: usize) -> u32 {
        self.text(index).parse().unwrap_or_default()
    }

    /// Whether there is a text at a place.
    fn flag(&self, index: usize) -> bool {
        !self.text(index).is_empty()
    }

    /// One of these, whichever the text at a place is.
    fn one_of<T: Copy>(&self, index: usize, choices: &[T]) -> T {
        let sum: usize = self.text(index).bytes().map(usize::from).sum();
        choices[sum % choices.len()]
    }

    /// The texts from a place on, two by two.
    fn pairs(&self, index: usize) -> impl Iterator<Item = (&'a str, &'a str)> {
        let rest = self.0.get(index..).unwrap_or_default();
        rest.chunks(2)
            .map(|pair| (pair[0], pair.get(1).copied().unwrap_or_default()))
    }
}

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn find(name: &str) -> &'static Self {
        let target = TARGETS.iter().find(|target| target.name == name);
        target.unwrap_or_else(|| panic!("there is no target {name}"))
    }

    /// Runs the properties on the texts of an input; panics when one does not hold.
    pub fn check(&self, texts: &[String]) {
        (self.check)(&Input(texts.iter().map(String::as_str).collect()));
    }

    /// The same for an input of a fuzzer: texts in UTF-8 with the byte 0xFF, which UTF-8 never has, between them.
    pub fn check_bytes(&self, input: &[u8]) {
        let texts: Vec<_> = input
            .split(|byte| *byte == 0xff)
            .map(String::from_utf8_lossy)
            .collect();
        (self.check)(&Input(texts.iter().map(AsRef::as_ref).collect()));
    }
}
