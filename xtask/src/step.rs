//! Steps: one line for each long step; stamps, so that a step whose inputs and outputs are unchanged does not run; and
//! locks, because commands may run at the same time.

use std::fmt::Display;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{iter, thread};

use anyhow::{Context, Result};
use nix::fcntl::{Flock, FlockArg};

use crate::project::Project;

/// Runs a step whose output stays hidden, and prints its name and duration: `Compiling the core … 12.3 s`.
pub(crate) fn step<T>(name: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut err = std::io::stderr();
    // A closed standard error is no reason to stop working.
    let _ = write!(err, "{name} … ").and_then(|()| err.flush());
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "" } else { "failed after " };
    let _ = writeln!(err, "{outcome}{}", seconds(start.elapsed()));
    result
}

/// Keeps other commands, which wait, from what has this name until the value is dropped.
pub(crate) fn locked(project: &Project, name: &str) -> Result<Flock<File>> {
    let path = project.work_dir("locks")?.join(name);
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Flock::lock(file, FlockArg::LockExclusive)
        .map_err(|(_, error)| error)
        .with_context(|| format!("cannot lock {}", path.display()))
}

/// Runs a step unless its fingerprint, of inputs and outputs, is the one that the last successful run left in the
/// stamp of this name.
pub(crate) fn step_if_changed(
    project: &Project,
    stamp: &str,
    name: impl Display,
    fingerprint: impl Fn() -> String,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let _lock = locked(project, stamp)?;
    let stamp = project.work_dir("stamps")?.join(stamp);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == fingerprint()) {
        return Ok(());
    }
    step(name, work)?;
    fs::write(&stamp, fingerprint()).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Does the work for every item, for so many at once, and returns the results in the order in which they came.
pub(crate) fn at_once<T: Sync, R: Send>(count: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let queue = Mutex::new(items.iter());
    let results = Mutex::new(Vec::new());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                for result in iter::from_fn(next).map(&work) {
                    results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Hashes a value and the contents of files, never times: a fresh checkout or a touched file changes nothing.
pub(crate) fn fingerprint(value: impl Hash, files: &[impl AsRef<Path>]) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    for file in files {
        // A missing file has a fingerprint of its own.
        fs::read(file).ok().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
