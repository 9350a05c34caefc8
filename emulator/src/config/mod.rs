//! Everything that can be set, as it is written in a config file, and what remains when several sources say it.
//!
//! `reader` reads a file and explains what is wrong in it, `secrets` reads keys without ever printing them, `inline`
//! reads an event handler from one line. Starting with the settings, and watching the file, is in `emulator`.

mod inline;
mod reader;
mod secrets;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::auth::AccessOptions;
use crate::events::{ANY_HUB, EventHandler, EventOptions};
use crate::model::{Endpoint, names};

pub(crate) use inline::event_handler;
pub(crate) use reader::read;
pub(crate) use secrets::Secrets;

/// The pauses of the real service before it tries an event again.
const RETRY_DELAYS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
];

/// How long the real service waits for the answer to an event.
const EVENT_TIMEOUT: Duration = Duration::from_secs(100);

/// What one source says: a file, the command line, or a program. All of it may be left out.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) host: Option<IpAddr>,
    pub(crate) port: Option<u16>,
    pub(crate) public_endpoint: Option<Endpoint>,
    pub(crate) tls: Option<bool>,
    pub(crate) tls_cert_file: Option<PathBuf>,
    pub(crate) admin_port: Option<u16>,
    pub(crate) traffic_file: Option<PathBuf>,
    #[serde(deserialize_with = "secrets::access_keys")]
    pub(crate) access_keys: Option<Secrets>,
    #[serde(deserialize_with = "secrets::entra_tokens")]
    pub(crate) entra_tokens: Option<Secrets>,
    pub(crate) event_timeout_in_ms: Option<NonZeroU64>,
    pub(crate) event_retry_delays_in_ms: Option<Vec<u64>>,
    pub(crate) event_handler_ca_file: Option<PathBuf>,
    pub(crate) hubs: BTreeMap<HubName, HubSettings>,
}

/// What is set for one hub, or for all that are not named.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct HubSettings {
    pub(crate) anonymous_connect_policy: Option<AnonymousConnectPolicy>,
    pub(crate) event_handlers: Option<Vec<EventHandler>>,
}

/// Whether clients may connect without a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AnonymousConnectPolicy {
    Allow,
    Deny,
}

/// A lower-cased hub name, or `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct HubName(String);

impl TryFrom<String> for HubName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if name == ANY_HUB {
            return Ok(Self(name));
        }
        names::hub(&name)
            .map(Self)
            .map_err(|error| format!("{error}; or * for all hubs that are not named"))
    }
}

impl Settings {
    /// These settings, and where they say nothing the ones below. Of lists, one source's is taken whole.
    pub(crate) fn over(self, below: &Self) -> Self {
        let below = below.clone();
        let mut hubs = below.hubs;
        for (name, own) in self.hubs {
            let hub = hubs.entry(name).or_default();
            hub.anonymous_connect_policy = own.anonymous_connect_policy.or(hub.anonymous_connect_policy);
            hub.event_handlers = own.event_handlers.or(hub.event_handlers.take());
        }
        Self {
            host: self.host.or(below.host),
            port: self.port.or(below.port),
            public_endpoint: self.public_endpoint.or(below.public_endpoint),
            tls: self.tls.or(below.tls),
            tls_cert_file: self.tls_cert_file.or(below.tls_cert_file),
            admin_port: self.admin_port.or(below.admin_port),
            traffic_file: self.traffic_file.or(below.traffic_file),
            access_keys: self.access_keys.or(below.access_keys),
            entra_tokens: self.entra_tokens.or(below.entra_tokens),
            event_timeout_in_ms: self.event_timeout_in_ms.or(below.event_timeout_in_ms),
            event_retry_delays_in_ms: self.event_retry_delays_in_ms.or(below.event_retry_delays_in_ms),
            event_handler_ca_file: self.event_handler_ca_file.or(below.event_handler_ca_file),
            hubs,
        }
    }

    /// Takes relative paths from this folder on.
    fn resolve_paths(&mut self, folder: &Path) {
        let paths = [
            &mut self.tls_cert_file,
            &mut self.traffic_file,
            &mut self.event_handler_ca_file,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }

    /// The part about events.
    pub(crate) fn events(&self) -> EventOptions {
        let delays = self.event_retry_delays_in_ms.as_ref();
        let handlers = self.hubs.iter().filter_map(|(HubName(hub), settings)| {
            let handlers = settings.event_handlers.clone()?;
            Some((hub.clone(), handlers))
        });
        EventOptions {
            handlers: handlers.collect(),
            retry_delays: delays.map_or_else(
                || RETRY_DELAYS.to_vec(),
                |delays| delays.iter().copied().map(Duration::from_millis).collect(),
            ),
            timeout: self
                .event_timeout_in_ms
                .map_or(EVENT_TIMEOUT, |ms| Duration::from_millis(ms.get())),
            ca_file: self.event_handler_ca_file.clone(),
        }
    }

    /// The part about who is let in.
    pub(crate) fn access(&self) -> AccessOptions {
        let list = |secrets: &Option<Secrets>| secrets.as_ref().map_or_else(Vec::new, |s| s.0.clone());
        let policies = self.hubs.iter().filter_map(|(HubName(hub), settings)| {
            let policy = settings.anonymous_connect_policy?;
            Some((hub.clone(), policy == AnonymousConnectPolicy::Allow))
        });
        AccessOptions {
            access_keys: list(&self.access_keys),
            entra_tokens: list(&self.entra_tokens),
            anonymous: policies.collect::<HashMap<_, _>>(),
        }
    }

    /// The keys and tokens, which nobody may see in the traffic.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let AccessOptions {
            access_keys,
            entra_tokens,
            ..
        } = self.access();
        access_keys.into_iter().chain(entra_tokens).collect()
    }

    /// What differs in `other` and cannot change while the service runs, by the names in the file.
    pub(crate) fn fixed_differences(&self, other: &Self) -> Vec<&'static str> {
        let differences = [
            ("host", self.host != other.host),
            ("port", self.port != other.port),
            ("publicEndpoint", self.public_endpoint != other.public_endpoint),
            ("tls", self.tls != other.tls),
            ("tlsCertFile", self.tls_cert_file != other.tls_cert_file),
            ("adminPort", self.admin_port != other.admin_port),
            ("trafficFile", self.traffic_file != other.traffic_file),
        ];
        let differs = |(name, differs): (&'static str, bool)| differs.then_some(name);
        differences.into_iter().filter_map(differs).collect()
    }
}
