use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::bridge::Values;
use crate::core::endpoint::{Address, Base};
use crate::core::error::Fault;
use crate::core::given::{Parameter, Place};
use crate::core::headers::{HeaderSink, Standard, write_headers};
use crate::core::operation::OperationKind;
use crate::core::token::ClientProtocol;
use crate::core::url::{write_continuation_token, write_next_page, write_own};
use crate::names::{is_group, is_hub, is_id, is_permission};
use crate::sinks::{written, written_text};
use crate::{Input, Target};

/// Where requests go: the service, a local one, and proxies.
const BASES: [&str; 4] = [
    "https://a.example",
    "http://127.0.0.1:8080",
    "https://a.example/edge",
    "https://p.example:8443/edge/v1",
];

/// A name, also one that is not allowed or that a URL parser could take for something else.
pub(crate) const NAME: &str = r"\PC{1,8}|.{1,8}|[./%2eE\\;:@&=+$,?#]{1,8}|[a-z]{0,3}";

pub(crate) const OPERATION: Target = Target {
    name: "operation",
    texts: &[
        "[a-z]",
        "[a-z]",
        r"[a-zA-Z][a-zA-Z0-9_`,.\[\]]{0,10}",
        NAME,
        NAME,
        NAME,
        "sendToGroup|joinLeaveGroup|[a-z]{0,3}",
        NAME,
        "[0-9]{1,3}|-?[0-9]{0,11}",
        "default|MQTT|socketio|[a-z]{0,2}",
        "2024-12-01|\\PC{0,8}",
        "|[0-9]{1,3}",
    ],
    check: |input| {
        let kind = OperationKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == input.text(0));
        let kind = kind.unwrap_or_else(|| input.one_of(0, OperationKind::ALL));
        let base = input.one_of(1, &BASES);
        let [
            hub,
            group,
            user,
            connection,
            permission,
            text,
            number,
            protocol,
            version,
        ] = [2, 3, 4, 5, 6, 7, 8, 9, 10].map(|index| input.text(index));
        if !is_hub(hub) {
            return;
        }
        let mut values = Values::default();
        for (parameter, value) in [
            (Parameter::Group, group),
            (Parameter::UserId, user),
            (Parameter::ConnectionId, connection),
            (Parameter::Permission, permission),
            (Parameter::ExcludedConnections, connection),
            (Parameter::ExcludedConnections, user),
            (Parameter::Filter, text),
            (Parameter::MessageTtlSeconds, number),
            (Parameter::Reason, text),
            (Parameter::TargetName, group),
            (Parameter::MaxPageSize, number),
            (Parameter::Top, number),
            (Parameter::ContinuationToken, text),
            (Parameter::Groups, group),
            (Parameter::Groups, user),
            (Parameter::Roles, text),
            (Parameter::LifetimeSeconds, number),
            (Parameter::ClientProtocol, protocol),
        ] {
            values.push(parameter, value);
        }
        for _ in 0..input.number(11).min(999) {
            values.push(Parameter::ExcludedConnections, user);
        }
        let endpoint = Base(base.as_bytes());
        let (url, result) =
            written(|sink| kind.write_url(endpoint, hub.as_bytes(), version.as_bytes(), &&values, sink));
        if let Err(fault) = result {
            let is_long = fault == Fault::UrlTooLong && url.len() > 8 * 1024;
            let limited = number
                .parse()
                .is_ok_and(|number: u32| (1..=200).contains(&number));
            let known = ClientProtocol::parse(Some(protocol.as_bytes())).is_ok() && !text.trim().is_empty();
            let names = is_group(group) && is_id(user) && is_id(connection) && is_permission(permission);
            assert!(
                is_long || !(names && limited && known),
                "{} is refused",
                kind.name()
            );
            return;
        }
        let url = String::from_utf8(url).unwrap_or_else(|error| panic!("{error}"));
        assert!(url.len() <= 8 * 1024, "servers reject it");
        let parsed = check_kept(&url, base);
        let path = parsed
            .path()
            .strip_prefix(path_of(base))
            .unwrap_or_else(|| panic!("{url} is elsewhere"));
        let (template, segments): (Vec<_>, Vec<_>) =
            (kind.path().split('/').collect(), path.split('/').collect());
        assert_eq!(segments.len(), template.len(), "{url}");
        for (segment, place) in segments.into_iter().zip(template) {
            let meant = match place {
                "{hub}" => hub,
                "{group}" => group,
                "{user}" => user,
                "{connection}" => connection,
                "{permission}" => permission,
                literal => literal,
            };
            assert_eq!(percent_decode_str(segment).decode_utf8_lossy(), meant, "{url}");
        }
        for (index, (name, value)) in parsed.query_pairs().enumerate() {
            let given: &[&str] = match &*name {
                "api-version" => &[version],
                "excluded" => &[connection, user],
                "filter" | "reason" | "continuationToken" | "role" => &[text],
                "messageTtlSeconds" | "maxpagesize" | "top" => &[number],
                "targetName" => &[group],
                "userId" => &[user],
                "group" => &[group, user],
                "clientType" => &["Default", "MQTT", "SocketIO"],
                "minutesToExpire" => &[&*value],
                other => panic!("{other} in {url}"),
            };
            assert!(given.contains(&&*value), "{name} in {url}");
            assert_eq!(index == 0, name == "api-version", "{url}");
        }
        // A request of one's own may have the same URL.
        let target = &url[base.len()..];
        let (own, result) =
            written_text(|sink| write_own(target.as_bytes(), endpoint, b"", &&Values::default(), sink));
        assert_eq!((own, result), (url, Ok(())));
        if kind.has_groups() {
            let (body, result) = written(|sink| kind.write_body(&&values, sink));
            assert_eq!(
                result.is_ok(),
                is_group(group) && is_group(user) && !text.trim().is_empty()
            );
            if result.is_ok() {
                let body: serde_json::Value =
                    serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(
                    body,
                    serde_json::json!({ "groups": [group, user], "filter": text })
                );
            }
        }
    },
};

