//! The command line of the emulator: options, the connection string on standard output, and signals.
//! The service itself is in the library.

use std::io::{IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use tokio::sync::oneshot;
use webpubsub_emulator::{ConfigError, Emulator};

/// The access key without `--access-key`. Everybody knows it, so that a connection string can be written into a
/// configuration file before the emulator runs: it protects nothing.
const DEFAULT_ACCESS_KEY: &str = "WebPubSubEmulatorDefaultKeyWhichIsNoSecret0=";

/// A local Azure Web PubSub service.
///
/// The first line on standard output is its connection string; logs go to standard error. It stops cleanly
/// on SIGINT and SIGTERM.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// IP address to listen on. 0.0.0.0 and :: are all addresses of this machine: use them only with an access key
    /// of your own, or in a container.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Access key; a second one is the secondary key. Default: a key that everybody knows. In the environment
    /// variable, the two are separated by a semicolon.
    #[arg(
        long = "access-key",
        value_name = "KEY",
        env = "WEBPUBSUB_EMULATOR_ACCESS_KEY",
        hide_env_values = true
    )]
    access_keys: Vec<String>,
    /// Event handler of a hub, for example chat=http://127.0.0.1:8787/api/webpubsub/hubs/{hub}/. {hub} and
    /// {event} are replaced.
    #[arg(long = "event-handler", value_name = "HUB=URL_TEMPLATE")]
    event_handlers: Vec<String>,
    /// Bearer token to accept as a Microsoft Entra ID token.
    #[arg(long = "entra-token", value_name = "TOKEN")]
    entra_tokens: Vec<String>,
    /// Stop when standard input ends: for programs that start the emulator, which then ends with them.
    #[arg(long)]
    exit_with_stdin: bool,
    /// How much to log: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: tracing_subscriber::filter::LevelFilter,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "--event-handler takes HUB=URL_TEMPLATE, for example chat=http://127.0.0.1:8787/events/{{event}}"
    )]
    EventHandler,
    #[error("cannot listen on {host}, port {port}: {source}")]
    Listen {
        host: IpAddr,
        port: u16,
        source: std::io::Error,
    },
    #[error("cannot write the connection string to standard output: {0}")]
    Output(std::io::Error),
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = options();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(options.log)
        .init();
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("webpubsub-emulator: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Options {
    let matches = Options::command().get_matches();
    let mut options = Options::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if matches.value_source("access_keys") == Some(ValueSource::EnvVariable) {
        let keys = options.access_keys.iter().flat_map(|keys| keys.split(';'));
        options.access_keys = keys.map(str::to_owned).collect();
    }
    options
}

async fn run(options: Options) -> Result<(), Failure> {
    let Options { host, port, .. } = options;
    let mut builder = Emulator::builder().host(host).port(port);
    let has_default_key = options.access_keys.is_empty();
    if has_default_key {
        builder = builder.access_key(DEFAULT_ACCESS_KEY)?;
    }
    for key in options.access_keys {
        builder = builder.access_key(key)?;
    }
    for handler in &options.event_handlers {
        let (hub, template) = handler.split_once('=').ok_or(Failure::EventHandler)?;
        builder = builder.event_handler(hub, template)?;
    }
    for token in options.entra_tokens {
        builder = builder.entra_token(token);
    }
    // Before the connection string is out: a signal may come right after it.
    let signal = signals().map_err(Failure::Signals)?;
    let emulator = builder
        .start()
        .await
        .map_err(|source| Failure::Listen { host, port, source })?;
    if has_default_key && !host.is_loopback() {
        tracing::warn!("other machines can connect with the default access key: set --access-key");
    }
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", emulator.connection_string())
        .and_then(|()| stdout.flush())
        .map_err(Failure::Output)?;
    if options.exit_with_stdin {
        tokio::select! {
            () = signal => {}
            _ = end_of_stdin() => {}
        }
    } else {
        signal.await;
    }
    emulator.stop().await;
    Ok(())
}

/// The end of standard input. A thread of its own reads it: a read cannot be cancelled, and one in the runtime would
/// keep the process from ending.
fn end_of_stdin() -> oneshot::Receiver<()> {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        ended.send(())
    });
    end
}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
