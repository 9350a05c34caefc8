//! One suite against the installed package in every runtime of tests/conformance/runtimes.json, and the table of the
//! outcomes in README.md.
//!
//! `node tests/conformance/<runner>.js --package DIR --connection-string STRING` runs the suite in a runtime against
//! the package in `DIR/node_modules/webpubsub-edge`. It prints `version V` first, `SKIPPED check: reason` for what the
//! runtime cannot do, `N passed, N failed` last, and exits with 0 only when nothing failed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::package;
use crate::process::Run as _;
use crate::project::Project;
use crate::stack::Emulator;
use crate::step::{at_once, locked};
use crate::{build, tools};

/// Runtimes that run the suite at once: it mostly waits.
const AT_ONCE: usize = 3;

const RECORD: &str = "target/xtask/matrix.json";
const START: &str = "<!-- matrix: `cargo xtask matrix` writes what stands from here -->";
const END: &str = "<!-- to here -->";

#[derive(Deserialize)]
struct Runtimes {
    /// One of each kind, without tests/tools: for every day.
    main: Vec<Runtime>,
    others: Vec<Runtime>,
}

/// A runtime, and how the suite runs in it.
#[derive(Deserialize)]
struct Runtime {
    /// Its name in the README.
    name: String,
    /// The program in `tests/conformance/` that runs the suite there.
    runner: String,
    /// The Node that runs the runner: a folder in `tests/tools/node_modules`. Default: the one on the PATH.
    node: Option<String>,
    /// workerd's compatibility date. Default: the newest.
    date: Option<String>,
    /// A compatibility flag of workerd. `nodejs_compat` is a default from 2026-08-04.
    flag: Option<String>,
}

/// The outcome of the suite in a runtime.
#[derive(Serialize, Deserialize)]
struct Outcome {
    version: String,
    passed: usize,
    /// The checks that the runtime cannot run, each with the reason.
    skipped: Vec<String>,
}

impl Outcome {
    fn summary(&self) -> String {
        match self.skipped.len() {
            0 => format!("{} passed", self.passed),
            skipped => format!("{} passed, {skipped} skipped", self.passed),
        }
    }
}

fn runtimes() -> Result<Runtimes> {
    Ok(serde_json::from_str(&fs::read_to_string("tests/conformance/runtimes.json")?)?)
}

pub(super) fn main(project: &Project) -> Result<()> {
    run(project, &runtimes()?.main)
}

pub(super) fn others(project: &Project) -> Result<()> {
    tools::test_tools(project)?;
    run(project, &runtimes()?.others)
}

fn run(project: &Project, runtimes: &[Runtime]) -> Result<()> {
    build::package(project)?;
    let elsewhere = package::install_elsewhere(project)?;
    let emulator = Emulator::start(project, &[])?;
    let conform = |runtime: &Runtime| {
        let name = runtime.name.clone();
        let result = conformance(project, runtime, elsewhere.path(), emulator.connection_string());
        match &result {
            Ok(outcome) => println!("{name:<45}{:<16}{}", outcome.version, outcome.summary()),
            Err(error) => println!("{name:<45}FAILED\n{error:#}"),
        }
        Some((name, result.ok()?))
    };
    let outcomes: Vec<_> = at_once(AT_ONCE, runtimes, conform).into_iter().flatten().collect();
    let failed = runtimes.len() - outcomes.len();
    let counts: Vec<_> = outcomes.iter().map(|(_, outcome)| outcome.passed + outcome.skipped.len()).collect();
    let _lock = locked(project, "matrix")?;
    let mut recorded = recorded().unwrap_or_default();
    recorded.extend(outcomes);
    fs::write(RECORD, serde_json::to_string_pretty(&recorded)?)?;
    ensure!(failed == 0, "the suite fails in {failed} of {} runtimes", runtimes.len());
    let is_one_count = counts.windows(2).all(|pair| pair[0] == pair[1]);
    ensure!(is_one_count, "the runtimes ran different numbers of checks: {counts:?}");
    Ok(())
}

