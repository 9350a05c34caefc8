//! Child processes, and what Ctrl-C does to them.
//!
//! Every child leads a process group of its own, so that it goes together with whatever it started (wrangler leaves
//! workerd behind otherwise). Ctrl-C, SIGTERM and SIGHUP end the child at work; the command then fails and, on its
//! way out, stops what runs in the background. A second Ctrl-C kills everything at once.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How long a background process may take to stop when asked, before it is killed.
const GRACE: Duration = Duration::from_secs(5);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<Vec<Group>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Group {
    leader: Pid,
    background: bool,
}

/// Whether the user asked to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

pub(crate) fn stop_children_on_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| {
        let again = INTERRUPTED.swap(true, Ordering::SeqCst);
        for group in groups().iter() {
            match (again, group.background) {
                (true, _) => signal(group.leader, Signal::SIGKILL),
                (false, false) => signal(group.leader, Signal::SIGTERM),
                (false, true) => {}
            }
        }
        if again {
            std::process::exit(130);
        }
    })
    .context("cannot listen for Ctrl-C")
}

/// Sleeps, and fails when the user asked to stop.
pub(crate) fn pause(time: Duration) -> Result<()> {
    ensure!(!interrupted(), "interrupted");
    sleep(time);
    Ok(())
}

/// A command to run.
pub(crate) struct Run {
    command: Command,
    hint: Option<&'static str>,
}

impl Run {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).process_group(0);
        Self { command, hint: None }
    }

    /// The cargo that runs us, so that every step uses one toolchain.
    pub(crate) fn cargo() -> Self {
        let mut run = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        // What cargo tells the program that it runs; inherited, it would make some build scripts run again.
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
            {
                run.command.env_remove(name);
            }
        }
        run
    }

    /// Said when the program itself is missing.
    pub(crate) fn or_else_say(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, args: I) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs it out of sight and gives its standard output; shows everything that it said when it fails.
    pub(crate) fn quiet(mut self) -> Result<String> {
        let child = self.spawn(Stdio::piped(), Stdio::piped(), false)?;
        let leader = pid(&child);
        let output = child.wait_with_output();
        forget(leader);
        let output = output.with_context(|| format!("cannot run `{}`", self.name()))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(stdout);
        }
        let said = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        Err(self.failure(output.status, said.trim()))
    }

    /// Runs it in sight: its output is what the user wants to see.
    pub(crate) fn shown(mut self) -> Result<()> {
        let mut child = self.spawn(Stdio::inherit(), Stdio::inherit(), false)?;
        let status = child.wait();
        forget(pid(&child));
        let status = status.with_context(|| format!("cannot run `{}`", self.name()))?;
        if status.success() {
            Ok(())
        } else {
            Err(self.failure(status, ""))
        }
    }

    /// Starts it in the background. It is stopped, with all that it started, when the value is dropped.
    pub(crate) fn background(mut self, stdout: Stdio, log: &File) -> Result<Background> {
        let child = self.spawn(stdout, log.try_clone()?.into(), true)?;
        Ok(Background {
            name: self.name(),
            child,
        })
    }

    fn spawn(&mut self, stdout: Stdio, stderr: Stdio, background: bool) -> Result<Child> {
        ensure!(!interrupted(), "interrupted");
        let child = self
            .command
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .map_err(|error| match self.hint {
                Some(hint) if error.kind() == ErrorKind::NotFound => anyhow!(hint),
                _ => anyhow!(error).context(format!("cannot run `{}`", self.name())),
            })?;
        groups().push(Group {
            leader: pid(&child),
            background,
        });
        Ok(child)
    }

    /// The program and its first argument: enough to recognise it, and never a secret.
    fn name(&self) -> String {
        let program = Path::new(self.command.get_program())
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let first = self
            .command
            .get_args()
            .next()
            .map(|first| format!(" {}", first.to_string_lossy()));
        format!("{program}{}", first.unwrap_or_default())
    }

    fn failure(&self, status: ExitStatus, said: &str) -> anyhow::Error {
        if interrupted() {
            anyhow!("interrupted")
        } else {
            anyhow!("`{}` failed: {status}\n{said}", self.name())
        }
    }
}

/// A process in the background.
pub(crate) struct Background {
    name: String,
    child: Child,
}

impl Background {
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Fails when it has ended.
    pub(crate) fn expect_running(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("`{}` ended: {status}", self.name);
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let leader = pid(&self.child);
        signal(leader, Signal::SIGTERM);
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < GRACE {
            sleep(Duration::from_millis(20));
        }
        // Whatever ignored the request, and whatever the leader left behind.
        signal(leader, Signal::SIGKILL);
        let _ = self.child.wait();
        forget(leader);
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

fn signal(leader: Pid, signal: Signal) {
    // A group that is gone already needs no signal.
    let _ = killpg(leader, signal);
}

fn groups() -> MutexGuard<'static, Vec<Group>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn forget(leader: Pid) {
    groups().retain(|group| group.leader != leader);
}
