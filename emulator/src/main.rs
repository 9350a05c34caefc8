//! The command line of the emulator: options, the connection string on standard output, and signals.
//! The service itself is in the library.

mod options;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use tokio::sync::oneshot;
use webpubsub_emulator::{Builder, ConfigError, Emulator, StartError};

use options::Options;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot write the connection string to standard output: {0}")]
    Output(std::io::Error),
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::read();
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
    let exit_with_stdin = options.exit_with_stdin;
    let builder: Builder = options.into_builder()?;
    // Before the connection string is out: a signal may come right after it.
    let signal = signals().map_err(Failure::Signals)?;
    let emulator: Emulator = builder.start().await?;
    let mut stdout = std::io::stdout();
    let admin = emulator.admin_url().map(|url| format!("Admin={url}\n"));
    let lines = format!("{}\n{}", emulator.connection_string(), admin.unwrap_or_default());
    stdout
        .write_all(lines.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(Failure::Output)?;
    if exit_with_stdin {
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
