//! The command line of the emulator: options, the connection string on standard output, and signals.
//! The service itself is in the library.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use webpubsub_emulator::{ConfigError, Emulator};

/// A local Azure Web PubSub service.
///
/// The first line on standard output is its connection string; logs go to standard error. It stops cleanly
/// on SIGINT and SIGTERM.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The loopback port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// An access key; a second one is the secondary key. Without any, a random key is made.
    #[arg(
        long = "access-key",
        value_name = "KEY",
        env = "WEBPUBSUB_EMULATOR_ACCESS_KEY",
        hide_env_values = true
    )]
    access_keys: Vec<String>,
    /// The event handler of a hub, for example chat=http://127.0.0.1:8787/api/webpubsub/hubs/{hub}/. {hub} and
    /// {event} are replaced.
    #[arg(long = "event-handler", value_name = "HUB=URL_TEMPLATE")]
    event_handlers: Vec<String>,
    /// A bearer token to be taken for a Microsoft Entra ID token.
    #[arg(long = "entra-token", value_name = "TOKEN")]
    entra_tokens: Vec<String>,
    /// Port of the admin API and its page, on 127.0.0.1; 0 picks a free one. The URL is the second line on standard
    /// output. Default: there is none.
    #[arg(long, value_name = "PORT")]
    admin_port: Option<u16>,
    /// File that gets the traffic as JSON lines, secrets masked. It is emptied first.
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
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
    #[error("cannot listen on 127.0.0.1:{0}: {1}")]
    Listen(u16, std::io::Error),
    #[error("{0}")]
    Start(std::io::Error),
    #[error("cannot write the connection string to standard output: {0}")]
    Output(std::io::Error),
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
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

async fn run(options: Options) -> Result<(), Failure> {
    let mut builder = Emulator::builder().port(options.port);
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
    if let Some(port) = options.admin_port {
        builder = builder.admin_port(port);
    }
    if let Some(path) = options.traffic {
        builder = builder.traffic_file(path);
    }
    // Before the connection string is out: a signal may come right after it.
    let signal = signals().map_err(Failure::Signals)?;
    let emulator = builder.start().await.map_err(|error| match error.get_ref() {
        // It says itself what could not be done.
        Some(_) => Failure::Start(error),
        None => Failure::Listen(options.port, error),
    })?;
    let mut stdout = std::io::stdout();
    let admin = emulator.admin_url().map(|url| format!("Admin={url}\n"));
    write!(
        stdout,
        "{}\n{}",
        emulator.connection_string(),
        admin.unwrap_or_default()
    )
    .and_then(|()| stdout.flush())
    .map_err(Failure::Output)?;
    signal.await;
    emulator.stop().await;
    Ok(())
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
