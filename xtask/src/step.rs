//! Steps: one line for each long step, and stamps, so that a step whose inputs and outputs are unchanged does not run.

use std::fmt::Display;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

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

/// Runs a step unless its fingerprint, of inputs and outputs, is the one that the last successful run left in `stamp`.
pub(crate) fn step_if_changed(
    stamp: &Path,
    name: impl Display,
    fingerprint: impl Fn() -> String,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    if fs::read_to_string(stamp).is_ok_and(|last| last == fingerprint()) {
        return Ok(());
    }
    step(name, work)?;
    fs::write(stamp, fingerprint()).with_context(|| format!("cannot write {}", stamp.display()))
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
