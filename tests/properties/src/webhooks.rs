use percent_encoding::percent_decode_str;

use crate::bridge::Values;
use crate::core::endpoint::Address;
use crate::core::error::Fault;
use crate::core::events::context::Context;
use crate::core::events::head::Head;
use crate::core::events::verdict::{DataType, EventKind, Handler, Verdict, Verification, write_path};
use crate::core::given::{Parameter, Place};
use crate::names::is_hub;
use crate::sinks::{text_of, written_text};
use crate::tokens::hmac_of;
use crate::{Input, Target};

const NAMES: &str = "(ce-type|CE-Hub|ce-connectionid|ce-awpsversion|webhook-request-origin|ce-signature|ce-eventName|ce-userId|ce-connectionState|ce-physicalConnectionId|content-type|mqtt-a|x-webpubsub-metadata-a)|\\PC{0,3}";
const VALUE: &str = "|sha256=[$!]|a\\.example|[ -~]{0,6}|\\PC{0,4}";

pub(crate) const WEBHOOK: Target = Target {
    name: "webhook",
    texts: &[
        "POST|POST|POST|OPTIONS|GET|[A-Z]{0,4}",
        "/api/webpubsub/hubs/[cC]hat/?[a-z]{0,2}|/api/webpubsub/hubs/chat|(/|%|%[0-9a-f]{0,2}|[a-z]){0,6}",
        "chat|chat|Chat|[a-z]{0,4}",
        "(key-of-the-resource|[!-~]{0,10})",
        "|[!-~]{1,10}",
        "||(https://)?(a\\.example|a\\.example|[a-z:0-9.]{0,5})",
        "0f9c97a2|[ -~]{0,10}|\\PC{0,4}",
        "azure\\.webpubsub\\.(sys\\.(connect|connected|disconnected)|gp\\.(joined|left)|user\\.[a-z.]{0,4}|[a-z]{0,3})|[a-z.]{0,4}",
        "1\\.0|1\\.0|1\\.0|[0-9.]{0,3}",
        "chat|chat|CHAT|[a-z]{0,4}",
        "a\\.example|[a-z.,: ]{0,6}|A\\.example:443",
        "sha256=[$!]|(((sha|SHA)(1|256)?=?|[$!, ]|[0-9a-f]{0,64}){0,4})",
        NAMES,
        VALUE,
        NAMES,
        VALUE,
    ],
    check: |input| Request::of(input).check(),
};

/// A request with the settings of the handler that gets it.
struct Request<'a> {
    method: &'a str,
    path: &'a str,
    hub: &'a str,
    keys: Vec<&'a str>,
    allowed: &'a str,
    headers: Vec<(&'a str, String)>,
}

/// The most entries of a header that is a list.
const MOST: usize = 16;

/// Headers that may come more than once.
const REPEATABLE: [&str; 2] = ["webhook-request-origin", "ce-signature"];
/// The others that are read.
const SINGLE: [&str; 14] = [
    "ce-hub",
    "ce-connectionid",
    "ce-userid",
    "ce-subprotocol",
    "ce-id",
    "ce-time",
    "ce-source",
    "ce-eventname",
    "ce-connectionstate",
    "ce-physicalconnectionid",
    "ce-sessionid",
    "content-type",
    "ce-type",
    "ce-awpsversion",
];

impl<'a> Request<'a> {
    fn of(input: &Input<'a>) -> Self {
        let keys: Vec<_> = [input.text(3), input.text(4)]
            .into_iter()
            .filter(|key| !key.is_empty())
            .collect();
        let connection = input.text(6);
        // In the inputs `$` and `!` stand for the right signatures.
        let sign = |text: &str| {
            let signature = |key: &str| hex::encode(hmac_of(key.as_bytes(), connection.as_bytes()));
            text.replace('$', &signature(input.text(3)))
                .replace('!', &signature(input.text(4)))
        };
        let names = [
            "ce-connectionId",
            "ce-type",
            "ce-awpsversion",
            "ce-hub",
            "WebHook-Request-Origin",
        ];
        let mut headers: Vec<_> = names
            .into_iter()
            .zip(6..)
            .map(|(name, at)| (name, input.text(at).to_owned()))
            .collect();
        headers.push(("ce-signature", sign(input.text(11))));
        headers.extend(input.pairs(12).map(|(name, value)| (name, sign(value))));
        Self {
            method: input.text(0),
            path: input.text(1),
            hub: input.text(2),
            keys,
            allowed: input.text(5),
            headers,
        }
    }

