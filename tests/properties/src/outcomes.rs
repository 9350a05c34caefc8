use std::time::{Duration, UNIX_EPOCH};

use url::Url;

use crate::core::error::{Fault, Kind};
use crate::core::judge::{Attempt, Expectation, Judgement, Problem, RetryPolicy, http_date, judge};
use crate::core::operation::{Method, OperationKind};
use crate::core::redact::Allowed;
use crate::core::text::NO_NUMBER;
use crate::sinks::text_of;
use crate::{Input, Target};

pub(crate) const JUDGE: Target = Target {
    name: "judge",
    texts: &[
        "[a-z]{0,2}",
        "|200|202|401|404|408|429|500|502|503|504|[0-9]{1,5}",
        "[0-9]{1,2}|[0-9]{0,10}",
        "[0-9]{0,6}|[ 0-9x]{0,4}",
        "|[0-9]{0,6}",
        "((Sun|Mon|Wed), )?[0-9]{1,2} (Jan|Feb|Mar|Apr|Jun|Nov|Dec) (19[0-9]{2}|2[01][0-9]{2}|[0-9]{0,5}) [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT)?|[0-9]{0,11}|\\PC{0,4}",
        "[0-9]{1,10}",
        "[0-9]{1,10}",
        "[0-9]{1,6}",
        "[0-9]{1,6}",
        "x?",
        "\\PC{0,6}",
        "[0-9]{1,10}",
        "|application/json|text/html(; charset=utf-8)?|TEXT/HTML",
    ],
    check: |input| {
        let policy = RetryPolicy {
            max_retries: input.number(2),
            delay: input.number(8),
            max_delay: input.number(9),
            repeat_sends: input.flag(10),
        };
        let status = u16::try_from(input.number(1)).ok().filter(|_| input.flag(1));
        // The attempts of a call count from 1.
        for number in [
            1,
            2,
            3,
            40,
            input.number(2).clamp(1, 1000),
            input.number(2).clamp(0, 1000) + 1,
        ] {
            let attempt = Attempt {
                number,
                status,
                retry_after: [3, 4, 5].map(|index| input.text(index).as_bytes()),
                retry_at: http_date(input.text(5).as_bytes()).unwrap_or(NO_NUMBER),
                content_type: input.text(13).as_bytes(),
                now: input.number(6),
                random: input.number(7),
            };
            for expectation in expectations(input) {
                judgement(&expectation, &policy, &attempt);
            }
        }
        date(input.text(5));
        date(&httpdate::fmt_http_date(
            UNIX_EPOCH + Duration::from_secs(input.number(12).into()),
        ));
        asked_date(input.number(12), input.number(6));
        problem(input, status.unwrap_or_default());
    },
};

fn expectations(input: &Input<'_>) -> [Expectation; 3] {
    let operation = input.one_of(0, OperationKind::ALL);
    [
        Expectation::of(operation),
        Expectation::PAGE,
        Expectation::own(Method::Post),
    ]
}

fn judgement(expectation: &Expectation, policy: &RetryPolicy, attempt: &Attempt<'_>) {
    let is_known = matches!(attempt.status, Some(429 | 503));
    let is_lost = matches!(attempt.status, None | Some(408 | 500 | 502 | 504));
    let repeats = is_known || (is_lost && (expectation.repeatable || policy.repeat_sends));
    let is_left = repeats && attempt.number <= policy.max_retries;
    let mut headers = attempt.retry_after.iter();
    let asks = headers.any(|text| text.iter().any(u8::is_ascii_digit));
    let judged = judge(expectation, policy, attempt);
    if let Some(status) = attempt.status.filter(|status| expectation.accepts(*status)) {
        let is_page = attempt
            .content_type
            .to_ascii_lowercase()
            .starts_with(b"text/html");
        let expected = if is_page {
            Judgement::Fail(Kind::Unexpected)
        } else {
            Judgement::Done
        };
        return assert_eq!(judged, expected, "{status}");
    }
    match judged {
        Judgement::Done => assert!(
            attempt.status.is_some() && expectation.success.is_none(),
            "it failed"
        ),
        Judgement::Fail(kind) => assert_eq!(kind, attempt.status.map_or(Kind::Network, Kind::of_status)),
        Judgement::Retry(delay) => {
            assert!(is_left, "it does not end, or a message arrives twice");
            assert!(delay <= policy.max_delay, "{delay} is too long");
            let whole = u64::from(policy.delay) << (attempt.number - 1).min(31);
            let whole = whole.min(policy.max_delay.into()) as u32;
            let is_within = (whole.div_ceil(2)..=whole).contains(&delay);
            return assert!(asks || is_within, "{delay} of {whole}");
        }
    }
    assert!(!is_left || asks, "it gives up");
}

/// Compares with `httpdate`, which also knows two older forms, until the seconds since 1970 have no room in 32 bits.
fn date(text: &str) {
    let ours = http_date(text.as_bytes());
    let Ok(time) = httpdate::parse_http_date(text) else {
        return;
    };
    let Ok(seconds) = time.duration_since(UNIX_EPOCH) else {
        return;
    };
    if text.len() == 29 && seconds.as_secs() < 4_291_747_200 {
        assert_eq!(ours.map(u64::from), Some(seconds.as_secs()), "{text}");
    }
}

