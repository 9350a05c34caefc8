//! The emulator and the Worker, running on this machine: the Worker in workerd by `wrangler dev`.
//!
//! Each needs the other's address: the Worker's port is chosen first, for the emulator's event handler; the emulator
//! prints its connection string, for the Worker. That string contains a key, so wrangler receives it in a file that only
//! its owner can read, never in its arguments.

use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::iter;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::{NamedTempFile, TempDir};

use crate::build;
use crate::process::{Background, Run as _, cargo_in_the_background};
use crate::project::Project;
use crate::step::step;

/// The ports below those that Linux, macOS and Windows give to connections.
const LOWEST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

/// A running emulator. Dropping it stops it.
pub(crate) struct Emulator {
    connection_string: String,
    process: Background,
}

impl Emulator {
    /// Builds it and returns the program.
    pub(crate) fn build() -> Result<PathBuf> {
        built("webpubsub-emulator", "dev", "Building the emulator (a minute or two the first time)")
    }

    /// Builds it as it is distributed and returns the program.
    pub(crate) fn build_optimised() -> Result<PathBuf> {
        let title = "Building the optimised emulator (some minutes the first time)";
        built("webpubsub-emulator", "emulator", title)
    }

    /// Builds and starts one on a free port, with these `HUB=URL_TEMPLATE` event handlers.
    pub(crate) fn start(project: &Project, event_handlers: &[String]) -> Result<Self> {
        let mut command = Command::new(Self::build()?);
        command.args(["--port", "0"]);
        for handler in event_handlers {
            command.args(["--event-handler", handler]);
        }
        let mut process = command.background(&project.work_dir("run")?)?;
        let connection_string = process.wait(|output| {
            let mut lines = output.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            Ok(lines.find(|line| line.starts_with("Endpoint=")).map(|line| line.trim().to_owned()))
        })?;
        Ok(Self { connection_string, process })
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
    _state: TempDir,
}

impl Stack {
    /// Builds what is needed, starts both and waits until the Worker responds. Port 0 chooses a free one.
    pub(crate) fn start(project: &Project, port: u16) -> Result<Self> {
        build::package(project)?;
        let port = if port == 0 { free_port()? } else { port };
        let url = format!("http://127.0.0.1:{port}/");
        let emulator = Emulator::start(project, &[format!("chat={url}api/webpubsub/hubs/{{hub}}/")])?;

        let run = project.work_dir("run")?;
        let mut settings = tempfile::Builder::new().prefix("worker-").suffix(".env").tempfile_in(&run)?;
        writeln!(settings, "WEB_PUBSUB=\"{}\"", emulator.connection_string())?;
        let state = tempfile::Builder::new().prefix("state-").tempdir_in(&run)?;
        let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(2))).build();
        let agent: ureq::Agent = agent.into();
        let worker = step("Starting the Worker in workerd (wrangler dev)", || {
            let mut worker = wrangler(project)?
                .args(["dev", "--local", "--ip", "127.0.0.1", "--port", &port.to_string()])
                .args(["--show-interactive-dev-session", "false", "--persist-to"])
                .arg(state.path())
                .arg("--env-file")
                .arg(settings.path())
                .background(&run)?;
            worker.wait(|output| {
                // wrangler keeps watching after a failed build, but nothing would change.
                ensure!(!output.contains("Build failed with"), "the Worker's build failed:\n{output}");
                Ok(agent.get(&url).call().is_ok().then_some(()))
            })?;
            Ok(worker)
        })?;
        Ok(Self { url, worker, emulator, _settings: settings, _state: state })
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

/// Builds a package of the workspace and returns its program, which has the package's name.
pub(crate) fn built(package: &str, profile: &str, title: &str) -> Result<PathBuf> {
    step(title, || {
        let mut build = cargo_in_the_background();
        build.args(["build", "--quiet", "--profile", profile, "--package", package]).quiet()
    })?;
    let folder = if profile == "dev" { "debug" } else { profile };
    // Next to this program's own folder, wherever CARGO_TARGET_DIR is.
    Ok(std::env::current_exe()?.with_file_name("..").join(folder).join(package))
}

/// wrangler in worker/, isolated: no account, no telemetry, no update check, nothing written to the home folder.
pub(crate) fn wrangler(project: &Project) -> Result<Command> {
    let own = project.work_dir("wrangler")?;
    let mut command = Command::new(project.npm_program("wrangler"));
    for (name, value) in [
        ("WRANGLER_SEND_METRICS", "false"),
        ("WRANGLER_SEND_ERROR_REPORTS", "false"),
        ("WRANGLER_HIDE_BANNER", "true"),
        ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
    ] {
        command.env(name, value);
    }
    command.env("WRANGLER_LOG_PATH", &own).env("XDG_CONFIG_HOME", &own);
    command.env("WRANGLER_REGISTRY_PATH", own.join("registry")).current_dir(project.path("worker"));
    Ok(command)
}

/// Whether nothing listens at a port now.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port that is free now, and not one of those that the system gives to connections: what is started there has time.
pub(crate) fn free_port() -> Result<u16> {
    let is_free = |port: &u16| is_free(*port);
    let random = iter::repeat_with(|| LOWEST_PORT + RandomState::new().hash_one(()) as u16 % PORTS);
    random.take(100).find(is_free).context("no port is free")
}
