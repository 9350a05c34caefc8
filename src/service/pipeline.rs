//! The pipeline of a client: every request is signed, sent, judged and retried here.
//!
//! In here: the one loop of the library. Not in here: what is sent (`request.rs`), the judgement of an attempt
//! (`core/judge.rs`).

use alloc::{boxed::Box, format, string::String};
use core::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use super::{
    credential::Credential,
    log::{LogOptions, without},
    options::{CallOptions, ClientOptions},
    tokens::Tokens,
    transport::{Transport, TransportResponse},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    bridge::{Values, seconds, write_text},
    core::{
        endpoint::Base,
        entra,
        error::Fault,
        given::Parameter,
        judge::{Attempt, Expectation, Judgement, Problem, http_date, judge},
        operation::OperationKind,
        text::NO_NUMBER,
    },
    endpoint::{Endpoint, ReverseProxy},
    error::{Error, Result, ServiceError, TransportError},
    json::{Object, ProblemBody},
    message::Message,
    names::Hub,
    request::{Request, Target},
};

/// Everything that the calls of a client share.
pub(super) struct Pipeline<T> {
    pub(super) endpoint: Endpoint,
    pub(super) hub: Hub,
    pub(super) credential: Credential,
    /// The tokens of Entra ID.
    pub(super) tokens: Tokens,
    pub(super) options: ClientOptions,
    pub(super) transport: T,
}

impl<T: Transport> Pipeline<T> {
    /// Runs an operation. Its response has the status of success, or 404 where that is an outcome.
    pub(super) async fn run(
        &self,
        kind: OperationKind,
        values: &Values,
        message: Option<Message<T::Body>>,
        options: &CallOptions,
    ) -> Result<T::Response> {
        let (id, given) = (self.request_id(), self.with_headers(values, options));
        let request = Request::of_operation(kind, &self.target(&id), &given, message)?;
        self.send(request, Expectation::of(kind), options).await
    }

    /// Requests the page that a link leads to.
    pub(super) async fn follow(&self, link: &str, options: &CallOptions) -> Result<T::Response> {
        let (id, given) = (self.request_id(), self.with_headers(&Values::default(), options));
        let request = Request::of_page(link, &self.target(&id), &given)?;
        self.send(request, Expectation::PAGE, options).await
    }

