//! What all requests share: the keys, the hubs, the event handlers, and the signal to stop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::close_code;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Keys;
use crate::events::Events;
use crate::hub::{Except, Hub, Target};
use crate::instruments::Instruments;
use crate::model::Endpoint;
use crate::protocol::Close;

/// The running service.
pub(crate) struct Service {
    /// Where it listens, as programs on this machine reach it.
    pub(crate) own: Endpoint,
    /// Where clients reach it, if that differs: behind TLS, a tunnel or a container's published port.
    pub(crate) public: Option<Endpoint>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) events: Arc<Events>,
    /// Connections and events under way; a stop waits for them.
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
    /// How often clients are pinged.
    pub(crate) keep_alive: Duration,
    /// The journal, faults and the clock.
    pub(crate) instruments: Instruments,
    /// How long a reliable client that lost its socket may take to come back.
    pub(crate) recovery_window: Duration,
    pub(crate) hubs: Mutex<HashMap<String, Arc<Hub>>>,
}

impl Service {
    /// The hub of a (lower-cased) name, made at its first mention.
    pub(crate) fn hub(&self, name: &str) -> Arc<Hub> {
        let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        let hub = || Arc::new(Hub::new(self.instruments.clock.clone()));
        Arc::clone(hubs.entry(name.to_owned()).or_insert_with(hub))
    }

    /// The hub of a name that has been mentioned.
    pub(crate) fn mentioned_hub(&self, name: &str) -> Option<Arc<Hub>> {
        let hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        hubs.get(name).cloned()
    }

    /// All hubs that have been named so far, by name.
    pub(crate) fn all_hubs(&self) -> Vec<(String, Arc<Hub>)> {
        let hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hubs: Vec<_> = hubs
            .iter()
            .map(|(name, hub)| (name.clone(), Arc::clone(hub)))
            .collect();
        hubs.sort_by(|(a, _), (b, _)| a.cmp(b));
        hubs
    }

    /// The endpoint in the connection string.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.public.as_ref().unwrap_or(&self.own)
    }

    /// The endpoint in what a caller is given: the public one, or else the one that the caller used.
    pub(crate) fn endpoint_for(&self, headers: &HeaderMap) -> Endpoint {
        match &self.public {
            Some(public) => public.clone(),
            None => self.named(headers),
        }
    }

    /// The absolute URLs that a request for `target` may have been signed for: with the host that it names, with the
    /// public endpoint, and with our own, which differs behind a reverse proxy. The likeliest is first.
    pub(crate) fn urls(&self, headers: &HeaderMap, target: &str) -> Vec<String> {
        let named = self.named(headers);
        let mut endpoints = vec![named.clone()];
        if let Some(public) = &self.public {
            // Behind a proxy the scheme is the public one, whatever the request came by.
            let first = public.authority() == named.authority();
            endpoints.insert(usize::from(!first), public.clone());
        }
        endpoints.push(self.own.clone());
        endpoints
            .iter()
            .map(|endpoint| format!("{endpoint}{target}"))
            .collect()
    }

    /// The endpoint that the caller named, or else our own.
    fn named(&self, headers: &HeaderMap) -> Endpoint {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| self.own.clone(), |host| self.own.at(host))
    }

    /// Closes every client, as the service does when an instance goes away.
    pub(crate) fn close_all_clients(&self) {
        let close = Close::new(close_code::AWAY, "ServiceReload");
        for hub in self.hubs.lock().unwrap_or_else(PoisonError::into_inner).values() {
            hub.close(Target::All, Except::default(), &close);
        }
    }
}
