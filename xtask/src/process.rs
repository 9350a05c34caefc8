//! Child processes: quiet, shown or in the background, and Ctrl-C.
//!
//! Every child leads a process group of its own, so that everything it started ends with it (wrangler would leave
//! workerd behind). Ctrl-C, SIGTERM and SIGHUP stop all children; the command then fails and, on its way out, kills what
//! did not stop. A second Ctrl-C kills everything at once.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::iter;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tempfile::NamedTempFile;

/// Time for a background process to stop by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// Time for a background process to become ready.
const READY: Duration = Duration::from_secs(60);

pub(crate) const GET_NODE: &str = "Node.js 20 or newer with npm is required: install it from https://nodejs.org or with your version manager";
/// What to do about a program that is missing.
const HINTS: [(&str, &str); 4] = [
    ("node", GET_NODE),
    ("npm", GET_NODE),
    (
        "python3",
        "Python 3.9 or newer with venv is required for packages from PyPI: on Debian `apt-get install python3-venv`",
    ),
    ("rustup", "the Rust toolchain lacks a target and rustup is missing: install it from https://rustup.rs"),
];

/// Runs a program at a low priority.
const NICE: [&str; 3] = ["nice", "-n", "10"];

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Whether the user pressed Ctrl-C.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

pub(crate) fn stop_children_on_ctrl_c() -> Result<()> {
    let stop = || {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        for leader in groups().iter() {
            signal(*leader, if again { Signal::SIGKILL } else { Signal::SIGTERM });
        }
        if again {
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(stop).context("cannot listen for Ctrl-C")
}

/// Sleeps; fails when the user pressed Ctrl-C.
pub(crate) fn pause(time: Duration) -> Result<()> {
    sleep(time);
    ensure!(!interrupted(), "interrupted");
    Ok(())
}

/// The cargo that runs this program, so that every step uses one toolchain.
pub(crate) fn cargo() -> Command {
    without_package(Command::new(cargo_program()))
}

/// The same at a low priority, for everything that takes long: tests that run meanwhile keep their pace.
pub(crate) fn cargo_in_the_background() -> Command {
    let mut command = Command::new(NICE[0]);
    command.args(&NICE[1..]).arg(cargo_program());
    without_package(command)
}

fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Cargo sets these variables for the program that it runs; inherited, they make some build scripts run again.
fn without_package(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

/// The ways to run a command.
pub(crate) trait Run {
    /// Runs it out of sight and returns its standard output; the error of a failure contains everything it wrote.
    fn quiet(&mut self) -> Result<String>;
    /// Runs it with everything that it writes in a file.
    fn logged(&mut self, log: &File) -> Result<()>;
    /// Runs it with its output shown.
    fn shown(&mut self) -> Result<()>;
    /// Starts it in the background, with a log in the folder `logs`; dropping the value stops it, with everything that it
    /// started, and removes the log.
    fn background(&mut self, logs: &Path) -> Result<Background>;
}

impl Run for Command {
    fn quiet(&mut self) -> Result<String> {
        let (child, _group) = start(self.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let output = child.wait_with_output()?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let everything = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        check(self, output.status, everything.trim())?;
        Ok(stdout)
    }

    fn logged(&mut self, log: &File) -> Result<()> {
        self.stdout(log.try_clone()?).stderr(log.try_clone()?).shown()
    }

    fn shown(&mut self) -> Result<()> {
        let (mut child, _group) = start(self)?;
        let status = child.wait()?;
        check(self, status, "")
    }

    fn background(&mut self, logs: &Path) -> Result<Background> {
        // A file of its own, because commands may run at the same time; only its owner can read it.
        let log = tempfile::Builder::new().suffix(".log").tempfile_in(logs)?;
        let (child, group) =
            start(self.stdout(log.as_file().try_clone()?).stderr(log.as_file().try_clone()?))?;
        Ok(Background { name: name(self), child, group, log })
    }
}

fn start(command: &mut Command) -> Result<(Child, Group)> {
    ensure!(!interrupted(), "interrupted");
    let child = command.stdin(Stdio::null()).process_group(0).spawn();
    let child = child.map_err(|error| {
        let hint = HINTS.iter().find(|(program, _)| command.get_program() == OsStr::new(program));
        match hint {
            Some((_, hint)) if error.kind() == ErrorKind::NotFound => anyhow!(*hint),
            _ => anyhow!(error).context(format!("cannot run `{}`", name(command))),
        }
    })?;
    let leader = Pid::from_raw(child.id().cast_signed());
    groups().push(leader);
    Ok((child, Group(leader)))
}

fn check(command: &Command, status: ExitStatus, output: &str) -> Result<()> {
    ensure!(!interrupted(), "interrupted");
    ensure!(status.success(), "`{}` failed: {status}\n{output}", name(command));
    Ok(())
}

/// The program and its first argument: enough to recognise it, and never a secret.
fn name(command: &Command) -> String {
    let mut words: Vec<_> = iter::once(command.get_program()).chain(command.get_args()).collect();
    if words.starts_with(&NICE.map(OsStr::new)) {
        words.drain(..NICE.len());
    }
    let program =
        words.first().map(Path::new).and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let first = words.get(1).copied().unwrap_or_default().to_string_lossy();
    format!("{program} {first}").trim_end().to_owned()
}

/// A process group; dropping it kills whatever is left of it.
struct Group(Pid);

impl Drop for Group {
    fn drop(&mut self) {
        signal(self.0, Signal::SIGKILL);
        groups().retain(|leader| *leader != self.0);
    }
}

/// A process in the background.
pub(crate) struct Background {
    name: String,
    child: Child,
    group: Group,
    log: NamedTempFile,
}

impl Background {
    /// Fails when it has ended.
    pub(crate) fn expect_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("`{}` ended: {status}\n{}", self.name, self.last_output()?),
        }
    }

    /// Waits until `ready` returns a value; it is given what the process wrote so far. Fails when the process ends or
    /// takes too long.
    pub(crate) fn wait<T>(&mut self, mut ready: impl FnMut(&str) -> Result<Option<T>>) -> Result<T> {
        let start = Instant::now();
        loop {
            if let Some(value) = ready(&self.output()?)? {
                return Ok(value);
            }
            self.expect_running()?;
            if start.elapsed() > READY {
                bail!("`{}` was not ready after {} s\n{}", self.name, READY.as_secs(), self.last_output()?);
            }
            pause(Duration::from_millis(50))?;
        }
    }

    fn output(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.log.path())?).into_owned())
    }

    fn last_output(&self) -> Result<String> {
        const LINES: usize = 40;
        let output = self.output()?;
        let lines: Vec<_> = output.lines().collect();
        Ok(lines[lines.len().saturating_sub(LINES)..].join("\n"))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        signal(self.group.0, Signal::SIGTERM);
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < GRACE {
            sleep(Duration::from_millis(20));
        }
        signal(self.group.0, Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

fn signal(leader: Pid, signal: Signal) {
    // A group that has ended needs no signal.
    let _ = killpg(leader, signal);
}

fn groups() -> MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}
