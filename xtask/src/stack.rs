//! The whole main job running on this machine: the emulator, and the Worker in workerd by `wrangler dev`.
//!
//! Each needs to know the other: the Worker's port is chosen first, for the emulator's event handler; the emulator
//! prints its connection string, for the Worker. That string carries a key, so it goes to wrangler in a file that
//! only its owner can read, and never in arguments.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tempfile::NamedTempFile;

use crate::build;
use crate::process::{Background, Run, pause};
use crate::progress::step;
use crate::project::Project;
use crate::tools;

/// How long the emulator and the Worker may take to be ready.
const START: Duration = Duration::from_secs(60);

/// A running emulator.
pub(crate) struct Emulator {
    connection_string: String,
    process: Background,
}

impl Emulator {
    /// Builds it, and gives the program.
    pub(crate) fn build(project: &Project) -> Result<PathBuf> {
        step("Building the emulator (a minute or two the first time)", || {
            Run::cargo()
                .args(["build", "--quiet", "--package=webpubsub-emulator"])
                .dir(project.root())
                .quiet()
        })?;
        Ok(project.built("debug/webpubsub-emulator"))
    }

    /// Builds and starts one on a free port, with these `HUB=URL_TEMPLATE` event handlers.
    pub(crate) fn start(project: &Project, event_handlers: &[String]) -> Result<Self> {
        let program = Self::build(project)?;
        let log = Log::create(project, "emulator")?;
        let mut run = Run::new(program).args(["--port", "0"]);
        for handler in event_handlers {
            run = run.args(["--event-handler", handler]);
        }
        let mut process = run.background(Stdio::piped(), &log.file)?;
        let stdout = process.stdout().context("the emulator has no standard output")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens after the first line; reading on keeps the pipe from filling.
                let _ = sender.send(line);
            }
        });
        let connection_string = wait("the emulator", &mut process, &log, || {
            Ok(receiver.try_recv().ok())
        })?;
        Ok(Self {
            connection_string,
            process,
        })
    }

    pub(crate) fn connection_string(&self) -> &str {
        &self.connection_string
    }
}

/// A running emulator and Worker. Dropping it stops both.
pub(crate) struct Stack {
    url: String,
    worker: Background,
    emulator: Emulator,
    _settings: NamedTempFile,
}

impl Stack {
    /// Builds what is needed, starts both and waits until the Worker answers. Port 0 takes a free one.
    pub(crate) fn start(project: &Project, port: u16) -> Result<Self> {
        build::package(project)?;
        let port = if port == 0 { free_port()? } else { port };
        let url = format!("http://127.0.0.1:{port}/");
        let emulator = Emulator::start(project, &[format!("chat={url}api/webpubsub/hubs/{{hub}}/")])?;

        let mut settings = tempfile::Builder::new()
            .prefix("worker-")
            .suffix(".env")
            .tempfile_in(project.work_dir("run")?)?;
        writeln!(settings, "WEB_PUBSUB=\"{}\"", emulator.connection_string())?;
        let log = Log::create(project, "worker")?;
        let worker = step("Starting the Worker in workerd (wrangler dev)", || {
            let mut worker = wrangler(project)?
                .args(["dev", "--local", "--ip", "127.0.0.1", "--port", &port.to_string()])
                .args(["--show-interactive-dev-session", "false", "--persist-to"])
                .arg(project.work_dir("run/state")?)
                .arg("--env-file")
                .arg(settings.path())
                .background(log.file.try_clone()?.into(), &log.file)?;
            wait("the Worker", &mut worker, &log, || {
                // wrangler goes on watching after a failed build; nothing would change.
                ensure!(
                    !log.tail()?.contains("Build failed with"),
                    "its build failed:\n{}",
                    log.tail()?
                );
                Ok(answers(&url).then_some(()))
            })?;
            Ok(worker)
        })?;
        Ok(Self {
            url,
            worker,
            emulator,
            _settings: settings,
        })
    }

    /// The address of the chat page.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn expect_running(&mut self) -> Result<()> {
        self.worker.expect_running()?;
        self.emulator.process.expect_running()
    }
}

/// wrangler in worker/, keeping to itself: no account, no telemetry, no update check, nothing written to the home folder.
pub(crate) fn wrangler(project: &Project) -> Result<Run> {
    tools::npm_packages(project)?;
    let own = project.work_dir("wrangler")?;
    Ok(Run::new(project.npm_program("wrangler"))
        .dir(&project.path("worker"))
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_SEND_ERROR_REPORTS", "false")
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .env("WRANGLER_LOG_PATH", &own)
        .env("WRANGLER_REGISTRY_PATH", own.join("registry"))
        .env("XDG_CONFIG_HOME", &own))
}

/// Whether nothing listens at a port now.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn answers(url: &str) -> bool {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(2)))
        .build()
        .into();
    agent.get(url).call().is_ok()
}

/// Asks until there is an answer; gives up when the process ends or takes too long, and shows what it last said.
fn wait<T>(
    what: &str,
    process: &mut Background,
    log: &Log,
    mut ask: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        let state = match process.expect_running() {
            Ok(()) if start.elapsed() > START => Err(anyhow!("not ready after {} s", START.as_secs())),
            other => other,
        };
        if let Err(error) = state {
            bail!("{what} did not start: {error}\n{}", log.tail()?);
        }
        pause(Duration::from_millis(50))?;
    }
}

/// Where a background process writes.
struct Log {
    file: File,
    path: PathBuf,
}

impl Log {
    fn create(project: &Project, name: &str) -> Result<Self> {
        let path = project.work_dir("run")?.join(format!("{name}.log"));
        Ok(Self {
            file: File::create(&path)?,
            path,
        })
    }

    /// Its last lines.
    fn tail(&self) -> Result<String> {
        tail(&self.path).with_context(|| format!("cannot read {}", self.path.display()))
    }
}

fn tail(path: &Path) -> Result<String> {
    const MOST: u64 = 4096;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
