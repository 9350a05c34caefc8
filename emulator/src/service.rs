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
use crate::protocol::Close;

/// The running service.
pub(crate) struct Service {
    /// Host and port, as in the connection string.
    pub(crate) authority: String,
    pub(crate) keys: Arc<Keys>,
    pub(crate) events: Arc<Events>,
    /// Connections and events under way; a stop waits for them.
    pub(crate) tasks: TaskTracker,
    pub(crate) stopping: CancellationToken,
    /// How often clients are pinged.
    pub(crate) keep_alive: Duration,
    /// The journal, faults and the clock.
    pub(crate) instruments: Instruments,
    pub(crate) hubs: Mutex<HashMap<String, Arc<Hub>>>,
}

impl Service {
    /// The hub of a (lower-cased) name, made at its first mention.
    pub(crate) fn hub(&self, name: &str) -> Arc<Hub> {
        let mut hubs = self.hubs.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hubs.entry(name.to_owned()).or_default())
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

    /// The host that the caller named, or else our own.
    pub(crate) fn host<'a>(&'a self, headers: &'a HeaderMap) -> &'a str {
        headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or(&self.authority)
    }

    /// The absolute URLs that a request for `target` may have been signed for: with the host that it names
    /// (first), and with our own, which differs behind a reverse proxy.
    pub(crate) fn urls(&self, headers: &HeaderMap, target: &str) -> Vec<String> {
        [self.host(headers), &self.authority]
            .map(|host| format!("http://{host}{target}"))
            .to_vec()
    }

    /// Closes every client, as the service does when an instance goes away.
    pub(crate) fn close_all_clients(&self) {
        let close = Close::new(close_code::AWAY, "ServiceReload");
        for hub in self.hubs.lock().unwrap_or_else(PoisonError::into_inner).values() {
            hub.close(Target::All, Except::default(), &close);
        }
    }
}