fn path_of(base: &str) -> &str {
    base.splitn(4, '/')
        .nth(3)
        .map_or("", |path| &base[base.len() - path.len() - 1..])
}

/// That a URL parser leaves a URL as it is, at the base and below its path; gives it parsed.
fn check_kept(url: &str, base: &str) -> Url {
    let parsed = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(parsed.as_str(), url, "URL parsers rewrite it");
    let at = Url::parse(base).unwrap_or_else(|error| panic!("{base}: {error}"));
    assert_eq!(parsed.origin(), at.origin(), "{url}");
    assert_eq!(
        (parsed.username(), parsed.password(), parsed.fragment()),
        ("", None, None),
        "{url}"
    );
    assert!(
        parsed.path().starts_with(&format!("{}/", path_of(base))),
        "{url} is not below {base}"
    );
    parsed
}

pub(crate) const OWN_PATH: Target = Target {
    name: "own_path",
    texts: &[
        r"(/(api|hubs|chat|:send|\.|\.\.|%2[eE]|[a-zA-Z0-9._~%!$&()*+,;=:@'-]{0,4}|\PC{0,2})){0,6}/?(\?([a-z]{0,3}|api-version)=?[a-zA-Z0-9%&=+/?'é #-]{0,6})?|\PC{0,8}",
        "[a-z]",
        "2024-12-01|\\PC{0,8}",
        "api-version|\\PC{0,4}",
        "\\PC{0,6}",
    ],
    check: |input| {
        let (path, base, version) = (input.text(0), input.one_of(1, &BASES), input.text(2));
        let mut values = Values::default();
        for (name, value) in input.pairs(3) {
            values.push_pair(Parameter::Query, name, value);
        }
        let (url, result) = written_text(|sink| {
            write_own(
                path.as_bytes(),
                Base(base.as_bytes()),
                version.as_bytes(),
                &&values,
                sink,
            )
        });
        if result.is_err() {
            return;
        }
        let parsed = check_kept(&url, base);
        let (own_path, own_query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        assert_eq!(parsed.path(), format!("{}{own_path}", path_of(base)));
        let query = parsed.query().unwrap_or_default();
        assert!(own_query.is_none_or(|own| query.starts_with(own)), "{url}");
        let given = format!("?{}", own_query.unwrap_or_default());
        let given = Url::parse("https://a")
            .and_then(|base| base.join(&given))
            .unwrap_or_else(|error| panic!("{error}"));
        let mut expected: Vec<_> = given
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        expected.extend(
            input
                .pairs(3)
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let is_versioned = own_query
            .is_some_and(|own| own.split('&').any(|pair| pair.starts_with("api-version=")))
            || input.pairs(3).any(|(name, _)| name == "api-version");
        if !is_versioned {
            expected.push(("api-version".into(), version.into()));
        }
        let sent: Vec<_> = parsed
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        assert_eq!(sent, expected, "{url}");
    },
};

pub(crate) const NEXT_LINK: Target = Target {
    name: "next_link",
    texts: &[
        r"(https?://[a-z@.:0-9]{0,6}|//|)(/api|/){0,2}(/(hubs|\.|\.\.|%2[eE]|[a-z\\%\t #]{0,3})){0,4}(\?(continuationToken=|top=|&|%[0-9a-f]{0,2}|[a-zé '+]{0,2}){0,5})?",
        "[a-z]",
    ],
    check: |input| {
        let (link, base) = (input.text(0), input.one_of(1, &BASES));
        let (url, result) =
            written_text(|sink| write_next_page(link.as_bytes(), Base(base.as_bytes()), sink));
        if result.is_ok() {
            let parsed = check_kept(&url, base);
            assert!(
                parsed.path().starts_with(&format!("{}/api/", path_of(base))),
                "{link}: {parsed} is no page"
            );
        }
        let (token, ()) = written(|sink| write_continuation_token(link.as_bytes(), sink));
        let query = link.split_once('?').map_or("", |(_, query)| query);
        let value = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("continuationToken="));
        let expected: Vec<u8> = percent_decode_str(value.unwrap_or_default()).collect();
        assert_eq!(token, expected, "{link}");
    },
};

pub(crate) const HEADERS: Target = Target {
    name: "headers",
    texts: &[
        "[a-z]{0,4}|\\PC{0,3}",
        "(text/plain)?",
        "[a-z]{0,3}",
        "x?",
        "\\PC{0,6}|[a-z.-]{1,6}",
        ".{0,6}|[ -~]{0,6}",
        "Authorization|authorization|User-Agent|x-webpubsub-metadata-[a-z]{0,2}|[a-z-]{1,6}|\\PC{0,4}",
        ".{0,6}|[ -ÿ\\t]{0,6}",
        "ACCEPT|content-type|x-ms-client-request-id|[a-z-]{1,6}",
        "[ -~]{0,6}",
    ],
    check: |input| {
        let (key, metadata) = (input.text(4), input.text(5));
        let standard = Standard {
            accepts_json: input.flag(3),
            content_type: input.text(1).as_bytes(),
            request_id: input.text(2).as_bytes(),
            user_agent_prefix: input.text(0).as_bytes(),
        };
        // Those are the faces' own.
        if [1, 2].iter().any(|at| header("own", input.text(*at)).is_none()) {
            return;
        }
        let mut values = Values::default();
        values.push_pair(Parameter::Metadata, key, metadata);
        for (name, value) in input.pairs(6) {
            values.push_pair(Parameter::Header, name, value);
        }
        let mut sent = Sent(Vec::new());
        let is_key = http::HeaderName::try_from(key).is_ok() && key.len() <= 256;
        let is_metadata =
            is_key && is_plain(metadata) && metadata.trim() == metadata && metadata.len() <= 1024;
        let is_custom = |(name, value): (&str, &str)| header(name, value).is_some();
        let all_custom = input.pairs(6).all(is_custom);
        let result = write_headers(&standard, true, &&values, &mut sent);
        let Ok(()) = result else {
            let prefix = header("user-agent", input.text(0)).is_some();
            assert!(!(is_metadata && all_custom && prefix), "{:?} is refused", sent.0);
            return;
        };
        assert!(is_metadata && all_custom, "{key:?}: {metadata:?} is accepted");
        let mut names = HashSet::new();
        for (name, value) in &sent.0 {
            let name = header(name, value).unwrap_or_else(|| panic!("{name}: {value:?} is no header"));
            assert_ne!(name, "authorization");
            assert!(names.insert(name.clone()), "{name} is there twice");
        }
        let value_of = |name: &str| {
            let mut all = sent
                .0
                .iter()
                .filter(|(known, _)| known.eq_ignore_ascii_case(name));
            all.next().map(|(_, value)| value.as_str())
        };
        let custom = |name: &str| {
            let all: Vec<_> = input
                .pairs(6)
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .collect();
            all.last().map(|(_, value)| *value)
        };
        let name = format!("X-WebPubSub-Metadata-{key}");
        assert_eq!(value_of(&name), Some(custom(&name).unwrap_or(metadata)));
        for (name, _) in input
            .pairs(6)
            .filter(|(name, _)| !name.eq_ignore_ascii_case("authorization"))
        {
            assert_eq!(
                value_of(name).unwrap_or_default(),
                custom(name).unwrap_or_default(),
                "{name}"
            );
        }
    },
};

/// The headers of a request.
struct Sent(Vec<(String, String)>);

impl HeaderSink for Sent {
    fn name(&mut self, prefix: &[u8], name: &[u8]) {
        self.0.push((
            String::from_utf8_lossy(&[prefix, name].concat()).into_owned(),
            String::new(),
        ));
    }

    fn value(&mut self, piece: &[u8]) {
        let (_, value) = self
            .0
            .last_mut()
            .unwrap_or_else(|| panic!("a value without a name"));
        value.push_str(&String::from_utf8_lossy(piece));
    }
}

/// The name in lower case of what is a header, its value in Latin-1.
fn header(name: &str, value: &str) -> Option<http::HeaderName> {
    // Blanks at the ends would be trimmed.
    let is_kept = value.trim_ascii() == value;
    let value: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
    http::HeaderValue::from_bytes(&value?).ok()?;
    http::HeaderName::try_from(name).ok().filter(|_| is_kept)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}
