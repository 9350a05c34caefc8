//! One request of a client: signed, sent, repeated where that is right, and judged.
//!
//! In here: the only loop of the library. Not in here: what is worth another attempt (`retry.rs`), what
//! success is (`operation.rs`).

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use super::{
    call::CallOptions,
    client::Core,
    observe::{Attempt, LogOptions},
    transport::{Answer, Transport},
};
use crate::{
    error::{Error, Result, ServiceError, TransportError, TransportErrorKind},
    json::Json,
    operation::Request,
    retry::{Outcome, http_date},
};

/// How far clocks may be apart before the service refuses a token for it.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// The first of two futures to end; the other one is dropped.
pub(crate) async fn race<A: Future, B: Future>(a: A, b: B) -> core::result::Result<A::Output, B::Output> {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|cx| match a.as_mut().poll(cx) {
        Poll::Ready(a) => Poll::Ready(Ok(a)),
        Poll::Pending => b.as_mut().poll(cx).map(Err),
    })
    .await
}

/// What counts as an answer.
#[derive(Clone, Copy)]
pub(super) struct Expect {
    /// The status of success; none for any status.
    pub(super) success: Option<u16>,
    /// A 404 is an answer too.
    pub(super) not_found: bool,
    /// May be repeated although its fate is unknown.
    pub(super) repeatable: bool,
    /// The answer holds a token, which no log may show.
    pub(super) secret: bool,
}

impl<T: Transport> Core<T> {
    /// Sends a request within the caller's time.
    pub(super) async fn exchange(
        &self,
        request: Request<T::Body>,
        options: &CallOptions,
        expect: Expect,
    ) -> Result<T::Answer> {
        let timeout = options.timeout.unwrap_or(self.options.timeout);
        if timeout.is_zero() {
            return self.attempts(request, options, expect).await;
        }
        match race(self.attempts(request, options, expect), self.transport.sleep(timeout)).await {
            Ok(result) => result,
            Err(()) => Err(Error::Transport(TransportError {
                kind: TransportErrorKind::Timeout,
                message: format!(
                    "The service did not answer within {} ms: check the endpoint, or give more time",
                    timeout.as_millis() as u64
                )
                .into(),
                cause: None,
            })),
        }
    }

    async fn attempts(
        &self,
        mut request: Request<T::Body>,
        options: &CallOptions,
        expect: Expect,
    ) -> Result<T::Answer> {
        let signed_url = request.url.clone();
        let proxied = self.options.reverse_proxy.as_ref().and_then(|p| p.rebase(&signed_url, &self.origin));
        self.credential.check_connection(self.goes_private())?;
        request.url = proxied.unwrap_or(request.url);
        set(&mut request.headers, "x-ms-client-request-id".into(), self.request_id());
        set(&mut request.headers, "User-Agent".into(), self.options.user_agent.clone());
        for (name, value) in &options.headers {
            set(&mut request.headers, Cow::Owned(name.clone()), value.clone());
        }
        let log = options.log.as_ref().unwrap_or(&self.options.log);
        let retry = options.retry.as_ref().unwrap_or(&self.options.retry);
        let mut number = 0;
        loop {
            number += 1;
            let started = self.transport.now();
            let mut attempt = request.clone();
            let authorization = self.credential.authorization(&signed_url, &self.token, started).await?;
            set(&mut attempt.headers, "Authorization".into(), authorization);
            let record = Observed::new(log, number, &attempt);
            let answer = self.transport.send(attempt).await;
            let now = self.transport.now();
            record.done(&answer, now.saturating_sub(started), expect);
            let answer = match answer {
                Ok(answer) if expect.accepts(answer.status()) => return Ok(answer),
                answer => answer,
            };
            let outcome = match &answer {
                Ok(answer) => {
                    Outcome::Answered { status: answer.status(), header: &|name: &str| answer.header(name) }
                }
                Err(_) => Outcome::Unknown,
            };
            let wait = retry.next(number, outcome, expect.repeatable, now, unit(self.transport.random()));
            let failure = match answer {
                Ok(answer) => service_error(&request, &answer, log, now),
                Err(error) => error.into(),
            };
            match wait {
                Some(wait) => self.transport.sleep(wait).await,
                None => return Err(failure),
            }
        }
    }

