//! Who may use the admin port: this machine's programs, and the page that the port itself serves.
//!
//! A browser on this machine also sends requests for pages of other sites. Their `Origin` header names the site, requests
//! without it have `Sec-Fetch-Site`, and a foreign name that resolves to this machine (DNS rebinding) is in `Host`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::input::AdminError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// The page loads its own two files and calls its own API. Nothing can be injected: no inline code, no markup from text.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// The hosts by which the port is reached.
pub(super) struct Guard {
    hosts: [String; 3],
}

impl Guard {
    pub(super) fn new(port: u16) -> Self {
        Self {
            hosts: ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")),
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host))
    }

    fn admit(&self, request: &Request) -> Result<(), String> {
        // Some have several values: all are checked.
        let values = |name: HeaderName| {
            let values = request.headers().get_all(name).into_iter();
            values.map(|value| value.to_str().unwrap_or("?").to_owned())
        };
        let mut hosts = values(HOST).peekable();
        if hosts.peek().is_none() || !hosts.all(|host| self.is_ours(&host)) {
            return Err(format!(
                "The Host header must be one of {}.",
                self.hosts.join(", ")
            ));
        }
        let is_own = |origin: &str| {
            origin
                .strip_prefix("http://")
                .is_some_and(|host| self.is_ours(host))
        };
        if let Some(origin) = values(ORIGIN).find(|origin| !is_own(origin)) {
            return Err(format!("Pages of {origin} may not use the admin API."));
        }
        // A link to the page is fine.
        let is_page = !request.uri().path().starts_with("/api");
        match values(SEC_FETCH_SITE).find(|site| !matches!(site.as_str(), "same-origin" | "none")) {
            Some(_) if !is_page => Err("Pages of other sites may not use the admin API.".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Lets only own requests through, and protects the responses.
pub(super) async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.admit(&request) {
        Ok(()) => next.run(request).await,
        Err(reason) => {
            tracing::warn!(reason, "admin request refused");
            AdminError::new(StatusCode::FORBIDDEN, reason).into_response()
        }
    };
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (RESOURCE_POLICY, "same-origin"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
