//! Requests for which the client has no verb.
//!
//! In here: the way out for what the service learns before this library does: any method and path of the
//! service, signed, sent and repeated as a verb is. Not in here: the operations that are known (`operation.rs`).

use alloc::{borrow::Cow, boxed::Box, string::String, sync::Arc};
use core::future::IntoFuture;

use super::{
    call::{CallOptions, common_options},
    client::{Core, WebPubSubServiceClient},
    exchange::Expect,
    transport::{BoxFuture, Transport},
};
use crate::{
    error::{Error, Result},
    names::encode,
    operation::{Method, Request},
};

/// A request of the caller's own that was not sent yet: `.await` it, and get the answer whatever its status.
#[must_use = "a request is not sent until it is awaited"]
pub struct SendRequest<T: Transport> {
    core: Arc<Core<T>>,
    method: Method,
    target: String,
    body: Option<(String, T::Body)>,
    options: CallOptions,
}

impl<T: Transport> WebPubSubServiceClient<T> {
    /// Sends a signed request for which there is no verb, and gives its answer, whatever the status.
    ///
    /// The path begins with `/`, holds its names percent-encoded, and may have a query. Unless that says an
    /// `api-version`, the client's is added. A POST is repeated as a send is, the other methods always: see
    /// [`RetryOptions`](crate::RetryOptions). A path that URL parsers would rewrite fails with the code
    /// `InvalidPath`, because the request would not be the one that was signed.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, operation::Method, service::{Answer, Transport}};
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let answer = service
    ///     .send_request(Method::Post, "/api/hubs/chat/:send")
    ///     .query("filter", "userId ne null")
    ///     .body("text/plain", "hello")
    ///     .await?;
    /// assert_eq!(answer.status(), 202);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_request(&self, method: Method, path: impl Into<String>) -> SendRequest<T> {
        SendRequest {
            core: self.core.clone(),
            method,
            target: path.into(),
            body: None,
            options: CallOptions::default(),
        }
    }
}

impl<T: Transport> SendRequest<T> {
    /// Adds a parameter to the query; both are percent-encoded here.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.target
            .push(if self.target.contains('?') { '&' } else { '?' });
        encode(name, &mut self.target);
        self.target.push('=');
        encode(value, &mut self.target);
        self
    }

    /// The body and what it is.
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<T::Body>) -> Self {
        self.body = Some((content_type.into(), body.into()));
        self
    }

    common_options!();

    fn request(&mut self) -> Result<Request<T::Body>> {
        check_spelling(&self.target)?;
        let mut url = [&*self.core.endpoint.origin(), &self.target].concat();
        self.core.endpoint.check_own(&url)?;
        let query = url.split_once('?').map(|(_, query)| query);
        let versioned = |query: &str| query.split('&').any(|p| p.starts_with("api-version="));
        if !query.is_some_and(versioned) {
            url.push(if query.is_some() { '&' } else { '?' });
            url.push_str("api-version=");
            encode(&self.core.options.api_version, &mut url);
        }
        let (content_type, body) = self.body.take().unzip();
        Ok(Request {
            method: self.method,
            url,
            headers: content_type
                .map(|is| (Cow::Borrowed("Content-Type"), is))
                .into_iter()
                .collect(),
            body,
        })
    }
}

/// Refuses what a URL parser would rewrite.
fn check_spelling(target: &str) -> Result<()> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%!$&()*+,;=:@/".contains(&b);
    let dot = |segment: &str| segment.replace("%2e", ".").replace("%2E", ".");
    let folded = |segment: &str| matches!(&*dot(segment), "." | "..");
    if path.bytes().all(|b| plain(b) || b == b'\'')
        && !path.split('/').any(folded)
        && query.bytes().all(|b| plain(b) || b == b'?')
    {
        return Ok(());
    }
    Err(Error::invalid(
        "InvalidPath",
        "The path of the request is not as URL parsers keep it: percent-encode the names in it, and leave out the \
         segments . and ..",
    ))
}

impl<T: Transport> IntoFuture for SendRequest<T> {
    type Output = Result<T::Answer>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let request = self.request()?;
            let expect = Expect {
                success: None,
                not_found: true,
                repeatable: request.method != Method::Post,
                secret: true,
            };
            self.core.exchange(request, &self.options, expect).await
        })
    }
}