    /// Where clients of the hub connect.
    pub(super) fn clients(&self) -> Base<'_> {
        let proxy = self.options.reverse_proxy.as_ref();
        proxy
            .filter(|_| self.options.reverse_proxy_client_urls)
            .map_or(self.endpoint.base(), ReverseProxy::base)
    }

    pub(super) fn target<'a>(&'a self, request_id: &'a str) -> Target<'a> {
        Target {
            endpoint: &self.endpoint,
            hub: &self.hub,
            api_version: &self.options.api_version,
            request_id,
        }
    }

    /// The values of a call with the headers of the client and of the call; later ones replace earlier ones.
    pub(super) fn with_headers(&self, values: &Values, options: &CallOptions) -> Values {
        let mut values = values.clone();
        values.push_pair(Parameter::Header, "User-Agent", &self.options.user_agent);
        for (name, value) in &options.headers {
            values.push_pair(Parameter::Header, name, value);
        }
        values
    }

    /// A random UUID, version 4; all attempts of a request have the same one.
    pub(super) fn request_id(&self) -> String {
        let (high, low) = (self.transport.random(), self.transport.random());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    /// Sends a request within the timeout of the call.
    pub(super) async fn send(
        &self,
        request: Request<T::Body>,
        expectation: Expectation,
        options: &CallOptions,
    ) -> Result<T::Response> {
        let timeout = options.timeout.unwrap_or(self.options.timeout);
        let attempts = self.attempts(request, expectation, options);
        if timeout.is_zero() {
            return attempts.await;
        }
        race(attempts, self.transport.sleep(timeout))
            .await
            .unwrap_or_else(|()| Err(Error::timeout(timeout)))
    }

    async fn attempts(
        &self,
        mut request: Request<T::Body>,
        expectation: Expectation,
        options: &CallOptions,
    ) -> Result<T::Response> {
        let signed_url = request.url.clone();
        if let Some(proxy) = &self.options.reverse_proxy {
            let path = signed_url
                .strip_prefix(self.endpoint.as_str())
                .unwrap_or_default();
            request.url = [proxy.as_str(), path].concat();
        }
        let insecure_allowed = options.allow_insecure_connection || self.options.allow_insecure_connection;
        self.sends_to()
            .check_private(self.credential.is_bearer(), insecure_allowed)?;
        let log = options.log.as_ref().unwrap_or(&self.options.log);
        let policy = options.retry.as_ref().unwrap_or(&self.options.retry).policy();
        let (mut number, mut claims) = (0, None);
        loop {
            number += 1;
            let started = self.transport.now();
            let mut attempt = request.clone();
            // Signed anew for every attempt, so that a key may change in between.
            let token = self
                .credential
                .token(&signed_url, &self.tokens, claims.as_deref(), &self.transport)
                .await?;
            attempt
                .headers
                .push(("Authorization".into(), format!("Bearer {token}")));
            let record = log.begin(number, &attempt);
            let result = self.transport.send(attempt).await;
            let now = self.transport.now();
            if let Some(record) = record {
                record.end(&result, now.saturating_sub(started), expectation.secret, &token);
            }
            if let Ok(response) = &result
                && response.status() == 401
                && self.credential.is_bearer()
            {
                self.tokens.forget(&token);
                // Once: an issuer that does not grant the claims would be asked for them again and again.
                if claims.is_none() {
                    claims = challenge(response);
                    if claims.is_some() {
                        continue;
                    }
                }
            }
            let [milliseconds, official, seconds_or_date] = retry_after(&result);
            let response = result.as_ref().ok();
            let content_type = response
                .and_then(|response| response.header("content-type"))
                .unwrap_or_default();
            let judgement = judge(
                &expectation,
                &policy,
                &Attempt {
                    number,
                    status: result.as_ref().ok().map(TransportResponse::status),
                    content_type: content_type.as_bytes(),
                    retry_after: [
                        milliseconds.as_bytes(),
                        official.as_bytes(),
                        seconds_or_date.as_bytes(),
                    ],
                    retry_at: http_date(seconds_or_date.as_bytes()).unwrap_or(NO_NUMBER),
                    now: seconds(now),
                    random: self.transport.random() as u32,
                },
            );
            match (judgement, result) {
                (Judgement::Retry(delay), _) => {
                    self.transport.sleep(Duration::from_millis(delay.into())).await;
                }
                (Judgement::Done, Ok(response)) => return Ok(response),
                (Judgement::Fail(_), Ok(response)) if expectation.accepts(response.status()) => {
                    return Err(Fault::WebPage.into());
                }
                (Judgement::Fail(_), Ok(response)) => {
                    return Err(service_error(&request, &response, &token, log, now));
                }
                (_, Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Where requests are sent: to the proxy, if there is one.
    fn sends_to(&self) -> Base<'_> {
        let proxy = self.options.reverse_proxy.as_ref();
        proxy.map_or(self.endpoint.base(), ReverseProxy::base)
    }
}

/// The first of two futures to complete; the other one is dropped.
pub(super) async fn race<A: Future, B: Future>(a: A, b: B) -> Result<A::Output, B::Output> {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|cx| match a.as_mut().poll(cx) {
        Poll::Ready(a) => Poll::Ready(Ok(a)),
        Poll::Pending => b.as_mut().poll(cx).map(Err),
    })
    .await
}

/// The headers by which the service asks for a delay; empty ones are missing.
pub(super) fn retry_after<R: TransportResponse>(result: &Result<R, TransportError>) -> [String; 3] {
    ["retry-after-ms", "x-ms-retry-after-ms", "retry-after"].map(|name| {
        let response = result.as_ref().ok();
        response
            .and_then(|response| response.header(name))
            .unwrap_or_default()
    })
}

/// The claims that a response asks for, as JSON.
fn challenge<R: TransportResponse>(response: &R) -> Option<String> {
    let header = response.header("www-authenticate")?;
    let claims = STANDARD.decode(entra::challenge(header.as_bytes())?).ok()?;
    String::from_utf8(claims).ok()
}

/// The error that a response means, without the token of the request, which a service or a proxy may echo.
fn service_error<B, R: TransportResponse>(
    request: &Request<B>,
    response: &R,
    token: &str,
    log: &LogOptions,
    now: Duration,
) -> Error {
    let without = |text: String| without(token, &text);
    let header = |name: &str| response.header(name).unwrap_or_default();
    let (status, method) = (response.status(), request.method.as_str());
    let (header_code, date) = (header("x-ms-error-code"), header("date"));
    let body: ProblemBody = response.json().map(|Object(body)| body).unwrap_or_default();
    let problem = Problem {
        status,
        method: method.as_bytes(),
        code: body.code.0.as_bytes(),
        message: body.message.0.as_bytes(),
        title: body.title.0.as_bytes(),
        header_code: header_code.as_bytes(),
        date: http_date(date.as_bytes()).unwrap_or(NO_NUMBER),
        now: seconds(now),
    };
    let optional = |text: String| (!text.is_empty()).then_some(text);
    Error::Service(Box::new(ServiceError {
        status,
        code: optional(without(write_text(|sink| sink.text(problem.code())))),
        message: without(write_text(|sink| problem.write_message(sink))),
        target: optional(without(body.target.0)),
        request: (method, log.shown.url(&request.url)),
        headers: response
            .headers()
            .into_iter()
            .map(|(name, value)| (name, without(value)))
            .collect(),
        body: without(response.text()),
    }))
}
