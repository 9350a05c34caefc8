//! Requests of the caller's own, for which the client has no verb.
//!
//! In here: any method and path of the service, for what the service supports before this library does. Not in here:
//! which paths are allowed (`core/url.rs`).

use alloc::{boxed::Box, string::String, sync::Arc};
use core::future::IntoFuture;

use super::{
    options::{CallOptions, common_options},
    pipeline::Pipeline,
    transport::{BoxFuture, Transport},
};
use crate::{
    bridge::Values,
    core::{given::Parameter, judge::Expectation},
    error::Result,
    operation::Method,
    request::Request,
};

/// A request of the caller's own that has not been sent: `.await` it to get the response, whatever its status.
#[must_use = "a request is not sent until it is awaited"]
pub struct SendRequest<T: Transport> {
    pipeline: Arc<Pipeline<T>>,
    method: Method,
    path: String,
    query: Values,
    body: Option<(String, T::Body)>,
    options: CallOptions,
}

impl<T: Transport> SendRequest<T> {
    pub(super) fn new(pipeline: &Arc<Pipeline<T>>, method: Method, path: String) -> Self {
        Self {
            pipeline: pipeline.clone(),
            method,
            path,
            query: Values::default(),
            body: None,
            options: CallOptions::default(),
        }
    }

    /// Adds a query parameter; name and value are percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push_pair(Parameter::Query, name, value);
        self
    }

    /// The body and its content type.
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<T::Body>) -> Self {
        self.body = Some((content_type.into(), body.into()));
        self
    }

    common_options!();
}

impl<T: Transport> IntoFuture for SendRequest<T> {
    type Output = Result<T::Response>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (pipeline, options) = (&*self.pipeline, &self.options);
            let (id, given) = (pipeline.request_id(), pipeline.with_headers(&self.query, options));
            let target = pipeline.target(&id);
            let request = Request::of_path(self.method, &self.path, &target, &given, self.body)?;
            let expectation = Expectation::own(self.method);
            pipeline.send(request, expectation, options).await
        })
    }
}
