//! The operations of the service client, except for its tokens (`tokens.rs`).
//!
//! Each takes its texts in the order in which `pkg/src/` writes them, calls the core, and writes the output.

use super::Written;
use super::arguments::{Arguments, status};
use crate::core::access_key::AccessKey;
use crate::core::connection_string::ConnectionString;
use crate::core::endpoint::{Address, Base, host_of};
use crate::core::entra::{SCOPE, check_token};
use crate::core::error::{Fault, Kind};
use crate::core::filter::write_literal;
use crate::core::given::Place;
use crate::core::headers::{HeaderSink, Standard, write_headers};
use crate::core::judge::{
    Attempt, Expectation, Judgement, MAX_RESPONSE_BYTES, Problem, RetryPolicy, TIMEOUT, judge as judged,
};
use crate::core::names::{Name, check_hub};
use crate::core::operation::{API_VERSION, Method, OperationKind};
use crate::core::redact::Allowed;
use crate::core::roles::{Groups, Role, write_escaped, write_role};
use crate::core::sink::Sink;
use crate::core::text::{NO_NUMBER, equal, index_of, number, split_first};
use crate::core::token::write_request_token;
use crate::core::url::{write_continuation_token, write_next_page, write_own};

/// Connection string or endpoint, whether it is a connection string, access key, hub, reverse proxy with a blank in front.
/// Gives the endpoint, the proxy, the access key, then defaults: API version, scope, timeout, largest response.
pub(super) fn client(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [target, is_connection_string, mut key, hub, proxy, ..] = arguments.texts;
    check_hub(hub)?;
    if is_connection_string.is_empty() {
        Address::endpoint(target)?.write(sink);
    } else {
        let parsed = ConnectionString::parse(target)?;
        key = parsed.access_key.expose();
        parsed.endpoint.write(sink);
    }
    sink.end_field();
    if !proxy.is_empty() {
        Address::proxy(proxy)?.write(sink);
    }
    sink.end_field();
    sink.field(key);
    sink.field(API_VERSION.as_bytes());
    sink.text(SCOPE.as_bytes());
    for default in [TIMEOUT, MAX_RESPONSE_BYTES] {
        sink.end_field();
        sink.number(default);
    }
    Ok(())
}

/// Writes the plan of a request whose URL the sink holds, as fields: that URL, which is what is signed; the URL to send to;
/// the method; the statuses that are an outcome; whether it may be repeated; whether the response is a secret; the token; the
/// body; then headers, name and value in turn.
///
/// Behind the two texts of its own, every request has: time in seconds, endpoint, reverse proxy or nothing, hub, API version,
/// access key or nothing, whether bearer tokens may go over http, content type, request id, prefix of the user agent.
fn write_plan(
    arguments: &Arguments<'_>,
    method: Method,
    expectation: &Expectation,
    operation: Option<OperationKind>,
    sink: &mut Sink<'_>,
) -> Written {
    let [
        _,
        _,
        now,
        endpoint,
        proxy,
        _,
        _,
        key,
        insecure,
        content_type,
        request_id,
        user_agent_prefix,
        ..,
    ] = arguments.texts;
    let url = sink.len();
    let to = if proxy.is_empty() { endpoint } else { proxy };
    Base(to).check_private(key.is_empty(), !insecure.is_empty())?;
    sink.end_field();
    sink.text(to);
    sink.repeat(endpoint.len(), url);
    sink.end_field();
    sink.field(method.name());
    if let Some(success) = expectation.success {
        sink.number(success.into());
    }
    sink.field(if expectation.not_found { b",404" } else { b"" });
    sink.field(flag(expectation.repeatable));
    sink.field(flag(expectation.secret));
    if !key.is_empty() {
        write_request_token(AccessKey::new(key)?, 0, url, number(now), sink)?;
    }
    sink.end_field();
    let mut standard = Standard {
        accepts_json: expectation.success.is_some() && method.asks_for_json(),
        content_type,
        request_id,
        user_agent_prefix,
    };
    let mut sends = false;
    if let Some(operation) = operation {
        sends = operation.sends();
        if operation.has_groups() {
            operation.write_body(&arguments.given, sink)?;
            standard.content_type = b"application/json";
        }
    }
    write_headers(&standard, sends, &arguments.given, &mut Fields(sink))
}