    /// The settings of the handler, its keys with something behind them.
    fn settings(&self, behind: &str) -> Values {
        let mut settings = Values::default();
        for key in &self.keys {
            settings.push(Parameter::AccessKeys, format!("{key}{behind}"));
        }
        if !self.allowed.is_empty() {
            settings.push(Parameter::AllowedEndpoints, self.allowed);
        }
        settings
    }

    fn check(&self) {
        let settings = &self.settings("");
        let (path, result) = written_text(|sink| {
            write_path(
                self.hub.as_bytes(),
                None,
                !self.keys.is_empty(),
                !self.allowed.is_empty(),
                &settings,
                sink,
            )
        });
        let is_address =
            self.allowed.is_empty() || Address::endpoint_or_host(self.allowed.as_bytes()).is_ok();
        assert_eq!(
            result.is_ok(),
            is_hub(self.hub) && !self.keys.is_empty() && is_address
        );
        if result.is_err() {
            return;
        }
        assert_eq!(
            path,
            format!("/api/webpubsub/hubs/{}/", self.hub.to_ascii_lowercase())
        );
        let mut headers = Values::default();
        for (name, value) in &self.headers {
            headers.push_pair(Parameter::Header, *name, value);
        }
        let headers = &headers;
        let head = Head::new(self.method.as_bytes(), self.path.as_bytes(), &headers);
        let handler = |verification| Handler {
            hub: self.hub.as_bytes(),
            path: path.as_bytes(),
            verification,
            settings: &settings,
        };
        let verified = handler(Verification::Keys);
        let verdict = verified.judge(&head);
        let (asking, skipped) = (
            handler(Verification::KeysPerEvent).judge(&head),
            handler(Verification::Skipped).judge(&head),
        );
        let is_event = self.is_for(&path) && self.method == "POST" && self.is_event() && self.is_signed();
        assert_eq!(
            matches!(verdict, Verdict::Event(_) | Verdict::Unknown),
            is_event,
            "{verdict:?}: {:?}",
            self.headers
        );
        match verdict {
            Verdict::Event(_) | Verdict::Unknown => {
                assert_eq!((asking, skipped), (Verdict::NeedsKeys, verdict));
                let others = &self.settings("x");
                let other = Handler {
                    settings: &others,
                    ..handler(Verification::Keys)
                };
                let refused = other.judge(&head);
                assert!(
                    matches!(refused, Verdict::Refuse(_)),
                    "other keys verify it: {refused:?}"
                );
                if let Verdict::Event(kind) = verdict {
                    self.check_context(kind, &Context(&head));
                }
            }
            Verdict::Handshake(origin) => {
                assert!(self.method == "OPTIONS" || self.method == "GET");
                assert!(self.is_for(&path) && self.has_origin(), "{origin:?}");
                let is_named = self.origins().any(|known| known.as_bytes() == origin);
                assert!(
                    origin == b"*" || is_named && self.origins().count() == 1 && !self.allowed.is_empty()
                );
                assert_eq!((asking, skipped), (verdict, verdict));
            }
            Verdict::Refuse(refusal) => {
                let status = refusal.cause.status();
                assert!([400, 401, 403, 431].contains(&status), "{status}");
                let text = text_of(|sink| verified.write_refusal(refusal, &head, sink));
                let own = format!(
                    "{}{}",
                    self.values("webhook-request-origin").collect::<String>(),
                    self.allowed
                );
                let mut secrets = self
                    .keys
                    .iter()
                    .filter(|key| key.len() >= 8 && !own.contains(**key));
                assert!(secrets.all(|key| !text.contains(key)), "{text}");
            }
            Verdict::NotMine => assert_eq!((asking, skipped), (verdict, verdict)),
            Verdict::NeedsKeys => panic!("it has keys"),
        }
    }

    fn is_for(&self, handler: &str) -> bool {
        let decode = |path: &str| percent_decode_str(path).collect::<Vec<_>>().to_ascii_lowercase();
        let mut path = decode(self.path);
        path.push(b'/');
        path.starts_with(&decode(handler))
    }

