//! Records of requests, without any secret.
//!
//! In here: the record of an attempt, and the hook that receives it. Not in here: which values may be shown
//! (`core/redact.rs`).

use alloc::{
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::time::Duration;

use super::transport::{MaybeSend, MaybeSync, TransportResponse};
use crate::{
    bridge::{text, write_text},
    core::redact::{Allowed, REDACTED},
    error::TransportError,
    request::Request,
};

/// A finished attempt of a request. All texts are redacted.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// Counts from 1.
    pub number: u32,
    /// The method.
    pub method: &'static str,
    /// The URL that it was sent to; values of unlisted query parameters are `REDACTED`.
    pub url: String,
    /// The request headers; values of unlisted ones are `REDACTED`.
    pub request_headers: Vec<(String, String)>,
    /// The HTTP status, if the service responded.
    pub status: Option<u16>,
    /// The response headers, redacted in the same way.
    pub response_headers: Vec<(String, String)>,
    /// Why no response was received.
    pub error: Option<String>,
    /// How long it took.
    pub duration: Duration,
    /// The response body, if `log_bodies` is set and the response holds no token.
    pub response_body: Option<String>,
}

#[cfg(target_arch = "wasm32")]
type Hook = Arc<dyn Fn(&Attempt)>;
#[cfg(not(target_arch = "wasm32"))]
type Hook = Arc<dyn Fn(&Attempt) + Send + Sync>;

/// Options for logging. Nothing is logged without a hook.
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
    hook: Option<Hook>,
    /// Further headers and query parameters to show.
    pub shown: Shown,
    /// Whether response bodies are shown. Default: false.
    pub log_bodies: bool,
}

/// Further headers and query parameters whose values are shown.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Names of headers. `Authorization` is never shown.
    pub additional_allowed_header_names: Vec<String>,
    /// Names of query parameters. `api-version` is always shown, `access_token` never.
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

    /// Begins the record of an attempt; none without a hook.
    pub(super) fn begin<B>(&self, number: u32, request: &Request<B>) -> Option<Record<'_>> {
        self.hook.as_ref().map(|hook| Record {
            hook,
            log: self,
            attempt: Attempt {
                number,
                method: request.method.as_str(),
                url: self.shown.url(&request.url),
                request_headers: self.shown.headers(&request.headers),
                ..Attempt::default()
            },
        })
    }
}

impl core::fmt::Debug for LogOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LogOptions")
            .field("on", &self.hook.is_some())
            .finish_non_exhaustive()
    }
}

impl Shown {
    /// A URL without the values of unlisted query parameters.
    pub(super) fn url(&self, url: &str) -> String {
        let parameters = self.additional_allowed_query_parameters.join(",");
        let allowed = Allowed {
            headers: b"",
            parameters: parameters.as_bytes(),
        };
        write_text(|sink| allowed.write_url(url.as_bytes(), sink))
    }

    /// Headers, names in lower case, without the values of unlisted ones.
    fn headers(&self, headers: &[(String, String)]) -> Vec<(String, String)> {
        let names = self.additional_allowed_header_names.join(",");
        let allowed = Allowed {
            headers: names.as_bytes(),
            parameters: b"",
        };
        let shown = headers.iter().map(|(name, value)| {
            let value = allowed.header(name.as_bytes(), value.as_bytes());
            (
                name.to_ascii_lowercase(),
                String::from_utf8_lossy(value).into_owned(),
            )
        });
        shown.collect()
    }
}

/// A text of a response without the token of its request.
pub(super) fn without(token: &str, shown: &str) -> String {
    shown.replace(token, text(REDACTED))
}

/// The record of an attempt in progress.
pub(super) struct Record<'a> {
    hook: &'a Hook,
    log: &'a LogOptions,
    attempt: Attempt,
}

impl Record<'_> {
    /// Completes the record and calls the hook. A secret body is not shown, nor the token of the request where the response
    /// echoes it.
    pub(super) fn end<R: TransportResponse>(
        mut self,
        result: &Result<R, TransportError>,
        duration: Duration,
        is_secret: bool,
        token: &str,
    ) {
        self.attempt.duration = duration;
        match result {
            Ok(response) => {
                self.attempt.status = Some(response.status());
                let mut headers = self.log.shown.headers(&response.headers());
                for (_, value) in &mut headers {
                    *value = without(token, value);
                }
                self.attempt.response_headers = headers;
                let shows_body = self.log.log_bodies && !is_secret;
                self.attempt.response_body = shows_body.then(|| without(token, &response.text()));
            }
            Err(error) => self.attempt.error = Some(error.message.to_string()),
        }
        (self.hook)(&self.attempt);
    }
}
