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
    error::{Error, Result, ServiceError, TransportError, TransportErrorKind, describe},
    json::Json,
    operation::Request,
    retry::{Outcome, RetryAfter, RetryOptions},
};

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
        match race(
            self.attempts(request, options, expect),
            self.transport.sleep(timeout),
        )
        .await
        {
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
        let proxied = self
            .options
            .reverse_proxy
            .as_ref()
            .and_then(|p| p.rebase(&signed_url, &self.origin));
        self.credential
            .check_connection(self.is_private(options.allow_insecure_connection))?;
        request.url = proxied.unwrap_or(request.url);
        set(
            &mut request.headers,
            "x-ms-client-request-id".into(),
            self.request_id(),
        );
        set(
            &mut request.headers,
            "User-Agent".into(),
            self.options.user_agent.clone(),
        );
        for (name, value) in &options.headers {
            check_header(name, value)?;
            set(&mut request.headers, Cow::Owned(name.clone()), value.clone());
        }
        let log = options.log.as_ref().unwrap_or(&self.options.log);
        let retry = options.retry.as_ref().unwrap_or(&self.options.retry);
        let mut number = 0;
        loop {
            number += 1;
            let started = self.transport.now();
            let mut attempt = request.clone();
            let authorization = self
                .credential
                .authorization(&signed_url, &self.token, started)
                .await?;
            set(&mut attempt.headers, "Authorization".into(), authorization);
            let record = Observed::new(log, number, &attempt);
            let answer = self.transport.send(attempt).await;
            let now = self.transport.now();
            record.done(&answer, now.saturating_sub(started), expect);
            if let Some(wait) = self.next_attempt(retry, number, &answer, expect, now) {
                self.transport.sleep(wait).await;
                continue;
            }
            return match answer {
                Ok(answer) if expect.accepts(answer.status()) => Ok(answer),
                Ok(answer) => Err(service_error(&request, &answer, log, now)),
                Err(error) => Err(error.into()),
            };
        }
    }

    /// How long to wait before the next attempt, if there is one.
    fn next_attempt(
        &self,
        retry: &RetryOptions,
        number: u32,
        answer: &Result<T::Answer, TransportError>,
        expect: Expect,
        now: Duration,
    ) -> Option<Duration> {
        let header = |name: &str| answer.as_ref().ok().and_then(|answer| answer.header(name));
        let milliseconds = header("retry-after-ms").or_else(|| header("x-ms-retry-after-ms"));
        let seconds_or_date = header("retry-after");
        let retry_after = RetryAfter {
            milliseconds: milliseconds.as_deref(),
            seconds_or_date: seconds_or_date.as_deref(),
        };
        let outcome = match answer {
            Ok(answer) => Outcome::Answered {
                status: answer.status(),
                retry_after,
            },
            Err(_) => Outcome::Unknown,
        };
        let random = self.transport.random() as u32;
        retry.next(number, outcome, expect.repeatable, now, random)
    }

    /// Whether nobody but the service and its proxy can read the requests.
    fn is_private(&self, allowed: bool) -> bool {
        let endpoint = self
            .options
            .reverse_proxy
            .as_ref()
            .map_or(&self.endpoint, |proxy| proxy.endpoint());
        endpoint.is_private(allowed || self.options.allow_insecure_connection)
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

/// Refuses what no header may hold; hosts would fail on it later, each in its own way.
pub(crate) fn check_header(name: &str, value: &str) -> Result<()> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let allowed = |c: char| c == '\t' || !(c < ' ' || c == '\u{7f}' || c > '\u{ff}');
    if !name.is_empty() && name.bytes().all(token) && value.chars().all(allowed) {
        return Ok(());
    }
    Err(Error::invalid(
        "InvalidHeader",
        "A custom header is not allowed: its name is letters, digits or - and the like, its value one line of Latin-1",
    ))
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
                url: log.shown.url(&request.url),
                request_headers: log
                    .shown
                    .headers(request.headers.iter().map(|(n, v)| (&**n, v.as_str()))),
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
                attempt.response_headers = log
                    .shown
                    .headers(headers.iter().map(|(n, v)| (n.as_str(), v.as_str())));
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
    let said = |text: &String| !text.is_empty();
    let member = |name: &str| {
        json.as_ref()
            .and_then(|json| json.get(name))
            .and_then(|value| value.text())
            .filter(said)
    };
    let code = member("code").or_else(|| answer.header("x-ms-error-code").filter(said));
    let message = member("message").or_else(|| member("title"));
    let date = answer.header("date");
    let message = describe(
        status,
        request.method.as_str(),
        message.as_deref(),
        date.as_deref(),
        now,
    );
    Error::Service(alloc::boxed::Box::new(ServiceError {
        status,
        code,
        message,
        target: member("target"),
        request: (request.method.as_str(), log.shown.url(&request.url)),
        headers: answer.headers(),
        body: answer.text(),
    }))
}
