//! Starting and stopping the service in this process.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::any;
use rand::distr::{Alphanumeric, SampleString as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Keys;
use crate::client;
use crate::events::{Events, UrlTemplate};
use crate::names;
use crate::rest;
use crate::service::Service;

/// How long a stop waits for clients, events and requests under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// The pauses of the real service before it tries an event again.
const RETRY_DELAYS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
];

/// An option that cannot be used; the message names it and what would do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// The options of an [`Emulator`].
#[derive(Clone)]
pub struct Builder {
    host: IpAddr,
    port: u16,
    access_keys: Vec<String>,
    entra_tokens: Vec<String>,
    event_handlers: HashMap<String, UrlTemplate>,
    retry_delays: Vec<Duration>,
}

impl fmt::Debug for Builder {
    /// Prints no key, token or handler URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("hubs_with_event_handler", &self.event_handlers.keys())
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// The IP address to listen on: 127.0.0.1 by default. Whoever can reach another address than a loopback one can
    /// also try keys: give an [`access_key`](Self::access_key) of your own then.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.host = host;
        self
    }

    /// The port to listen on; 0 (the default) picks a free one.
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

    /// Starts listening.
    ///
    /// # Errors
    /// When the port cannot be used.
    pub async fn start(mut self) -> std::io::Result<Emulator> {
        let listener = TcpListener::bind(SocketAddr::from((self.host, self.port))).await?;
        let authority = named_authority(listener.local_addr()?).to_string();
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
            hubs: Mutex::default(),
        });
        let stopping = service.stopping.clone().cancelled_owned();
        let app = router(&service);
        let server = tokio::spawn(async move {
            // The listener only fails for good when the process is in trouble; a stop then still works.
            let _ = axum::serve(listener, app).with_graceful_shutdown(stopping).await;
        });
        tracing::info!(endpoint = format!("http://{}", service.authority), "listening");
        if !self.host.is_loopback() {
            tracing::warn!(host = %self.host, "listening beyond loopback: other machines can connect");
        }
        Ok(Emulator {
            service,
            access_key,
            server: Some(server),
        })
    }
}

/// The address that programs on this machine connect to: an unspecified one is no destination everywhere.
fn named_authority(local: SocketAddr) -> SocketAddr {
    let ip = match local.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, local.port())
}

fn router(service: &Arc<Service>) -> Router {
    rest::routes(service)
        .route("/client/hubs/{hub}", any(client::connect))
        .route("/client/", any(client::connect_legacy))
        .route("/client", any(client::connect_legacy))
        .layer(from_fn(log))
        .with_state(Arc::clone(service))
}

/// Logs each request without its query, which may hold a token.
async fn log(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let code = response
        .headers()
        .get("x-ms-error-code")
        .and_then(|code| code.to_str().ok());
    tracing::info!(%method, path, status = response.status().as_u16(), code, "request");
    response
}

/// A running service. Dropping it stops it without waiting; [`stop`](Self::stop) waits.
pub struct Emulator {
    service: Arc<Service>,
    access_key: String,
    server: Option<JoinHandle<()>>,
}

impl fmt::Debug for Emulator {
    /// Prints no key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// Options to start with.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            access_keys: Vec::new(),
            entra_tokens: Vec::new(),
            event_handlers: HashMap::new(),
            retry_delays: RETRY_DELAYS.to_vec(),
        }
    }

    /// The service's URL, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.service.authority)
    }

    /// The connection string, with the primary access key: a secret, if a local one.
    #[must_use]
    pub fn connection_string(&self) -> String {
        format!(
            "Endpoint={};AccessKey={};Version=1.0;",
            self.endpoint(),
            self.access_key
        )
    }

    /// Closes every client, tells the event handlers, and returns when all is at rest (or after 3 seconds).
    pub async fn stop(mut self) {
        self.begin_stop();
        let Some(mut server) = self.server.take() else {
            return;
        };
        let rest = async {
            self.service.tasks.wait().await;
            let _ = (&mut server).await;
        };
        if timeout(STOP_TIMEOUT, rest).await.is_err() {
            tracing::warn!("some requests were still under way at the stop");
        }
        server.abort();
    }

    fn begin_stop(&self) {
        self.service.stopping.cancel();
        self.service.close_all_clients();
        self.service.tasks.close();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.begin_stop();
    }
}
