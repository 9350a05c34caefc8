//! What came of the suite in each runtime: kept in target/xtask/matrix.json, shown as a table in README.md.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Map, Value, json};

use super::runtimes::{OTHERS, QUICK, Runtime};
use crate::process::Run;
use crate::project::Project;
use crate::tools;

const START: &str = "<!-- matrix: `cargo xtask matrix` writes what stands from here -->";
const END: &str = "<!-- to here -->";

/// How the suite ended in a runtime.
pub(super) struct Outcome {
    pub(super) version: String,
    pub(super) passed: usize,
    /// The checks that the runtime lacks something for, each with what that is.
    pub(super) skipped: Vec<String>,
}

impl Outcome {
    pub(super) fn checks(&self) -> usize {
        self.passed + self.skipped.len()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<14}  {} passed", self.version, self.passed)?;
        match self.skipped.len() {
            0 => Ok(()),
            count => write!(f, ", {count} skipped"),
        }
    }
}

/// Keeps outcomes, beside those of other runtimes.
pub(super) fn record<'a>(
    project: &Project,
    outcomes: impl IntoIterator<Item = (&'a Runtime, &'a Outcome)>,
) -> Result<()> {
    let mut all = results(project).unwrap_or_default();
    for (runtime, outcome) in outcomes {
        let Outcome {
            version,
            passed,
            skipped,
        } = outcome;
        let outcome = json!({ "version": version, "passed": passed, "skipped": skipped });
        all.insert(runtime.name.to_owned(), outcome);
    }
    let file = file(project)?;
    fs::write(&file, format!("{:#}\n", Value::Object(all)))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Writes the table in README.md anew.
pub(crate) fn write(project: &Project) -> Result<()> {
    tools::npm_packages(project)?;
    let (before, _, after) = readme(project)?;
    let table = table(&results(project)?)?;
    let file = project.path("README.md");
    fs::write(&file, format!("{before}{START}\n\n{table}\n{END}{after}"))?;
    Run::new(project.npm_program("prettier"))
        .args(["--write", "--log-level=warn"])
        .arg(&file)
        .dir(project.root())
        .quiet()?;
    Ok(())
}

/// That README.md has a row for every runtime; what is in it is of the last run that somebody wrote there.
pub(super) fn check(project: &Project) -> Result<()> {
    let (_, table, _) = readme(project)?;
    let missing = runtimes().find(|runtime| !table.contains(&format!("| {} ", runtime.name)));
    ensure!(
        missing.is_none(),
        "README.md has no row for {}: run the parts `package` and `matrix`, then `cargo xtask matrix`",
        missing.map(|runtime| runtime.name).unwrap_or_default()
    );
    Ok(())
}

fn table(results: &Map<String, Value>) -> Result<String> {
    let mut table = String::from("| runtime | version | checks |\n| --- | --- | --- |\n");
    let mut notes = String::new();
    for Runtime { name, .. } in runtimes() {
        let (version, passed, skipped) = results
            .get(*name)
            .and_then(|result| {
                Some((
                    result["version"].as_str()?,
                    result["passed"].as_u64()?,
                    result["skipped"].as_array()?,
                ))
            })
            .ok_or_else(|| {
                anyhow!("{name} has not been tested: run `cargo xtask test --only package --only matrix`")
            })?;
        let also = match skipped.len() {
            0 => String::new(),
            count => format!(", {count} skipped"),
        };
        writeln!(table, "| {name} | {version} | {passed} passed{also} |")?;
        for check in skipped.iter().filter_map(Value::as_str) {
            writeln!(notes, "- {name}, skipped: {check}")?;
        }
    }
    Ok(match notes.is_empty() {
        true => table,
        false => format!("{table}\n{notes}"),
    })
}

fn runtimes() -> impl Iterator<Item = &'static Runtime> {
    QUICK.iter().chain(&OTHERS)
}

/// README.md: what is before the table, the table, and what is after.
fn readme(project: &Project) -> Result<(String, String, String)> {
    let text = fs::read_to_string(project.path("README.md"))?;
    let parts = text
        .split_once(START)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let (before, (table, after)) =
        parts.ok_or_else(|| anyhow!("README.md has no place for the table: `{START}` to `{END}`"))?;
    Ok((before.to_owned(), table.to_owned(), after.to_owned()))
}

fn results(project: &Project) -> Result<Map<String, Value>> {
    let text = fs::read_to_string(file(project)?).context("the suite has not been run")?;
    Ok(serde_json::from_str(&text)?)
}

fn file(project: &Project) -> Result<PathBuf> {
    Ok(project.work_dir("")?.join("matrix.json"))
}