fn flag(is_set: bool) -> &'static [u8] {
    if is_set { b"1" } else { b"" }
}

/// Headers as fields of the output.
struct Fields<'s, 'a>(&'s mut Sink<'a>);

impl HeaderSink for Fields<'_, '_> {
    fn name(&mut self, prefix: &[u8], name: &[u8]) {
        self.0.end_field();
        self.0.text(prefix);
        self.0.text(name);
        self.0.end_field();
    }

    fn value(&mut self, piece: &[u8]) {
        self.0.text(piece);
    }
}

/// The number of an operation, nothing, then what every request has. Gives a plan.
pub(super) fn operation(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [which, _, _, endpoint, _, hub, api_version, ..] = arguments.texts;
    let Some(operation) = OperationKind::from_number(number(which)) else {
        return Ok(());
    };
    operation.write_url(Base(endpoint), hub, api_version, &arguments.given, sink)?;
    write_plan(
        arguments,
        operation.method(),
        &Expectation::of(operation),
        Some(operation),
        sink,
    )
}

/// The number of an operation. Gives the marks of the options that it takes.
pub(super) fn options(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [which, ..] = arguments.texts;
    if let Some(operation) = OperationKind::from_number(number(which)) {
        operation.write_options(sink);
    }
    Ok(())
}

/// Method and path, then what every request has. Gives a plan.
pub(super) fn own_request(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [method, path, _, endpoint, _, _, api_version, ..] = arguments.texts;
    let method = Method::parse(method)?;
    write_own(path, Base(endpoint), api_version, &arguments.given, sink)?;
    write_plan(arguments, method, &Expectation::own(method), None, sink)
}

/// A link, nothing, then what every request has. Gives a plan.
pub(super) fn page(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [link, _, _, endpoint, ..] = arguments.texts;
    write_next_page(link, Base(endpoint), sink)?;
    write_plan(arguments, Method::Get, &Expectation::PAGE, None, sink)
}

/// From a plan the statuses that are an outcome and whether it may be repeated; the four members of the retry policy; the
/// number of the attempt, the status or nothing, the three headers that ask for a delay, time in seconds, random number;
/// method, then code, message and title of the body, code, date in seconds and content type of the headers,
/// and the delay that is asked for as a date in seconds. Gives nothing when the response is the outcome, a delay in milliseconds,
/// or kind, code and message.
pub(super) fn judge(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [
        accepted,
        repeatable,
        retries,
        delay,
        max_delay,
        repeat_sends,
        attempt,
        code,
        ms,
        official,
        after,
        now,
        random,
        ..,
    ] = arguments.texts;
    let (success, not_found) = split_first(accepted, b',');
    let expectation = Expectation {
        success: status(success),
        not_found: !not_found.is_empty(),
        repeatable: !repeatable.is_empty(),
        secret: false,
    };
    let or = |text, default| match number(text) {
        NO_NUMBER => default,
        number => number,
    };
    let policy = RetryPolicy {
        max_retries: or(retries, RetryPolicy::DEFAULT.max_retries),
        delay: or(delay, RetryPolicy::DEFAULT.delay),
        max_delay: or(max_delay, RetryPolicy::DEFAULT.max_delay),
        repeat_sends: !repeat_sends.is_empty(),
    };
    let [.., content_type, retry_at] = arguments.texts;
    let attempt = Attempt {
        number: number(attempt),
        status: status(code),
        content_type,
        retry_after: [ms, official, after],
        retry_at: number(retry_at),
        now: number(now),
        random: number(random),
    };
    let judgement = judged(&expectation, &policy, &attempt);
    match judgement {
        Judgement::Done => {}
        Judgement::Retry(delay) => sink.number(delay),
        Judgement::Fail(_) if attempt.status.is_some_and(|status| expectation.accepts(status)) => {
            write_failure(Fault::WebPage, b"", sink);
        }
        Judgement::Fail(kind) => write_problem(arguments, kind, attempt.status, sink),
    }
    Ok(())
}

