//! Where an event handler lives: a URL with `{hub}` and `{event}` in it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

/// A checked URL template. Its query may hold a secret, so it is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct UrlTemplate(String);

impl TryFrom<String> for UrlTemplate {
    type Error = String;

    /// Takes an absolute `http` or `https` URL with placeholders anywhere but in the host.
    fn try_from(template: String) -> Result<Self, String> {
        let template = Self(template);
        let host = |hub| {
            template
                .expand(hub, "event")
                .map(|url| url.authority().to_owned())
        };
        match (host("a"), host("b")) {
            (Ok(a), Ok(b)) if a == b => {}
            (Ok(_), Ok(_)) => return Err("the host must not depend on {hub}".to_owned()),
            _ => return Err("it must be an absolute URL with placeholders {hub} and {event}".to_owned()),
        }
        match template.expand("hub", "event") {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(template),
            _ => Err("it must begin with http:// or https://".to_owned()),
        }
    }
}

impl UrlTemplate {
    /// Whether the handler is called over TLS.
    pub(super) fn is_https(&self) -> bool {
        self.expand("hub", "event")
            .is_ok_and(|url| url.scheme() == "https")
    }

    /// The URL for one event of a hub.
    pub(crate) fn expand(&self, hub: &str, event: &str) -> Result<Url, String> {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        // Event names keep their dots, dashes and underscores, which mean nothing in a URL.
        let event = event
            .split_inclusive(['.', '-', '_'])
            .map(|part| match part.char_indices().last() {
                Some((at, c)) if matches!(c, '.' | '-' | '_') => format!("{}{c}", encode(&part[..at])),
                _ => encode(part),
            });
        let url = self
            .0
            .replace("{event}", &event.collect::<String>())
            .replace("{hub}", &encode(hub));
        Url::parse(&url).map_err(|error| error.to_string())
    }
}
