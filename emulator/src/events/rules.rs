//! What holds for all events until it is replaced: the handlers of each hub, how they are reached, timeouts, retries.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::handler::{EventHandler, Kind};
use super::http::{Http, HttpSetupError};

/// The name that stands for all hubs without handlers of their own.
pub(crate) const ANY_HUB: &str = "*";

/// What can be set about events, also while the service runs.
#[derive(Clone, PartialEq)]
pub(crate) struct EventOptions {
    /// By lower-cased hub name or [`ANY_HUB`], in the order in which they are tried.
    pub(crate) handlers: HashMap<String, Vec<EventHandler>>,
    /// The pauses before the second, third, … try.
    pub(crate) retry_delays: Vec<Duration>,
    /// How long a handler may take to answer an event.
    pub(crate) timeout: Duration,
    /// PEM certificates to trust besides those that the system trusts.
    pub(crate) ca_file: Option<PathBuf>,
}

/// The options in force.
pub(super) struct Rules {
    pub(super) http: Http,
    pub(super) retry_delays: Vec<Duration>,
    pub(super) timeout: Duration,
    handlers: HashMap<String, Vec<Arc<Handler>>>,
}

/// A handler and which hubs it agreed to take events of.
pub(super) struct Handler {
    pub(super) settings: EventHandler,
    agreed: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
}

impl Handler {
    /// Set once the handler has agreed to receive events of this hub.
    pub(super) fn agreement(&self, hub: &str) -> Arc<OnceCell<()>> {
        let mut agreed = self.agreed.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(agreed.entry(hub.to_owned()).or_default())
    }
}

impl Rules {
    /// Handlers that `before` has too are taken from there: they are not asked again whether they agree.
    pub(super) fn new(options: EventOptions, before: Option<&Self>) -> Result<Self, HttpSetupError> {
        let EventOptions {
            handlers,
            retry_delays,
            timeout,
            ca_file,
        } = options;
        let needs_tls = handlers
            .values()
            .flatten()
            .any(|handler| handler.url_template.is_https());
        let known = |hub: &str, settings: &EventHandler| {
            let handlers = before.and_then(|rules| rules.handlers.get(hub))?;
            handlers
                .iter()
                .find(|handler| handler.settings == *settings)
                .cloned()
        };
        let fresh = |settings| {
            Arc::new(Handler {
                settings,
                agreed: Mutex::default(),
            })
        };
        let handlers = handlers
            .into_iter()
            .map(|(hub, all)| {
                let all = all
                    .into_iter()
                    .map(|settings| known(&hub, &settings).unwrap_or_else(|| fresh(settings)));
                let all = all.collect();
                (hub, all)
            })
            .collect();
        Ok(Self {
            http: Http::new(ca_file.as_deref(), needs_tls)?,
            retry_delays,
            timeout,
            handlers,
        })
    }

    /// The first handler of the hub that takes such events. A hub without handlers of its own has those of
    /// [`ANY_HUB`].
    pub(super) fn handler(&self, hub: &str, kind: Kind<'_>) -> Option<Arc<Handler>> {
        self.of_hub(hub)
            .iter()
            .find(|handler| handler.settings.takes(kind))
            .cloned()
    }

    /// Whether any handler is set for the hub.
    pub(super) fn has_handlers(&self, hub: &str) -> bool {
        !self.of_hub(hub).is_empty()
    }

    fn of_hub(&self, hub: &str) -> &[Arc<Handler>] {
        let handlers = self.handlers.get(hub).or_else(|| self.handlers.get(ANY_HUB));
        handlers.map_or(&[], Vec::as_slice)
    }
}
