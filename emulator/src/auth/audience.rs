//! Comparing the audience of a token with the URL requested, as the service does.
//!
//! Letter case does not matter, nor which characters are escaped: clients and proxies rewrite URLs after the token has
//! been signed (Python's yarl turns `%27` into `'` and `%40` into `@`). An escaped slash stays one, since it is no
//! separator.

use std::convert::Infallible;

use percent_encoding::percent_decode_str;

use crate::model::names;

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
        let decode = |part| Ok::<_, Infallible>(percent_decode_str(part).decode_utf8_lossy());
        let Ok(resource) = names::decode_around_slashes(resource, decode);
        Self {
            resource: resource.to_lowercase(),
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
