//! The package part: the tarball that users would get, installed elsewhere, under one suite in every runtime.
//!
//! `node tests/conformance/<runtime>.js --package DIR --connection-string STRING` runs the suite in that runtime
//! against the package in `DIR/node_modules/webpubsub-edge`, says `N passed, N failed` in its last line, and exits
//! with 0 only when nothing failed. Programs that npm installed are on its PATH.

use std::env;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};

use super::tarball;
use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::stack::Emulator;
use crate::{build, tools};

const RUNTIMES: [&str; 4] = ["node", "deno", "bun", "workerd"];

pub(super) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    let elsewhere = tempfile::Builder::new().prefix("webpubsub-edge-").tempdir()?;
    step("Packing the package and installing it elsewhere", || {
        install(project, elsewhere.path())
    })?;
    let emulator = Emulator::start(project, &[])?;

    let results: Vec<_> = RUNTIMES
        .iter()
        .map(|runtime| {
            let result = conformance(project, runtime, elsewhere.path(), emulator.connection_string());
            match &result {
                Ok(count) => println!("{runtime:<10}{count} passed"),
                Err(error) => println!("{runtime:<10}FAILED\n{error:#}"),
            }
            result
        })
        .collect();
    let failed = results.iter().filter(|result| result.is_err()).count();
    ensure!(
        failed == 0,
        "the suite fails in {failed} of {} runtimes",
        RUNTIMES.len()
    );
    let counts: Vec<u32> = results.into_iter().flatten().collect();
    ensure!(
        counts.windows(2).all(|pair| pair[0] == pair[1]),
        "the suite ran differently in the runtimes: {counts:?}"
    );
    Ok(())
}

/// `npm install` of the tarball in a folder that knows nothing of this project.
fn install(project: &Project, elsewhere: &Path) -> Result<()> {
    let tarball = tarball::pack(project, elsewhere)?;
    std::fs::write(
        elsewhere.join("package.json"),
        "{ \"private\": true, \"type\": \"module\" }\n",
    )?;
    Run::new("npm")
        .args(["install", "--offline", "--no-audit", "--no-fund"])
        .arg(tarball)
        .dir(elsewhere)
        .quiet()?;
    Ok(())
}

/// Runs the suite in one runtime and gives the number of checks that passed.
fn conformance(project: &Project, runtime: &str, package: &Path, connection_string: &str) -> Result<u32> {
    tools::npm_packages(project)?;
    let said = Run::new("node")
        .arg(project.path(&format!("tests/conformance/{runtime}.js")))
        .arg("--package")
        .arg(package)
        .args(["--connection-string", connection_string])
        .env("PATH", path_with_npm_programs(project)?)
        .dir(project.root())
        .quiet()?;
    let summary = said.trim_end().lines().last().unwrap_or_default();
    let passed = summary
        .strip_suffix(" passed, 0 failed")
        .and_then(|count| count.parse().ok());
    passed
        .filter(|count| *count > 0)
        .ok_or_else(|| anyhow!("expected `N passed, 0 failed` at the end of:\n{said}"))
}

fn path_with_npm_programs(project: &Project) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(
        [project.path("node_modules/.bin")]
            .into_iter()
            .chain(env::split_paths(&path)),
    )?)
}
