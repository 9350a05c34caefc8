//! The package and matrix parts: the tarball that users would get, installed elsewhere, under one suite in every
//! runtime.
//!
//! `node tests/conformance/<runner>.js --package DIR --connection-string STRING` runs the suite in a runtime against
//! the package in `DIR/node_modules/webpubsub-edge`. It says `version V` in its first line, `SKIPPED check: reason` for
//! what the runtime lacks something for, `N passed, N failed` in its last line, and exits with 0 only when nothing
//! failed.

use std::iter;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};

use super::matrix::{self, Outcome};
use super::runtimes::{OTHERS, QUICK, Runtime};
use super::{browser, tarball};
use crate::process::Run;
use crate::project::Project;
use crate::stack::Emulator;
use crate::{build, tools};

/// How many runtimes run the suite at once: it waits more than it works.
const AT_ONCE: usize = 3;

/// In one runtime of each kind.
pub(super) fn quick(project: &Project) -> Result<()> {
    super::all([
        run(project, &QUICK),
        // The requests of the official client, sent again.
        super::node_tests(project, "tests/parity"),
    ])
}

/// In all others.
pub(super) fn others(project: &Project) -> Result<()> {
    tools::test_tools(project)?;
    run(project, &OTHERS)
}

fn run(project: &Project, runtimes: &'static [Runtime]) -> Result<()> {
    build::package(project)?;
    let elsewhere = tarball::install_elsewhere(project)?;
    let emulator = Emulator::start(project, &[])?;

    let width = runtimes
        .iter()
        .map(|runtime| runtime.name.len())
        .max()
        .unwrap_or_default();
    let queue = Mutex::new(runtimes.iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let conform = |runtime: &'static Runtime| {
        let result = conformance(project, runtime, elsewhere.path(), emulator.connection_string());
        match &result {
            Ok(outcome) => println!("{:<width$}  {outcome}", runtime.name),
            Err(error) => println!("{:<width$}  FAILED\n{error:#}", runtime.name),
        }
        Some((runtime, result.ok()?))
    };
    let outcomes: Vec<_> = thread::scope(|scope| {
        let work = || iter::from_fn(next).filter_map(conform).collect();
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|_| Vec::new()))
            .collect()
    });
    matrix::record(
        project,
        outcomes.iter().map(|(runtime, outcome)| (*runtime, outcome)),
    )?;
    let failed = runtimes.len() - outcomes.len();
    ensure!(
        failed == 0,
        "the suite fails in {failed} of {} runtimes",
        runtimes.len()
    );
    let counts: Vec<_> = outcomes.iter().map(|(_, outcome)| outcome.checks()).collect();
    ensure!(
        counts.windows(2).all(|pair| pair[0] == pair[1]),
        "the suite ran differently in the runtimes: {counts:?}"
    );
    Ok(())
}

/// Runs the suite in one runtime.
fn conformance(
    project: &Project,
    runtime: &Runtime,
    package: &Path,
    connection_string: &str,
) -> Result<Outcome> {
    tools::npm_packages(project)?;
    let node = match runtime.node {
        Some(node) => project.path(&format!("tests/tools/node_modules/{node}/bin/node")),
        None => "node".into(),
    };
    let mut run = Run::new(node)
        .arg(project.path("tests/conformance").join(runtime.runner))
        .arg("--package")
        .arg(package)
        .args(["--connection-string", connection_string])
        .args(runtime.options)
        .dir(project.root());
    if runtime.runner == "chromium.js" {
        run = run.env("CHROMIUM", browser::chromium(project)?);
    }
    let said = run.quiet()?;
    outcome(&said)
        .with_context(|| format!("expected `version V` first and `N passed, 0 failed` last in:\n{said}"))
}

fn outcome(said: &str) -> Result<Outcome> {
    let version = said.lines().find_map(|line| line.strip_prefix("version "));
    let last = said
        .trim_end()
        .lines()
        .last()
        .and_then(|line| line.strip_suffix(" passed, 0 failed"));
    let passed: usize = last.ok_or_else(|| anyhow!("there is no count"))?.parse()?;
    ensure!(passed > 0, "nothing ran");
    Ok(Outcome {
        version: version.ok_or_else(|| anyhow!("there is no version"))?.to_owned(),
        passed,
        skipped: said
            .lines()
            .filter_map(|line| line.strip_prefix("SKIPPED "))
            .map(str::to_owned)
            .collect(),
    })
}