    /// All values of a header.
    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self
            .headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a header that came once; empty ones in front of it do not count.
    fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name).skip_while(|value| value.is_empty());
        // A host may have joined two values.
        values
            .next()
            .filter(|value| values.next().is_none() && !value.contains(", "))
    }

    fn is_event(&self) -> bool {
        let is_single = |name: &str| self.values(name).all(str::is_empty) || self.value(name).is_some();
        let is_named = self
            .value("ce-type")
            .is_some_and(|name| name.starts_with("azure.webpubsub."));
        let is_here = self
            .value("ce-hub")
            .is_some_and(|hub| hub.eq_ignore_ascii_case(self.hub));
        let is_known = self
            .value("ce-awpsversion")
            .is_some_and(|version| version.starts_with('1'));
        is_named
            && is_here
            && is_known
            && self.has_origin()
            && SINGLE.into_iter().all(is_single)
            && self.value("ce-connectionid").is_some()
    }

    fn origins(&self) -> impl Iterator<Item = &str> {
        self.values("webhook-request-origin")
            .flat_map(|value| value.split(','))
            .map(str::trim_ascii)
            .filter(|one| !one.is_empty())
    }

    fn has_origin(&self) -> bool {
        let read = |text: &str| {
            Address::endpoint_or_host(text.as_bytes())
                .map(|address| text_of(|sink| address.write_authority(sink)))
        };
        let mut origins = self.origins();
        if self.allowed.is_empty() {
            return (1..=MOST).contains(&origins.count());
        }
        self.origins().count() <= MOST
            && origins.any(|origin| read(origin).is_ok() && read(origin) == read(self.allowed))
    }

    /// Whether an entry is the HMAC of the connection id by a key.
    fn is_signed(&self) -> bool {
        let connection = self.value("ce-connectionid").unwrap_or_default();
        let values = self.values("ce-signature").filter(|value| !value.is_empty());
        let mut entries = values.flat_map(|value| value.strip_suffix(',').unwrap_or(value).split(','));
        entries.by_ref().take(MOST).any(|entry| {
            let Some((algorithm, digits)) = entry.trim_ascii().split_once('=') else {
                return false;
            };
            let Ok(signature) = hex::decode(digits) else {
                return false;
            };
            let mut keys = self.keys.iter().filter(|key| !key.trim().is_empty());
            algorithm.eq_ignore_ascii_case("sha256")
                && keys.any(|key| hmac_of(key.as_bytes(), connection.as_bytes()) == signature)
        })
    }

    fn check_context<'h>(&self, kind: EventKind, context: &Context<'_, 'h, &'h Values>) {
        let name = self
            .value("ce-type")
            .unwrap_or_default()
            .trim_start_matches("azure.webpubsub.");
        let media = self
            .value("content-type")
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        let expected = match name {
            "sys.connect" => EventKind::Connect,
            "sys.connected" => EventKind::Connected,
            "sys.disconnected" => EventKind::Disconnected,
            "gp.joined" => EventKind::GroupJoined,
            "gp.left" => EventKind::GroupLeft,
            _ => EventKind::User(match &*media.trim_ascii().to_ascii_lowercase() {
                "text/plain" => DataType::Text,
                "application/json" => DataType::Json,
                _ => DataType::Binary,
            }),
        };
        assert_eq!(kind, expected, "{name}, {media}");
        assert_eq!(
            context.connection_id(),
            self.value("ce-connectionid").unwrap_or_default().as_bytes()
        );
        assert!(context.hub().eq_ignore_ascii_case(self.hub.as_bytes()));
        assert_eq!(context.user_id(), self.value("ce-userid").map(str::as_bytes));
        assert_eq!(
            context.state(),
            self.value("ce-connectionstate").map(str::as_bytes)
        );
        let event = name.split_once('.').map_or("", |(_, event)| event);
        let event = self.value("ce-eventname").unwrap_or(event);
        assert_eq!(String::from_utf8_lossy(context.event_name()), event);
        let mut place = Place::default();
        let mut metadata = Vec::new();
        while let Some((name, value)) = context.next_metadata(&mut place) {
            metadata.push((name, value));
        }
        let below = |(name, value): &'_ (&str, String)| {
            let start = name
                .get(..21)
                .filter(|start| start.eq_ignore_ascii_case("x-webpubsub-metadata-"));
            start
                .map(|start| (name[start.len()..].to_owned(), value.clone()))
                .filter(|(name, _)| !name.is_empty())
        };
        let expected: Vec<_> = self.headers.iter().filter_map(below).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        assert_eq!(metadata, expected);
    }
}
