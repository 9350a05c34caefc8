//! The options of the command line and the environment. Without one, the config file counts, and then the default.

use std::net::IpAddr;
use std::num::ParseIntError;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use tracing_subscriber::filter::LevelFilter;
use webpubsub_emulator::{Builder, ConfigError, Emulator};

/// The port where nothing says another.
const DEFAULT_PORT: u16 = 8080;
/// The access key where nothing says another. Everybody knows it, so that a connection string can be written into a
/// configuration file before the emulator runs: it protects nothing.
const DEFAULT_ACCESS_KEY: &str = "WebPubSubEmulatorDefaultKeyWhichIsNoSecret0=";

/// A local Azure Web PubSub service.
///
/// The first line on standard output is its connection string; once it is printed, requests are accepted. The log goes to
/// standard error. SIGINT and SIGTERM stop it cleanly.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Options {
    /// Config file, TOML or JSON, which is read again when it changes. Flags and environment variables take precedence
    /// over it.
    #[arg(long, value_name = "FILE", env = "WEBPUBSUB_EMULATOR_CONFIG")]
    config: Option<PathBuf>,
    /// IP address to listen on. Default: 127.0.0.1. 0.0.0.0 and :: are all addresses of this machine: use them only
    /// with an access key of your own, or in a container.
    #[arg(long, value_name = "ADDRESS", env = "WEBPUBSUB_EMULATOR_HOST")]
    host: Option<IpAddr>,
    /// Port to listen on; 0 picks a free one. Default: 8080.
    #[arg(long, env = "WEBPUBSUB_EMULATOR_PORT")]
    port: Option<u16>,
    /// URL at which clients reach the service, if it differs from its own: behind a TLS proxy or a tunnel, or in a
    /// container. Default: none.
    #[arg(long, value_name = "URL", env = "WEBPUBSUB_EMULATOR_PUBLIC_ENDPOINT")]
    public_endpoint: Option<String>,
    /// Serve https and wss, with a self-signed certificate that is made at the start.
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new(),
        env = "WEBPUBSUB_EMULATOR_TLS"
    )]
    tls: Option<bool>,
    /// Write the certificate of --tls to this file as PEM, so that clients can trust it.
    #[arg(long, value_name = "FILE", env = "WEBPUBSUB_EMULATOR_TLS_CERT_FILE")]
    tls_cert_file: Option<PathBuf>,
    /// Port of the admin API and its page, always on 127.0.0.1; 0 picks a free one. The second line on standard output is
    /// then Admin=URL. Default: no admin API.
    #[arg(long, value_name = "PORT", env = "WEBPUBSUB_EMULATOR_ADMIN_PORT")]
    admin_port: Option<u16>,
    /// File that gets the traffic as JSON lines, with secrets masked. An existing file is emptied first. Default: none.
    #[arg(long, value_name = "FILE", env = "WEBPUBSUB_EMULATOR_TRAFFIC_FILE")]
    traffic_file: Option<PathBuf>,
    /// Access key; a second one is the secondary key. Default: the documented key, which everybody knows. In the
    /// environment variable, the two are separated by a semicolon.
    #[arg(
        long = "access-key",
        value_name = "KEY",
        env = "WEBPUBSUB_EMULATOR_ACCESS_KEY",
        hide_env_values = true
    )]
    access_keys: Vec<String>,
    /// Bearer token to accept as a Microsoft Entra ID token; may be repeated. In the environment variable, tokens are
    /// separated by semicolons.
    #[arg(
        long = "entra-token",
        value_name = "TOKEN",
        env = "WEBPUBSUB_EMULATOR_ENTRA_TOKEN",
        hide_env_values = true
    )]
    entra_tokens: Vec<String>,
    /// Event handler of a hub, for example chat=http://127.0.0.1:8787/api/webpubsub/hubs/{hub}/; may be repeated. {hub}
    /// and {event} are replaced; the hub * is every hub without handlers of its own. The handler gets all events, unless
    /// some are named after the URL: "chat=URL userEventPattern=* systemEvents=connect,connected
    /// groupPresenceEvents=joined". Of several handlers of a hub, the first that matches gets the event. In the
    /// environment variable, handlers are separated by semicolons.
    #[arg(
        long = "event-handler",
        value_name = "HUB=URL_TEMPLATE",
        env = "WEBPUBSUB_EMULATOR_EVENT_HANDLER",
        hide_env_values = true
    )]
    event_handlers: Vec<String>,
    /// PEM file of certificates to trust when event handlers are called over https, in addition to public ones and those
    /// of the system.
    #[arg(long, value_name = "FILE", env = "WEBPUBSUB_EMULATOR_EVENT_HANDLER_CA_FILE")]
    event_handler_ca_file: Option<PathBuf>,
    /// Maximum time for an event handler to respond, in milliseconds. Default: 100000.
    #[arg(
        long,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(1..),
        env = "WEBPUBSUB_EMULATOR_EVENT_TIMEOUT_IN_MS"
    )]
    event_timeout_in_ms: Option<u64>,
    /// Pauses before an event is sent a second, third, … time, in milliseconds; an empty list means no retries.
    /// Default: 1000,3000,5000.
    #[arg(
        long,
        value_name = "MS,…",
        env = "WEBPUBSUB_EMULATOR_EVENT_RETRY_DELAYS_IN_MS"
    )]
    event_retry_delays_in_ms: Option<Delays>,
    /// Hub that accepts clients without a token; may be repeated. * is every hub that is not named. In the environment
    /// variable, hubs are separated by semicolons.
    #[arg(
        long = "anonymous-connect",
        value_name = "HUB",
        env = "WEBPUBSUB_EMULATOR_ANONYMOUS_CONNECT"
    )]
    anonymous_connect: Vec<String>,
    /// Stop when standard input ends: for programs that start the emulator, which then ends with them.
    #[arg(long)]
    pub(crate) exit_with_stdin: bool,
    /// Level of the log: off, error, warn, info, debug or trace.
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "info",
        env = "WEBPUBSUB_EMULATOR_LOG"
    )]
    pub(crate) log: LevelFilter,
}

