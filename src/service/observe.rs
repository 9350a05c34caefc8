//! What can be seen of requests, without any secret.
//!
//! In here: the record of one attempt, and what of it is shown: values of headers and query parameters only
//! when they are on a list. Not in here: where records go; that is the hook of the client or of the call.

use alloc::{
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::time::Duration;

use super::transport::{MaybeSend, MaybeSync};

/// One attempt of a request, over. All texts are redacted.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// Counts from 1.
    pub number: u32,
    /// The method.
    pub method: &'static str,
    /// The URL that it went to; values of unlisted query parameters are `REDACTED`.
    pub url: String,
    /// The headers sent; values of unlisted ones are `REDACTED`.
    pub request_headers: Vec<(String, String)>,
    /// The status, when the service answered.
    pub status: Option<u16>,
    /// The headers received, redacted in the same way.
    pub response_headers: Vec<(String, String)>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// How long it took.
    pub duration: Duration,
    /// The body of the answer, when bodies were asked for and the answer holds no token.
    pub response_body: Option<String>,
}

/// The hook that records go to.
#[cfg(target_arch = "wasm32")]
pub(super) type Hook = Arc<dyn Fn(&Attempt)>;
/// The hook that records go to.
#[cfg(not(target_arch = "wasm32"))]
pub(super) type Hook = Arc<dyn Fn(&Attempt) + Send + Sync>;

/// What is logged, and where to. Off unless a hook is given.
///
/// ```
/// use webpubsub_edge::service::LogOptions;
///
/// let mut log = LogOptions::new(|attempt| {
///     eprintln!("{} {} -> {:?} in {:?}", attempt.method, attempt.url, attempt.status, attempt.duration);
/// });
/// log.shown.additional_allowed_header_names.push("x-azure-ref".into());
/// ```
#[derive(Clone, Default)]
pub struct LogOptions {
    pub(super) hook: Option<Hook>,
    /// What is shown besides what holds no secret of anybody's.
    pub shown: Shown,
    /// Show the bodies of answers.
    pub log_bodies: bool,
}

/// Further names whose values are shown.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Names of headers; `Authorization` is never shown.
    pub additional_allowed_header_names: Vec<String>,
    /// Names of query parameters; `api-version` is shown anyway, `access_token` never.
    pub additional_allowed_query_parameters: Vec<String>,
}

impl LogOptions {
    /// Calls `hook` after every attempt.
    pub fn new(hook: impl Fn(&Attempt) + MaybeSend + MaybeSync + 'static) -> Self {
        Self {
            hook: Some(Arc::new(hook)),
            ..Self::default()
        }
    }
}

impl core::fmt::Debug for LogOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LogOptions")
            .field("on", &self.hook.is_some())
            .finish_non_exhaustive()
    }
}

const HEADERS: &[&str] = &[
    "accept",
    "api-supported-versions",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "server",
    "strict-transport-security",
    "traceparent",
    "transfer-encoding",
    "user-agent",
    "x-ms-client-request-id",
    "x-ms-error-code",
    "x-ms-request-id",
    "x-ms-retry-after-ms",
];

const REDACTED: &str = "REDACTED";

impl Shown {
    /// A URL without the values of unlisted query parameters.
    pub(crate) fn url(&self, url: &str) -> String {
        let Some((path, query)) = url.split_once('?') else {
            return url.to_string();
        };
        let mut shown = path.to_string();
        for (i, parameter) in query.split('&').enumerate() {
            shown.push(if i == 0 { '?' } else { '&' });
            let name = parameter.split('=').next().unwrap_or_default();
            let extra = &self.additional_allowed_query_parameters;
            // Never a credential, whatever the list says.
            let listed = !name.eq_ignore_ascii_case("access_token")
                && extra.iter().any(|known| known.eq_ignore_ascii_case(name));
            if name == "api-version" || listed {
                shown.push_str(parameter);
            } else {
                shown.push_str(name);
                shown.push('=');
                shown.push_str(REDACTED);
            }
        }
        shown
    }

    /// Headers without the values of unlisted ones.
    pub(crate) fn headers<'a>(
        &self,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Vec<(String, String)> {
        let listed = |name: &str| {
            let extra = self.additional_allowed_header_names.iter().map(String::as_str);
            // Never the credential, whatever the list says.
            !name.eq_ignore_ascii_case("authorization")
                && HEADERS
                    .iter()
                    .copied()
                    .chain(extra)
                    .any(|known| known.eq_ignore_ascii_case(name))
        };
        headers
            .map(|(name, value)| {
                (
                    name.to_ascii_lowercase(),
                    if listed(name) { value } else { REDACTED }.to_string(),
                )
            })
            .collect()
    }
}