/// Runs the suite in one runtime.
fn conformance(project: &Project, runtime: &Runtime, package: &Path, service: &str) -> Result<Outcome> {
    let mut command = Command::new("node");
    if let Some(node) = &runtime.node {
        command = Command::new(project.path(&format!("tests/tools/node_modules/{node}/bin/node")));
    }
    command.arg(project.path("tests/conformance").join(&runtime.runner));
    command.arg("--package").arg(package).args(["--connection-string", service]);
    for (option, value) in [("--date", &runtime.date), ("--flag", &runtime.flag)] {
        command.args(value.iter().flat_map(|value| [option, value]));
    }
    if runtime.runner == "chromium.js" {
        command.env("CHROMIUM", tools::chromium(project)?);
    }
    let output = command.quiet()?;
    outcome(&output)
        .with_context(|| format!("expected `version V` first and `N passed, 0 failed` last in:\n{output}"))
}

fn outcome(output: &str) -> Result<Outcome> {
    let after = |start| output.lines().filter_map(move |line| line.strip_prefix(start)).map(str::to_owned);
    let passed = output.trim_end().lines().last().and_then(|line| line.strip_suffix(" passed, 0 failed"));
    let passed = passed.context("there is no count")?.parse()?;
    ensure!(passed > 0, "no check ran");
    let version = after("version ").next().context("there is no version")?;
    Ok(Outcome { version, passed, skipped: after("SKIPPED ").collect() })
}

fn recorded() -> Result<BTreeMap<String, Outcome>> {
    Ok(serde_json::from_str(&fs::read_to_string(RECORD).context("the suite has not been run")?)?)
}

/// Writes the table in README.md.
pub(crate) fn write_table(project: &Project) -> Result<()> {
    tools::npm_packages(project)?;
    let outcomes = recorded()?;
    let mut table = String::from("| runtime | version | checks |\n| --- | --- | --- |\n");
    let mut notes = String::new();
    for name in names()? {
        let outcome = outcomes.get(&name).with_context(|| {
            format!("{name} has not been tested: run `cargo xtask test --only conformance --only conformance-others`")
        })?;
        writeln!(table, "| {name} | {} | {} |", outcome.version, outcome.summary())?;
        for check in &outcome.skipped {
            writeln!(notes, "- {name}, skipped: {check}")?;
        }
    }
    let (before, _, after) = readme()?;
    fs::write("README.md", format!("{before}{START}\n\n{table}\n{notes}\n{END}{after}"))?;
    let mut prettier = Command::new(project.npm_program("prettier"));
    prettier.args(["--write", "--log-level=warn", "README.md"]).quiet().map(drop)
}

/// Checks that README.md has a row for every runtime; the values are those of the last `cargo xtask matrix`.
pub(super) fn check_table() -> Result<()> {
    let (_, table, _) = readme()?;
    let missing: Vec<_> =
        names()?.into_iter().filter(|name| !table.contains(&format!("| {name} "))).collect();
    ensure!(
        missing.is_empty(),
        "README.md has no row for {}: run `cargo xtask test --only conformance --only conformance-others`, then \
         `cargo xtask matrix`",
        missing.join("; ")
    );
    Ok(())
}

fn names() -> Result<Vec<String>> {
    let Runtimes { main, others } = runtimes()?;
    Ok(main.into_iter().chain(others).map(|runtime| runtime.name).collect())
}

/// README.md: before the table, the table, and after it.
fn readme() -> Result<(String, String, String)> {
    let text = fs::read_to_string("README.md")?;
    let parts = text.split_once(START).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let (before, (table, after)) =
        parts.with_context(|| format!("README.md has no place for the table: `{START}` to `{END}`"))?;
    Ok((before.to_owned(), table.to_owned(), after.to_owned()))
}