/// A service that asks for no attempt before a date gets none.
fn asked_date(seconds: u32, now: u32) {
    if seconds >= 4_291_747_200 {
        return;
    }
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds.into()));
    let policy = RetryPolicy {
        max_delay: u32::MAX,
        ..RetryPolicy::DEFAULT
    };
    let attempt = Attempt {
        number: 1,
        status: Some(503),
        retry_after: [b"", b"", date.as_bytes()],
        retry_at: http_date(date.as_bytes()).unwrap_or(NO_NUMBER),
        content_type: b"",
        now,
        random: u32::MAX,
    };
    let delay = seconds.saturating_sub(now).saturating_mul(1000).min(u32::MAX - 1);
    assert_eq!(
        judge(&Expectation::PAGE, &policy, &attempt),
        Judgement::Retry(delay),
        "{date}"
    );
}

fn problem(input: &Input<'_>, status: u16) {
    let (message, title) = (input.text(11), input.text(5));
    let problem = Problem {
        status,
        method: b"POST",
        code: input.text(0).as_bytes(),
        message: message.as_bytes(),
        title: title.as_bytes(),
        header_code: input.text(3).as_bytes(),
        date: http_date(input.text(5).as_bytes()).unwrap_or(NO_NUMBER),
        now: input.number(6),
    };
    let text = text_of(|sink| problem.write_message(sink));
    let said = [message, title].into_iter().find(|said| !said.is_empty());
    match said {
        Some(said) => assert!(text.starts_with(said), "{text}"),
        None => assert!(text.contains(&status.to_string()), "{text}"),
    }
    assert_eq!(
        problem.code().is_empty(),
        input.text(0).is_empty() && input.text(3).is_empty()
    );
}

/// What stands for a secret in the inputs: no name has it.
const SECRET: &str = "s3cr3t+/";

pub(crate) const REDACT: Target = Target {
    name: "redact",
    texts: &[
        "https://a\\.example/[a-z/]{0,6}",
        "access_token|ACCESS_TOKEN|api-version|filter|[a-z%_&=#]{0,5}",
        "\\PC{0,3}",
        "(filter|access_token|[a-z]{0,2})(,(top|[a-z]{0,2})){0,2}",
        "authorization|Authorization|cookie|date|x-ms-request-id|[a-z-]{0,6}",
        "(cookie|AUTHORIZATION|[a-z]{0,2})(,[a-z]{0,2}){0,2}",
        "[a-z%_&=#]{0,5}",
    ],
    check: |input| {
        let [path, name, value, parameters, header, headers, other] =
            [0, 1, 2, 3, 4, 5, 6].map(|index| input.text(index));
        let allowed = Allowed {
            headers: headers.as_bytes(),
            parameters: parameters.as_bytes(),
        };
        // Nothing has an empty name, and one may be at an end of a list.
        let is_listed = |list: &str, name: &str| {
            name.is_empty() || list.split(',').any(|known| known.eq_ignore_ascii_case(name))
        };
        let url = format!("{path}?{other}={value}&{name}={value}{SECRET}");
        let shown = text_of(|sink| allowed.write_url(url.as_bytes(), sink));
        // The texts of an input may have it too.
        if url.matches(SECRET).count() > 1 {
            return;
        }
        // The name of the secret's parameter, as the query has it; a path with a query of its own has another.
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let parameter = query
            .split('&')
            .find(|pair| pair.contains(SECRET))
            .unwrap_or_default();
        let secret_name = parameter.split('=').next().unwrap_or_default();
        let may_show = secret_name == "api-version"
            || (is_listed(parameters, secret_name) && !secret_name.eq_ignore_ascii_case("access_token"))
            // A parameter without a value is a name.
            || secret_name.contains(SECRET);
        if !may_show && !path.contains(SECRET) {
            assert!(!shown.contains(SECRET), "{shown}");
        }
        if header.is_empty() {
            return;
        }
        let value = format!("{value}{SECRET}");
        let shown = allowed.header(header.as_bytes(), value.as_bytes());
        let is_credential = header.eq_ignore_ascii_case("authorization");
        if is_credential || !is_listed(headers, header) && !is_harmless(header) {
            assert_eq!(shown, b"REDACTED", "{header}");
        } else {
            assert_eq!(shown, value.as_bytes(), "{header}");
        }
    },
};

/// Headers that hold no secret of anybody's.
fn is_harmless(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "accept",
        "api-supported-versions",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "date",
        "request-id",
        "retry-after",
        "retry-after-ms",
        "server",
        "traceparent",
        "transfer-encoding",
        "user-agent",
        "x-ms-client-request-id",
        "x-ms-error-code",
        "x-ms-request-id",
        "x-ms-retry-after-ms",
    ]
    .contains(&&*name)
}