fn write_problem(arguments: &Arguments<'_>, kind: Kind, status: Option<u16>, sink: &mut Sink<'_>) {
    let Some(status) = status else {
        // The caller has the error of an attempt without a response, which names the host.
        sink.field(kind.name());
        return sink.end_field();
    };
    let [.., now, _, method, code, message, title, header_code, date, _, _] = arguments.texts;
    let problem = Problem {
        status,
        method,
        code,
        message,
        title,
        header_code,
        date: number(date),
        now: number(now),
    };
    sink.field(kind.name());
    sink.text(problem.code());
    sink.end_field();
    problem.write_message(sink);
}

fn write_failure(fault: Fault, about: &[u8], sink: &mut Sink<'_>) {
    sink.field(fault.kind().name());
    for byte in fault.code_and_message() {
        match byte {
            b'%' => sink.text(about),
            byte => sink.byte(*byte),
        }
    }
}

/// What failed, in the order below, and the limit that was exceeded or the URL of the request, if the message has one. Gives
/// kind, code and message.
pub(super) fn failure(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    static FAILURES: [Fault; 9] = [
        Fault::Network,
        Fault::Timeout,
        Fault::NotConnections,
        Fault::NotToken,
        Fault::Credential,
        Fault::Issuer,
        Fault::TokenMalformed,
        Fault::ResponseTooLarge,
        Fault::LinkRepeated,
    ];
    let [which, mut about, ..] = arguments.texts;
    let fault = FAILURES
        .get(number(which) as usize)
        .copied()
        .unwrap_or(Fault::Network);
    if fault == Fault::Network {
        about = host_of(about);
    }
    write_failure(fault, about, sink);
    Ok(())
}

/// URL, further headers and parameters that may be shown, then headers, name and value in turn. Gives the same URL and
/// headers, names in lower case, without what may not be shown.
pub(super) fn redact(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [url, headers, parameters, ..] = arguments.texts;
    let allowed = Allowed { headers, parameters };
    allowed.write_url(url, sink);
    let mut place = Place::default();
    while let Some(name) = arguments.given.next_text(&mut place) {
        let value = arguments.given.next_text(&mut place).unwrap_or_default();
        sink.end_field();
        sink.lower(name);
        sink.end_field();
        sink.text(allowed.header(name, value));
    }
    Ok(())
}

/// Endpoint, link to the next page. Gives its URL and its continuation token.
pub(super) fn continuation_token(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [endpoint, link, ..] = arguments.texts;
    write_next_page(link, Base(endpoint), sink)?;
    sink.end_field();
    write_continuation_token(link, sink);
    Ok(())
}

/// `group`, `key` or `token`, then the name of a group, an access key or a bearer token. Gives nothing.
pub(super) fn check(arguments: &Arguments<'_>) -> Written {
    let [which, text, ..] = arguments.texts;
    match index_of(which, b"group,token", equal) {
        Some(0) => Name::Group.check(text),
        Some(_) => check_token(text),
        None => AccessKey::new(text).map(drop),
    }
}

/// A text. Gives it as a literal of a filter.
pub(super) fn literal(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [text, ..] = arguments.texts;
    write_literal(text, sink);
    Ok(())
}

/// Whether it is to send; `any`, `one` or `matching`; a name or pattern. Gives a role.
pub(super) fn role(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [sends, which, text, ..] = arguments.texts;
    let role = if sends.is_empty() {
        Role::JoinLeave
    } else {
        Role::Send
    };
    let groups = match index_of(which, b"any,one", equal) {
        Some(0) => Groups::Any,
        Some(_) => Groups::One(text),
        None => Groups::Matching(text),
    };
    write_role(role, groups, sink)
}

/// A name. Gives a pattern that matches only it.
pub(super) fn escaped_pattern(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [name, ..] = arguments.texts;
    write_escaped(name, sink);
    Ok(())
}
