//! What a person sees while a command works: one line for each long step, and how long it took.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Runs a step whose output stays hidden: `Compiling the core … 12.3 s`.
pub(crate) fn step<T>(what: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut err = std::io::stderr();
    // A closed standard error is no reason to stop working.
    let _ = write!(err, "{what} … ").and_then(|()| err.flush());
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "" } else { "failed after " };
    let _ = writeln!(err, "{outcome}{}", seconds(start.elapsed()));
    result
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
