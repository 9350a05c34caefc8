//! The options of the service. What comes of them is in `start`.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Emulator;
use super::start::{Extras, StartError, start};
use super::watch::ConfigFile;
use crate::config::{self, AnonymousConnectPolicy, HubName, HubSettings, Secrets, Settings};
use crate::events::EventHandler;
use crate::model::{ConfigError, Endpoint};

/// How long the real service waits for a reliable client to come back.
const RECOVERY_WINDOW: Duration = Duration::from_secs(30);

/// How often the real service pings its clients.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The options of an [`Emulator`].
///
/// What is given here counts before what a [config file](Self::config_file) says. Of the handlers of a hub, of the
/// keys, tokens and retry delays, one of the two is taken whole.
#[derive(Clone)]
pub struct Builder {
    own: Settings,
    file: Option<ConfigFile>,
    defaults: Settings,
    keep_alive: Duration,
    recovery_window: Duration,
    records_traffic: bool,
}

impl fmt::Debug for Builder {
    /// Prints no key, token or handler URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        f.debug_struct("Builder")
            .field("host", &settings.host)
            .field("port", &settings.port)
            .field("hubs", &settings.hubs.keys())
            .finish_non_exhaustive()
    }
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            own: Settings::default(),
            file: None,
            defaults: Settings::default(),
            keep_alive: KEEP_ALIVE,
            recovery_window: RECOVERY_WINDOW,
            records_traffic: false,
        }
    }

    /// A config file, TOML or (by its extension) JSON. It is read again when it changes: handlers, retry delays and
    /// timeouts, keys, tokens and anonymous connects change at once, without dropping clients. When it cannot be used
    /// any more, what it said last stays in force, and the log says why.
    ///
    /// # Errors
    /// When it cannot be read or says what is not understood.
    pub fn config_file(mut self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        self.file = Some(ConfigFile::open(path.as_ref())?);
        Ok(self)
    }

    /// The IP address to listen on: 127.0.0.1 by default. Whoever can reach another address than a loopback one can
    /// also try keys: give an [`access_key`](Self::access_key) of your own then.
    #[must_use]
    pub fn host(mut self, host: IpAddr) -> Self {
        self.own.host = Some(host);
        self
    }

    /// The port to listen on; 0 (the default) picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.own.port = Some(port);
        self
    }

    /// The port when neither [`port`](Self::port) nor the config file says one.
    #[must_use]
    pub fn default_port(mut self, port: u16) -> Self {
        self.defaults.port = Some(port);
        self
    }

    /// The URL at which clients reach the service, where it differs from its own: behind TLS, a tunnel, or a container's
    /// published port. It is in the connection string, in links to further pages, in client tokens, and the origin
    /// that event handlers are told; tokens may be meant for it as well as for the service's own URL.
    ///
    /// # Errors
    /// When it is not `http://` or `https://`, a host, and perhaps a port.
    pub fn public_endpoint(mut self, url: &str) -> Result<Self, ConfigError> {
        self.own.public_endpoint = Some(Endpoint::try_from(url.to_owned()).map_err(ConfigError::new)?);
        Ok(self)
    }

    /// Whether to serve over TLS, with a self-signed certificate that is made at the start, for `localhost`, the
    /// loopback addresses, and the hosts of the service and of its public endpoint.
    #[must_use]
    pub fn tls(mut self, tls: bool) -> Self {
        self.own.tls = Some(tls);
        self
    }

    /// Where to write the certificate of [`tls`](Self::tls) as PEM, so that clients can trust it.
    #[must_use]
    pub fn tls_cert_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.own.tls_cert_file = Some(path.into());
        self
    }

    /// An access key. Given twice, the second is the secondary key: tokens may be signed with either, and
    /// events carry a signature of each. Without one a random key is made.
    ///
    /// # Errors
    /// When the key is empty, contains `;` (which ends it in a connection string), or is the third.
    pub fn access_key(mut self, key: impl Into<String>) -> Result<Self, ConfigError> {
        let keys = self.own.access_keys.get_or_insert_with(|| Secrets(Vec::new()));
        keys.add_access_key(key.into()).map_err(ConfigError::new)?;
        Ok(self)
    }

    /// The access key when neither [`access_key`](Self::access_key) nor the config file says one, instead of a random
    /// one.
    ///
    /// # Errors
    /// Those of [`access_key`](Self::access_key).
    pub fn default_access_key(mut self, key: impl Into<String>) -> Result<Self, ConfigError> {
        let mut keys = Secrets(Vec::new());
        keys.add_access_key(key.into()).map_err(ConfigError::new)?;
        self.defaults.access_keys = Some(keys);
        Ok(self)
    }

    /// An opaque bearer token that is taken for a Microsoft Entra ID token: it may call every operation,
    /// also `:generateToken`, which access keys may not. Real Entra tokens cannot be verified here.
    #[must_use]
    pub fn entra_token(mut self, token: impl Into<String>) -> Self {
        let tokens = self.own.entra_tokens.get_or_insert_with(|| Secrets(Vec::new()));
        tokens.0.push(token.into());
        self
    }

    /// An event handler of a hub, for all events: an `http` or `https` URL in which `{hub}` and `{event}` are replaced.
    /// See [`add_event_handler`](Self::add_event_handler).
    ///
    /// # Errors
    /// When the hub name or the URL is not valid.
    pub fn event_handler(self, hub: &str, url_template: &str) -> Result<Self, ConfigError> {
        let handler = EventHandler::new(url_template)
            .map_err(|error| ConfigError::new(format!("hub {hub}: {error}")))?;
        self.add_event_handler(hub, handler)
    }

    /// An event handler of a hub, or with the name `*` of all hubs that have no handlers of their own. The first of a
    /// hub's handlers that takes an event gets it. Without any, clients may connect and all is accepted, but user
    /// events fail.
    ///
    /// # Errors
    /// When the hub name is not valid.
    pub fn add_event_handler(mut self, hub: &str, handler: EventHandler) -> Result<Self, ConfigError> {
        self.hub(hub)?
            .event_handlers
            .get_or_insert_default()
            .push(handler);
        Ok(self)
    }

    /// An event handler in one line, as the command line has it: `HUB=URL_TEMPLATE`, and after blanks perhaps
    /// `userEventPattern=…`, `systemEvents=…` and `groupPresenceEvents=…` with names between commas.
    ///
    /// # Errors
    /// When the hub name, the URL or an event is not valid.
    pub fn inline_event_handler(self, line: &str) -> Result<Self, ConfigError> {
        let (hub, handler) = config::event_handler(line)?;
        self.add_event_handler(&hub, handler)
    }

    /// Lets clients connect to a hub (or with `*` to all that are not named) without a token, as anonymous users
    /// without roles. A connect event handler may still refuse them or say who they are.
    ///
    /// # Errors
    /// When the hub name is not valid.
    pub fn anonymous_connect(mut self, hub: &str) -> Result<Self, ConfigError> {
        self.hub(hub)?.anonymous_connect_policy = Some(AnonymousConnectPolicy::Allow);
        Ok(self)
    }

    /// The pauses before an event is tried a second, third, … time: 1, 3 and 5 seconds unless given.
    #[must_use]
    pub fn event_retry_delays(mut self, delays: impl Into<Vec<Duration>>) -> Self {
        self.own.event_retry_delays_in_ms = Some(delays.into().into_iter().map(milliseconds).collect());
        self
    }

    /// How long an event handler may take to answer: 100 seconds unless given.
    #[must_use]
    pub fn event_timeout(mut self, timeout: Duration) -> Self {
        let timeout = NonZeroU64::new(milliseconds(timeout)).unwrap_or(NonZeroU64::MIN);
        self.own.event_timeout_in_ms = Some(timeout);
        self
    }

    /// A PEM file of certificates to trust when event handlers are called over `https`, besides public ones and
    /// those that the system trusts (but for the keychain of macOS).
    #[must_use]
    pub fn event_handler_ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.own.event_handler_ca_file = Some(path.into());
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

    /// The port of the admin API and its page, always on 127.0.0.1; 0 picks a free one. The traffic is then
    /// [recorded](Self::record_traffic). Default: no admin API.
    #[must_use]
    pub fn admin_port(mut self, port: u16) -> Self {
        self.own.admin_port = Some(port);
        self
    }

    /// A file that gets the traffic as JSON lines, each a [`Record`](crate::control::Record). It is emptied first.
    #[must_use]
    pub fn traffic_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.own.traffic_file = Some(path.into());
        self
    }

    /// Records the traffic in memory, for [`Control::traffic`](crate::control::Control::traffic) and
    /// [`Control::watch_traffic`](crate::control::Control::watch_traffic): the latest 10,000 records with at most
    /// 32 MiB of bodies, headers and URLs. Default: only with an admin port or a traffic file.
    #[must_use]
    pub fn record_traffic(mut self) -> Self {
        self.records_traffic = true;
        self
    }

    /// Starts listening.
    ///
    /// # Errors
    /// When a port cannot be used, a file cannot be read or written, or `https` handlers cannot be called.
    pub async fn start(self) -> Result<Emulator, StartError> {
        let settings = self.settings();
        let extras = Extras {
            keep_alive: self.keep_alive,
            recovery_window: self.recovery_window,
            records_traffic: self.records_traffic,
        };
        start(settings, self.own, self.file, self.defaults, extras).await
    }

    /// All sources together.
    fn settings(&self) -> Settings {
        let file = self.file.as_ref().map(|file| file.settings.clone());
        self.own
            .clone()
            .over(&file.unwrap_or_default().over(&self.defaults))
    }

    fn hub(&mut self, name: &str) -> Result<&mut HubSettings, ConfigError> {
        let name = HubName::try_from(name.to_owned()).map_err(ConfigError::new)?;
        Ok(self.own.hubs.entry(name).or_default())
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