impl Options {
    /// From the command line and the environment. Ends the process when they cannot be read.
    pub(crate) fn read() -> Self {
        let matches = Self::command().get_matches();
        let mut options = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        // A variable has one value, so lists in it have separators; an option is repeated instead.
        for (name, list) in [
            ("access_keys", &mut options.access_keys),
            ("entra_tokens", &mut options.entra_tokens),
            ("event_handlers", &mut options.event_handlers),
            ("anonymous_connect", &mut options.anonymous_connect),
        ] {
            if matches.value_source(name) == Some(ValueSource::EnvVariable) {
                let parts = list.iter().flat_map(|value| value.split(';')).map(str::trim);
                *list = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
            }
        }
        options
    }

    /// The builder that has these options, and the config file.
    pub(crate) fn into_builder(self) -> Result<Builder, ConfigError> {
        let mut builder = Emulator::builder()
            .default_port(DEFAULT_PORT)
            .default_access_key(DEFAULT_ACCESS_KEY)?;
        if let Some(path) = self.config {
            builder = builder.config_file(path)?;
        }
        if let Some(host) = self.host {
            builder = builder.host(host);
        }
        if let Some(port) = self.port {
            builder = builder.port(port);
        }
        if let Some(url) = self.public_endpoint {
            builder = builder.public_endpoint(&url)?;
        }
        if let Some(tls) = self.tls {
            builder = builder.tls(tls);
        }
        if let Some(path) = self.tls_cert_file {
            builder = builder.tls_cert_file(path);
        }
        if let Some(port) = self.admin_port {
            builder = builder.admin_port(port);
        }
        if let Some(path) = self.traffic_file {
            builder = builder.traffic_file(path);
        }
        for key in self.access_keys {
            builder = builder.access_key(key)?;
        }
        for token in self.entra_tokens {
            builder = builder.entra_token(token);
        }
        for handler in self.event_handlers {
            builder = builder.inline_event_handler(&handler)?;
        }
        if let Some(path) = self.event_handler_ca_file {
            builder = builder.event_handler_ca_file(path);
        }
        if let Some(milliseconds) = self.event_timeout_in_ms {
            builder = builder.event_timeout(Duration::from_millis(milliseconds));
        }
        if let Some(Delays(delays)) = self.event_retry_delays_in_ms {
            builder = builder.event_retry_delays(delays);
        }
        for hub in self.anonymous_connect {
            builder = builder.anonymous_connect(&hub)?;
        }
        Ok(builder)
    }
}

/// Milliseconds between commas.
#[derive(Clone)]
struct Delays(Vec<Duration>);

impl FromStr for Delays {
    type Err = ParseIntError;

    fn from_str(list: &str) -> Result<Self, ParseIntError> {
        let numbers = list.split(',').map(str::trim).filter(|number| !number.is_empty());
        numbers
            .map(|number| number.parse().map(Duration::from_millis))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
