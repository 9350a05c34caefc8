//! Hiding secrets from whoever reads the journal: keys and tokens that are known, and what looks like one.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use form_urlencoded::byte_serialize;
use regex_lite::Regex;

/// What stands for a secret.
const MASK: &str = "***";

/// Names of headers, query parameters and JSON members with secret values contain one of these.
const SECRET_NAMES: [&str; 12] = [
    "token",
    "secret",
    "password",
    "authorization",
    "cookie",
    "signature",
    "accesskey",
    "access_key",
    "apikey",
    "api-key",
    "functions-key",
    "connectionstring",
];
/// Query parameters by which functions and storage services are called.
const SECRET_PARAMETERS: [&str; 3] = ["code", "sig", "key"];
/// A known secret is also recognised at a cut that leaves this much of it.
const SHORTEST_REST: usize = 6;

/// The secrets of this service, and how others look.
pub(crate) struct Mask {
    known: RwLock<Arc<Vec<String>>>,
    /// A member of a JSON object, and one of an object in a string of another.
    member: Regex,
    nested: Regex,
    jwt: Regex,
}

impl Mask {
    /// With the access keys and opaque tokens of the service.
    pub(crate) fn new(known: Vec<String>) -> Result<Self, regex_lite::Error> {
        let names = SECRET_NAMES.join("|");
        let name = format!("[a-z0-9_-]*(?:{names})[a-z0-9_-]*");
        // A string or a list. At a cut they have no end.
        let member = format!(r#"(?i)("{name}"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|\[[^\]]*(?:\]|$))"#);
        let nested = format!(r#"(?i)(\\"{name}\\"\s*:\s*)\\"(?:[^"\\]|\\[^"])*(?:\\"|$)"#);
        Ok(Self {
            known: RwLock::new(Arc::new(known)),
            member: Regex::new(&member)?,
            nested: Regex::new(&nested)?,
            jwt: Regex::new(r"eyJ[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,2}")?,
        })
    }

    /// Adds other keys and tokens. Those before stay secrets.
    pub(crate) fn add(&self, secrets: Vec<String>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::clone(&known);
        all.extend(secrets);
        all.sort_unstable();
        all.dedup();
        *known = Arc::new(all);
    }

    fn known(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str, value: &str) -> String {
        match is_secret(name) {
            true => match value.split_once(' ') {
                // The scheme tells what was sent.
                Some((scheme, _)) if name.ends_with("authorization") => format!("{scheme} {MASK}"),
                _ => MASK.to_owned(),
            },
            false => self.text(value),
        }
    }

    /// A URL, absolute or not.
    pub(super) fn url(&self, url: &str) -> String {
        let Some((path, query)) = url.split_once('?') else {
            return self.text(url);
        };
        let parameter = |parameter: &str| match parameter.split_once('=') {
            Some((name, _)) if is_secret(name) || is_secret_parameter(name) => format!("{name}={MASK}"),
            _ => self.text(parameter),
        };
        let query: Vec<String> = query.split('&').map(parameter).collect();
        format!("{}?{}", self.text(path), query.join("&"))
    }

    /// Any other text.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for secret in self.known().iter() {
            for written in [
                Cow::Borrowed(secret.as_str()),
                byte_serialize(secret.as_bytes()).collect(),
            ] {
                if text.contains(&*written) {
                    text = text.replace(&*written, MASK).into();
                }
                if let Some(rest) = cut_secret(&text, &written) {
                    text = format!("{rest}{MASK}").into();
                }
            }
        }
        if text.contains("eyJ") {
            text = self.jwt.replace_all(&text, MASK).into_owned().into();
        }
        // Most texts name no secret and are spared the expressions.
        if text.contains("\":") && is_secret(&text) {
            let member = self.member.replace_all(&text, format!("$1\"{MASK}\""));
            let nested = self.nested.replace_all(&member, format!("$1\\\"{MASK}\\\""));
            text = nested.into_owned().into();
        }
        text.into_owned()
    }

    /// Bytes that are no text: only what is known and what looks like a token, with stars of the same length.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let known = self.known();
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let secret = known
                .iter()
                .find(|secret| rest.starts_with(secret.as_bytes()))
                .map(|secret| secret.len());
            let token = || {
                let is_token = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
                rest.starts_with(b"eyJ")
                    .then(|| rest.iter().take_while(is_token).count())
            };
            let length = secret.or_else(token).unwrap_or(0);
            if let Some(secret) = bytes.get_mut(at..at + length) {
                secret.fill(b'*');
            }
            at += length.max(1);
        }
        bytes
    }
}

/// Whether a name, or any name in a text, is that of a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name != "continuationtoken" && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

fn is_secret_parameter(name: &str) -> bool {
    SECRET_PARAMETERS
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
}

/// The text before a secret whose beginning is the end of the text.
fn cut_secret<'a>(text: &'a str, secret: &str) -> Option<&'a str> {
    (SHORTEST_REST..secret.len())
        .rev()
        .filter_map(|length| secret.get(..length))
        .find_map(|beginning| text.strip_suffix(beginning))
}
