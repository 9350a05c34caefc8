//! Comparing the audience of a token with the URL requested, as the service does.
//!
//! Letter case does not matter, nor which characters are escaped: clients and proxies rewrite URLs after the token has
//! been signed (Python's yarl turns `%27` into `'` and `%40` into `@`). An escaped slash stays one, since it is no
//! separator.

use percent_encoding::percent_decode_str;

/// A URL in the form in which it is compared.
#[derive(Debug, PartialEq, Eq)]
struct Normalized {
    /// Scheme, host and path.
    resource: String,
    query: Option<Vec<(String, String)>>,
}

impl Normalized {
    fn new(url: &str) -> Self {
        let (resource, query) = match url.split_once('?') {
            Some((resource, query)) => (resource, Some(query)),
            None => (url, None),
        };
        let pairs = |query: &str| {
            form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| (name.to_lowercase(), value.to_lowercase()))
                .collect()
        };
        Self {
            resource: unescape(resource).to_lowercase(),
            query: query.map(pairs),
        }
    }
}

/// Whether an audience names exactly this URL.
pub(super) fn is(audience: &str, url: &str) -> bool {
    Normalized::new(audience) == Normalized::new(url)
}

/// Whether an audience names this URL, or this URL without its query.
pub(super) fn is_resource(audience: &str, url: &str) -> bool {
    let (audience, url) = (Normalized::new(audience), Normalized::new(url));
    audience.resource == url.resource && (audience.query.is_none() || audience.query == url.query)
}

/// Decodes all escapes but those of slashes.
fn unescape(resource: &str) -> String {
    let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    let mut decoded = String::with_capacity(resource.len());
    let mut rest = resource;
    while let Some(at) = rest
        .as_bytes()
        .windows(3)
        .position(|part| part.eq_ignore_ascii_case(b"%2f"))
    {
        let (before, after) = rest.split_at(at);
        decoded.push_str(&decode(before));
        decoded.push_str("%2f");
        rest = after.get(3..).unwrap_or_default();
    }
    decoded.push_str(&decode(rest));
    decoded
}