    /// Whether nobody but the service and its proxy can read the requests, or the caller took that on itself.
    fn goes_private(&self) -> bool {
        let endpoint = self.options.reverse_proxy.as_ref().map_or(&self.endpoint, |proxy| proxy.endpoint());
        endpoint.is_secure() || self.options.allow_insecure_connection
    }

    /// A random UUID, version 4, the same for every attempt of a request.
    fn request_id(&self) -> String {
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
}

impl Expect {
    fn accepts(self, status: u16) -> bool {
        self.success.is_none_or(|success| success == status) || (self.not_found && status == 404)
    }
}

/// Random bits as a number from 0 up to 1.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Sets a header, in place of one of the same name.
fn set(headers: &mut Vec<(Cow<'static, str>, String)>, name: Cow<'static, str>, value: String) {
    headers.retain(|(n, _)| !n.eq_ignore_ascii_case(&name));
    headers.push((name, value));
}

/// An attempt that somebody watches; nothing is gathered for it otherwise.
struct Observed<'a>(Option<(&'a LogOptions, Attempt)>);

impl<'a> Observed<'a> {
    fn new<B>(log: &'a LogOptions, number: u32, request: &Request<B>) -> Self {
        Self(log.hook.is_some().then(|| {
            let attempt = Attempt {
                number,
                method: request.method.as_str(),
                url: log.url(&request.url),
                request_headers: log.headers(request.headers.iter().map(|(n, v)| (&**n, v.as_str()))),
                ..Attempt::default()
            };
            (log, attempt)
        }))
    }

    fn done<A: Answer>(self, answer: &Result<A, TransportError>, duration: Duration, expect: Expect) {
        let Some((log, mut attempt)) = self.0 else { return };
        attempt.duration = duration;
        match answer {
            Ok(answer) => {
                attempt.status = Some(answer.status());
                let headers = answer.headers();
                attempt.response_headers = log.headers(headers.iter().map(|(n, v)| (n.as_str(), v.as_str())));
                attempt.response_body = (log.log_bodies && !expect.secret).then(|| answer.text());
            }
            Err(error) => attempt.error = Some(error.message.to_string()),
        }
        if let Some(hook) = &log.hook {
            hook(&attempt);
        }
    }
}

/// The error that an answer is, in any of the three shapes that the service has for it: JSON, problem+json, and
/// headers alone after HEAD.
fn service_error<B, A: Answer>(request: &Request<B>, answer: &A, log: &LogOptions, now: Duration) -> Error {
    let status = answer.status();
    let json = answer.json();
    let member = |name: &str| json.as_ref().and_then(|json| json.get(name)).and_then(|value| value.text());
    let code = member("code").or_else(|| answer.header("x-ms-error-code")).filter(|code| !code.is_empty());
    let said = member("message").or_else(|| member("title")).filter(|message| !message.is_empty());
    let mut message = said.unwrap_or_else(|| {
        format!("The service answered {status} to {} without saying why", request.method.as_str())
    });
    if status == 401 {
        message.push_str(&unauthorized_hint(answer, now));
    }
    Error::Service(alloc::boxed::Box::new(ServiceError {
        status,
        code,
        message,
        target: member("target"),
        request: (request.method.as_str(), log.url(&request.url)),
        headers: answer.headers(),
        body: answer.text(),
    }))
}

/// Which of the three usual causes it is: the service's clock tells.
fn unauthorized_hint<A: Answer>(answer: &A, now: Duration) -> String {
    let Some(date) = answer.header("date").and_then(|date| http_date(&date)) else {
        return " (check the access key, and that the endpoint is the service's own)".into();
    };
    let apart = now.abs_diff(date);
    if apart > CLOCK_SKEW {
        return format!(
            " (the clock here is {} s {} the service's: set it right)",
            apart.as_secs(),
            if now > date { "ahead of" } else { "behind" }
        );
    }
    " (the clock is right, so check the access key, which may have been regenerated; with a proxy or a custom \
     domain, check that the endpoint is the service's own, since it is the audience of the token)"
        .into()
}
