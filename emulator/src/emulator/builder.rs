//! The options of the service, and starting it with them.

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::serve::ListenerExt as _;
use rand::distr::{Alphanumeric, SampleString as _};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Emulator, router};
use crate::auth::Keys;
use crate::events::{Events, UrlTemplate};
use crate::model::names;
use crate::service::Service;

/// The pauses of the real service before it tries an event again.
const RETRY_DELAYS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
];

/// How long the real service waits for a reliable client to come back.
const RECOVERY_WINDOW: Duration = Duration::from_secs(30);

/// How often the real service pings its clients.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// An option that cannot be used; the message names it and what would do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// The options of an [`Emulator`].
#[derive(Clone)]
pub struct Builder {
    port: u16,
    access_keys: Vec<String>,
    entra_tokens: Vec<String>,
    event_handlers: HashMap<String, UrlTemplate>,
    retry_delays: Vec<Duration>,
    keep_alive: Duration,
    recovery_window: Duration,
}

impl fmt::Debug for Builder {
    /// Prints no key, token or handler URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("hubs_with_event_handler", &self.event_handlers.keys())
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            port: 0,
            access_keys: Vec::new(),
            entra_tokens: Vec::new(),
            event_handlers: HashMap::new(),
            retry_delays: RETRY_DELAYS.to_vec(),
            keep_alive: KEEP_ALIVE,
            recovery_window: RECOVERY_WINDOW,
        }
    }

    /// The loopback port to listen on; 0 (the default) picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// An access key. Given twice, the second is the secondary key: tokens may be signed with either, and
    /// events carry a signature of each. Without one a random key is made.
    ///
    /// # Errors
    /// When the key is empty, contains `;` (which ends it in a connection string), or is the third.
    pub fn access_key(mut self, key: impl Into<String>) -> Result<Self, ConfigError> {
        let key = key.into();
        if key.trim().is_empty() || key.contains(';') || key.chars().any(char::is_control) {
            return Err(ConfigError(
                "an access key must be a non-blank line without ';'".to_owned(),
            ));
        }
        if self.access_keys.len() == 2 {
            return Err(ConfigError(
                "there can be two access keys at most: primary and secondary".to_owned(),
            ));
        }
        self.access_keys.push(key);
        Ok(self)
    }

    /// An opaque bearer token that is taken for a Microsoft Entra ID token: it may call every operation,
    /// also `:generateToken`, which access keys may not. Real Entra tokens cannot be verified here.
    #[must_use]
    pub fn entra_token(mut self, token: impl Into<String>) -> Self {
        self.entra_tokens.push(token.into());
        self
    }

    /// The event handler of a hub: an `http` URL in which `{hub}` and `{event}` are replaced. It gets the
    /// connect, connected and disconnected events, those of groups joined and left, and all user events.
    ///
    /// # Errors
    /// When the hub name or the URL is not valid, or when the hub already has a handler.
    pub fn event_handler(mut self, hub: &str, url_template: &str) -> Result<Self, ConfigError> {
        let hub = names::hub(hub).map_err(|error| ConfigError(error.to_string()))?;
        let template = UrlTemplate::parse(url_template).map_err(|fault| {
            ConfigError(format!(
                "the event handler URL of hub {hub} is not usable: {fault}"
            ))
        })?;
        if self.event_handlers.insert(hub.clone(), template).is_some() {
            return Err(ConfigError(format!("hub {hub} already has an event handler")));
        }
        Ok(self)
    }

    /// The pauses before an event is tried a second, third, … time: 1, 3 and 5 seconds unless given.
    #[must_use]
    pub fn event_retry_delays(mut self, delays: impl Into<Vec<Duration>>) -> Self {
        self.retry_delays = delays.into();
        self
    }

    /// How often clients are pinged: every 20 seconds unless given. Two pings in a row without any frame from the client
    /// disconnect it. Zero is taken for a millisecond.
    #[must_use]
    pub fn keep_alive_interval(mut self, interval: Duration) -> Self {
        self.keep_alive = interval.max(Duration::from_millis(1));
        self
    }

    /// How long the connection of a reliable client that lost its socket is kept: 30 seconds unless given. After that it
    /// cannot be recovered, and the event handler is told that it is disconnected.
    #[must_use]
    pub fn recovery_window(mut self, window: Duration) -> Self {
        self.recovery_window = window;
        self
    }

    /// Starts listening.
    ///
    /// # Errors
    /// When the port cannot be used.
    pub async fn start(mut self) -> std::io::Result<Emulator> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await?;
        let authority = listener.local_addr()?.to_string();
        // Small frames must not wait for the acknowledgement of earlier ones.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY cannot be set");
            }
        });
        if self.access_keys.is_empty() {
            self.access_keys
                .push(Alphanumeric.sample_string(&mut rand::rng(), 44));
        }
        let access_key = self.access_keys[0].clone();
        let keys = Arc::new(Keys::new(&self.access_keys, self.entra_tokens));
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let events = Events::new(
            self.event_handlers,
            self.retry_delays,
            Arc::clone(&keys),
            authority.clone(),
            tasks.clone(),
            stopping.clone(),
        )
        .map_err(std::io::Error::other)?;
        let events = Arc::new(events);
        let service = Arc::new(Service {
            authority,
            keys,
            events,
            tasks,
            stopping,
            keep_alive: self.keep_alive,
            recovery_window: self.recovery_window,
            hubs: Mutex::default(),
        });
        let stopping = service.stopping.clone().cancelled_owned();
        let app = router(&service);
        let server = tokio::spawn(async move {
            // The listener only fails for good when the process is in trouble; a stop then still works.
            let _ = axum::serve(listener, app).with_graceful_shutdown(stopping).await;
        });
        tracing::info!(endpoint = format!("http://{}", service.authority), "listening");
        Ok(Emulator {
            service,
            access_key,
            server: Some(server),
        })
    }
}
