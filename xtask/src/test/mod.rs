//! The tests, part by part: each part runs, whatever became of the ones before it, and a table tells how each ended.

mod browser;
mod events;
mod examples;
mod isolate;
mod lint;
pub(crate) mod matrix;
mod package;
mod packaging;
mod runtimes;
mod rust_worker;
mod tarball;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::ValueEnum as _;

use crate::process::{Run, interrupted};
use crate::progress::{seconds, step};
use crate::project::{self, Project, files};
use crate::{demo, size, tools};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only this part; may be given more than once
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// Formatting, lints, and that the library has no tokio
    Lint,
    /// The Rust tests
    Rust,
    /// The wasm tests that need no browser, in Node
    Wasm,
    /// The TypeScript types, as users compile them
    Types,
    /// The packed and installed package, in one runtime of each kind
    Package,
    /// The same in all others: their versions, their ways to run it; needs Chromium, or fetches one
    Matrix,
    /// The tarball, and projects that use it with the usual tools
    Packaging,
    /// The event handler, beside the official one, and in a Worker under the events of the local service
    Events,
    /// The life of an isolate: one client and one event handler under thousands of requests that fail
    Isolate,
    /// The examples, each on its runtime
    Examples,
    /// The chat, driven by WebSocket clients
    Worker,
    /// The chat's page, in Chromium
    Browser,
    /// The sizes and their budget
    Size,
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    fn run(self, project: &Project) -> Result<()> {
        match self {
            Self::Lint => lint::run(project),
            Self::Rust => Run::cargo()
                .args(["test", "--workspace"])
                .dir(project.root())
                .shown(),
            Self::Wasm => wasm(project),
            Self::Types => types(project),
            Self::Package => package::quick(project),
            Self::Matrix => package::others(project),
            Self::Packaging => packaging::run(project),
            Self::Events => events::run(project),
            Self::Isolate => isolate::run(project),
            Self::Examples => examples::run(project),
            Self::Worker => demo::check(project),
            Self::Browser => browser::run(project),
            Self::Size => size::check(project),
        }
    }
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let parts = if options.only.is_empty() {
        Part::value_variants()
    } else {
        &options.only
    };
    let mut outcomes = Vec::new();
    for part in parts {
        println!("\n== {} ==", part.name());
        let start = Instant::now();
        let result = part.run(project);
        if let Err(error) = &result {
            ensure!(!interrupted(), "interrupted");
            println!("error: {error:#}");
        }
        outcomes.push(Outcome {
            part: part.name(),
            passed: result.is_ok(),
            took: start.elapsed(),
        });
    }
    report(&outcomes)
}

struct Outcome {
    part: String,
    passed: bool,
    took: Duration,
}

fn report(outcomes: &[Outcome]) -> Result<()> {
    println!();
    for Outcome { part, passed, took } in outcomes {
        let word = if *passed { "passed" } else { "FAILED" };
        println!("{part:<10}{word:<8}{:>8}", seconds(*took));
    }
    let failed: Vec<_> = outcomes
        .iter()
        .filter(|outcome| !outcome.passed)
        .map(|outcome| &*outcome.part)
        .collect();
    println!(
        "{} passed, {} failed",
        outcomes.len() - failed.len(),
        failed.len()
    );
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// What `wasm-pack test --node` does. Tests of other targets are empty here, or say so with `cfg`.
fn wasm(project: &Project) -> Result<()> {
    tools::wasm_target()?;
    let runner = tools::wasm_test_runner(project)?;
    Run::cargo()
        .args(["test", "--package=webpubsub-edge", "--target", tools::WASM_TARGET])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .dir(project.root())
        .shown()
}

/// Compiles the samples against the package's types, once for each configuration, and the Worker with its page; by
/// TypeScript of today, and by the one of before the compiler was written anew.
fn types(project: &Project) -> Result<()> {
    tools::npm_packages(project)?;
    tools::test_tools(project)?;
    let compilers = ["node_modules/typescript", "tests/tools/node_modules/typescript-5"];
    let samples = project.path("tests/types");
    // `tsconfig.json` itself is what the others share.
    let is_one =
        |name: &str| name.starts_with("tsconfig.") && name.ends_with(".json") && name != "tsconfig.json";
    let mut configurations = project::files(&samples, is_one)?;
    ensure!(
        !configurations.is_empty(),
        "{} holds no tsconfig.*.json",
        samples.display()
    );
    configurations.extend(
        [
            "worker/tsconfig.json",
            "worker/jsconfig.json",
            "examples/hono/tsconfig.json",
        ]
        .map(|file| project.path(file)),
    );
    let runs = compilers
        .iter()
        .flat_map(|compiler| configurations.iter().map(move |file| (compiler, file)));
    let results: Vec<_> = runs
        .map(|(compiler, file)| {
            let shown = file.strip_prefix(project.root()).unwrap_or(file).display();
            step(format!("{compiler}, -p {shown}"), || {
                let tsc = Run::new("node")
                    .arg(project.path(&format!("{compiler}/bin/tsc")))
                    .args(["--noEmit", "--pretty", "false", "-p"])
                    .arg(file);
                tsc.dir(project.root()).quiet()
            })
        })
        .collect();
    all(results)
}

/// Fails with every error there is, when there is one.
fn all<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<()> {
    let errors: Vec<_> = results
        .into_iter()
        .filter_map(Result::err)
        .map(|error| format!("{error:#}"))
        .collect();
    ensure!(errors.is_empty(), "{}", errors.join("\n"));
    Ok(())
}

/// The tests of a folder by Node's own runner, with the packages of the workspace.
fn node_tests(project: &Project, folder: &str) -> Result<()> {
    let tests = files(&project.path(folder), |name| name.ends_with(".test.js"))?;
    ensure!(!tests.is_empty(), "{folder} holds no tests");
    Run::new("node")
        .args(["--test", "--test-reporter=spec"])
        .args(tests)
        .dir(project.root())
        .shown()
}
