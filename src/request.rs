//! Requests as plain values: all of a request except its credential.
//!
//! In here: the three kinds of requests, put together from the steps of the core: an operation, the page that a link
//! leads to, and a path of the caller's own. Not in here: those steps (`core/`), signing and sending
//! (`service/pipeline.rs`).

use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::{
    bridge::{Values, text, write, write_text},
    core::{
        endpoint::Base,
        error::Fault,
        headers::{HeaderSink, Standard, write_headers},
        operation::{Method, OperationKind},
        redact::Allowed,
        url::{write_next_page, write_own},
    },
    endpoint::Endpoint,
    error::{Error, Result},
    message::{ContentType, Message},
    names::Hub,
};

/// A request as a plain value. The credential goes into the `Authorization` header when the request is sent.
#[derive(Clone)]
pub struct Request<B> {
    /// The method.
    pub method: Method,
    /// The absolute URL, in the spelling that URL parsers keep.
    pub url: String,
    /// Names and values, each name once.
    pub headers: Vec<(String, String)>,
    /// The payload, if there is one.
    pub body: Option<B>,
}

/// Shows neither the body nor values of headers and query parameters that may be secrets.
impl<B> fmt::Debug for Request<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Allowed::default();
        let url = write_text(|sink| shown.write_url(self.url.as_bytes(), sink));
        let headers = self.headers.iter().map(|(name, value)| {
            let value = shown.header(name.as_bytes(), value.as_bytes());
            (name, text(value))
        });
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &url)
            .field("headers", &headers.collect::<Vec<_>>())
            .field("has_body", &self.body.is_some())
            .finish()
    }
}

/// The service that a request is for, and the id of the request.
pub(crate) struct Target<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) hub: &'a Hub,
    pub(crate) api_version: &'a str,
    /// Empty for a request without an id.
    pub(crate) request_id: &'a str,
}

impl<B> Request<B> {
    /// The request of an operation.
    pub(crate) fn of_operation(
        kind: OperationKind,
        target: &Target<'_>,
        given: &Values,
        message: Option<Message<B>>,
    ) -> Result<Self>
    where
        B: From<String>,
    {
        let (url, ()) = write(|sink| {
            let hub = target.hub.as_str().as_bytes();
            kind.write_url(target.base(), hub, target.api_version.as_bytes(), &given, sink)
        })?;
        let (content_type, body) = if kind.sends() {
            let message = message
                .ok_or_else(|| Error::invalid_message("The message is missing: give text, JSON or bytes"))?;
            (message.content_type.as_str(), Some(message.body))
        } else if kind.has_groups() {
            let (json, ()) = write(|sink| kind.write_body(&given, sink))?;
            (ContentType::Json.as_str(), Some(B::from(json)))
        } else {
            ("", None)
        };
        let standard = Standard {
            accepts_json: kind.method().asks_for_json(),
            ..target.headers(content_type)
        };
        Ok(Self {
            method: kind.method(),
            url,
            headers: headers(&standard, kind.sends(), given)?,
            body,
        })
    }

    /// The request for the page that a link of the service leads to.
    pub(crate) fn of_page(link: &str, target: &Target<'_>, given: &Values) -> Result<Self> {
        let standard = Standard {
            accepts_json: Method::Get.asks_for_json(),
            ..target.headers("")
        };
        Ok(Self {
            method: Method::Get,
            url: write(|sink| write_next_page(link.as_bytes(), target.base(), sink))?.0,
            headers: headers(&standard, false, given)?,
            body: None,
        })
    }

    /// A request of the caller's own; the body has its content type in front.
    pub(crate) fn of_path(
        method: Method,
        path: &str,
        target: &Target<'_>,
        given: &Values,
        body: Option<(String, B)>,
    ) -> Result<Self> {
        let (url, ()) = write(|sink| {
            let api_version = target.api_version.as_bytes();
            write_own(path.as_bytes(), target.base(), api_version, &given, sink)
        })?;
        let (content_type, body) = body.unzip();
        let standard = target.headers(content_type.as_deref().unwrap_or_default());
        Ok(Self {
            method,
            url,
            headers: headers(&standard, false, given)?,
            body,
        })
    }
}

impl<'a> Target<'a> {
    fn base(&self) -> Base<'a> {
        self.endpoint.base()
    }

    fn headers(&self, content_type: &'a str) -> Standard<'a> {
        Standard {
            content_type: content_type.as_bytes(),
            request_id: self.request_id.as_bytes(),
            ..Standard::default()
        }
    }
}

fn headers(standard: &Standard<'_>, sends: bool, given: &Values) -> Result<Vec<(String, String)>, Fault> {
    let mut headers = Headers(Vec::new());
    write_headers(standard, sends, &given, &mut headers)?;
    Ok(headers.0)
}

/// Collects headers.
struct Headers(Vec<(String, String)>);

impl HeaderSink for Headers {
    fn name(&mut self, prefix: &[u8], name: &[u8]) {
        self.0.push(([text(prefix), text(name)].concat(), String::new()));
    }

    fn value(&mut self, piece: &[u8]) {
        if let Some((_, value)) = self.0.last_mut() {
            value.push_str(text(piece));
        }
    }
}
