//! The tests, part by part: each part runs whatever the result of the others, and a table shows the results. Some run at
//! once, because many do nothing but wait.
//!
//! A part has the name of its folder in `tests/`, which tests/README.md describes; `rust` runs the folders of Rust tests.

pub(crate) mod conformance;
mod lint;
mod package;

use std::any::Any;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Result, ensure};
use clap::builder::PossibleValue;

use crate::process::{Run as _, cargo, cargo_in_the_background, interrupted};
use crate::project::Project;
use crate::stack::{Emulator, Stack, built, free_port};
use crate::step::{at_once, seconds, step};
use crate::{build, demo, docs, emulator_package, size, tools};

/// What a test program needs, besides the built package and the npm packages.
#[derive(Clone, Copy)]
enum Need {
    /// The packages in tests/tools
    Tools,
    /// The packages of these examples, which are outside the workspace
    ExamplePackages(&'static [&'static str]),
    /// `--package DIR`: where the package is installed as users install it
    Package,
    /// The site of the documentation, the built package, the other packages that the code in its pages imports, and
    /// `--xtask PROGRAM`: this program
    Docs,
    /// `--tarball FILE`: the packed package
    Tarball,
    /// `--connection-string STRING`: of a running emulator
    Service,
    /// `--emulator PROGRAM`: for the test to start
    EmulatorProgram,
    /// `--packages DIR`: the tarballs and manifests of the emulator's packages
    EmulatorPackages,
    /// `--python PYTHON`: with the packages of tests/emulator-package/requirements.txt
    Python,
    /// The npm packages of tests/strangers, and `--python PYTHON --old-python PYTHON`: with the newest and the oldest
    /// version of the service client
    Strangers,
    /// `--rust-client PROGRAM`: the Rust client of tests/faults, for the test to start
    RustClient,
    /// `DEMO_URL`: the address of the running chat
    Chat,
    /// `CHROMIUM`: the path of the browser
    Chromium,
    /// worker-build's environment, and `--port PORT`: a free port
    Examples,
}
use Need::{
    Chat, Chromium, Docs, EmulatorPackages, EmulatorProgram, ExamplePackages, Examples, Package, Python,
    RustClient, Service, Strangers, Tarball, Tools,
};

/// How a part runs.
#[derive(Clone, Copy)]
enum Work {
    Function(fn(&Project) -> Result<()>),
    /// `tests/PART/run.js`
    Program(&'static [Need]),
    /// `tests/PART/*.test.js`, by Node's test runner
    NodeTests(&'static [Need]),
}
use Work::{Function, NodeTests, Program};

#[derive(Clone, Copy)]
struct Part(&'static str, Work, &'static str);

/// Parts that run at once.
const AT_ONCE: usize = 4;

const FAULTS: &[Need] = &[Package, RustClient];
const SOAK: &[Need] = &[Package, EmulatorProgram];

/// In the order in which they start: what takes long first.
static PARTS: [Part; 21] = [
    Part("lint", Function(lint::run), "Formatting, lints, dependencies; the core links without an allocator"),
    Part(
        "examples",
        Program(&[Tools, ExamplePackages(tools::EXAMPLES_WITH_PACKAGES), Examples, EmulatorProgram]),
        "The examples, each in its runtime; needs OpenSSL's headers",
    ),
    Part("rust", Function(rust), "The Rust tests"),
    Part("wasm", Function(wasm), "The Rust tests for wasm32, in Node"),
    Part("types", Function(types), "The TypeScript types, as users compile them"),
    Part(
        "docs",
        Program(&[Tools, Docs, EmulatorProgram]),
        "The site of the documentation, and every code block in Markdown",
    ),
    Part(
        "conformance-others",
        Function(conformance::others),
        "The same in all other runtimes; needs Chromium, or downloads it",
    ),
    Part("browser", NodeTests(&[Chromium, Chat]), "The chat's page in Chromium; downloads it when missing"),
    Part(
        "packaging",
        Program(&[Tools, ExamplePackages(&["nextjs"]), Tarball, Service]),
        "The tarball, and projects that use it with common tools",
    ),
    Part(
        "emulator-package",
        Program(&[Tools, EmulatorPackages, Python]),
        "The emulator's npm packages, installed and used; the code in its README",
    ),
    Part("conformance", Function(conformance::main), "The installed package in one runtime of each kind"),
    Part(
        "admin-page",
        Program(&[Chromium, EmulatorProgram]),
        "The page of the emulator's admin port, in Chromium; downloads it when missing",
    ),
    Part(
        "strangers",
        Program(&[EmulatorProgram, Strangers]),
        "The official packages and mqtt.js against the emulator; needs Python",
    ),
    Part(
        "faults",
        Program(FAULTS),
        "Servers that fail in every way: what is sent, and what the caller sees; docs/faults.md is up to date",
    ),
    Part("soak", Program(SOAK), "Ten seconds of `cargo xtask soak`"),
    Part(
        "webhooks",
        Program(&[Package, EmulatorProgram]),
        "The event handler in workerd, with the emulator's events",
    ),
    Part("isolate", Program(&[Tools, Package, Service]), "One isolate under thousands of requests that fail"),
    Part("demo", Function(demo::check), "The chat, driven by WebSocket clients"),
    Part("official", NodeTests(&[]), "The event handler beside the official one, in Express and Hono"),
    Part("parity", NodeTests(&[]), "The package's requests are those of the official client"),
    Part("size", Function(size::check), "The sizes and their budget"),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only this part; may be repeated
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
}

impl clap::ValueEnum for Part {
    fn value_variants<'a>() -> &'a [Self] {
        &PARTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0).help(self.2))
    }
}

/// What became of a part: its name, whether it passed, and how long it took.
type Outcome = (&'static str, bool, Duration);

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let parts = if options.only.is_empty() { &PARTS[..] } else { &options.only };
    let (first, again) = match parts {
        [part] => (vec![here(project, part)?], Vec::new()),
        parts => side_by_side(project, parts)?,
    };
    let passed_again = |name| again.iter().any(|(other, passed, _)| *passed && *other == name);
    if parts.len() > 1 {
        println!();
        for (name, passed, time) in &first {
            let result = match passed {
                true => "passed",
                false if passed_again(*name) => "passed alone, not beside others",
                false => "FAILED",
            };
            println!("{name:<20}{:>8}  {result}", seconds(*time));
        }
    }
    let failed = first.iter().filter(|(name, passed, _)| !passed && !passed_again(*name));
    let failed: Vec<_> = failed.map(|(name, ..)| *name).collect();
    if parts.len() > 1 {
        println!("{} passed, {} failed", parts.len() - failed.len(), failed.len());
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// Runs the parts, some at once, and those that failed once more, one by one: a busy machine may be the reason. Returns the
/// outcomes of both.
fn side_by_side(project: &Project, parts: &[Part]) -> Result<(Vec<Outcome>, Vec<Outcome>)> {
    // Looked up at once, because cargo may replace the file meanwhile.
    let program = env::current_exe()?;
    let run = |part: &Part| apart(project, &program, part);
    let first: Vec<_> = at_once(AT_ONCE, parts, run).into_iter().collect::<Result<_>>()?;
    let has_failed = |part: &&Part| first.iter().any(|(name, passed, _)| !passed && *name == part.0);
    let again = parts.iter().filter(has_failed).map(run).collect::<Result<_>>()?;
    Ok((first, again))
}

/// Runs a part in this process.
fn here(project: &Project, &Part(name, work, _): &Part) -> Result<Outcome> {
    println!("\n== {name} ==");
    let start = Instant::now();
    let result = match work {
        Function(run) => run(project),
        Program(needs) => node(project, &[format!("tests/{name}/run.js")], needs),
        NodeTests(needs) => node_tests(project, name, needs),
    };
    if let Err(error) = &result {
        ensure!(!interrupted(), "interrupted");
        println!("error: {error:#}");
    }
    Ok((name, result.is_ok(), start.elapsed()))
}

/// Runs a part by a command of its own, and shows what it wrote once it has ended.
fn apart(project: &Project, program: &Path, &Part(name, ..): &Part) -> Result<Outcome> {
    let log = tempfile::Builder::new().suffix(".log").tempfile_in(project.work_dir("run")?)?;
    eprintln!("{name}: started");
    let start = Instant::now();
    let result = Command::new(program)
        .args(["test", "--only", name])
        // What is built once needs neither, and they fill gigabytes.
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .logged(log.as_file());
    ensure!(!interrupted(), "interrupted");
    print!("{}", String::from_utf8_lossy(&fs::read(log.path())?));
    if let Err(error) = &result {
        println!("{error:#}");
    }
    Ok((name, result.is_ok(), start.elapsed()))
}

fn node_tests(project: &Project, folder: &str, needs: &[Need]) -> Result<()> {
    build::package(project)?;
    let mut args = vec!["--test".to_owned(), "--test-reporter=spec".to_owned()];
    let tests = project.files(&format!("tests/{folder}"), |name| name.ends_with(".test.js"))?;
    args.extend(tests.iter().map(|test| test.display().to_string()));
    node(project, &args, needs)
}

/// Runs Node with what the test needs, which is stopped and removed when the test has ended.
fn node(project: &Project, args: &[String], needs: &[Need]) -> Result<()> {
    tools::npm_packages(project)?;
    let mut command = Command::new("node");
    command.args(args);
    let mut in_use: Vec<Box<dyn Any>> = Vec::new();
    for need in needs {
        match need {
            Tools => tools::test_tools(project)?,
            ExamplePackages(examples) => {
                for example in *examples {
                    tools::example_packages(project, example)?;
                }
            }
            Package => {
                let folder = package::install_elsewhere(project)?;
                command.arg("--package").arg(folder.path());
                in_use.push(Box::new(folder));
            }
            Docs => {
                build::package(project)?;
                docs::build(project)?;
                command.arg("--xtask").arg(env::current_exe()?);
            }
            Tarball => {
                let folder = package::new_folder()?;
                command.arg("--tarball").arg(package::pack(project, folder.path())?);
                in_use.push(Box::new(folder));
            }
            Service => {
                let emulator = Emulator::start(project, &[])?;
                command.args(["--connection-string", emulator.connection_string()]);
                in_use.push(Box::new(emulator));
            }
            EmulatorProgram => {
                command.arg("--emulator").arg(Emulator::build()?);
            }
            EmulatorPackages => {
                let folder = package::new_folder()?;
                emulator_package::for_tests(project, folder.path())?;
                command.arg("--packages").arg(folder.path());
                in_use.push(Box::new(folder));
            }
            Python => {
                let requirements = "tests/emulator-package/requirements.txt";
                command.arg("--python").arg(tools::python(project, "emulator-pytest", requirements)?);
            }
            Strangers => {
                tools::strangers_packages(project)?;
                for (option, name, requirements) in [
                    ("--python", "strangers", "requirements.txt"),
                    ("--old-python", "strangers-1.0.1", "requirements-1.0.1.txt"),
                ] {
                    let requirements = format!("tests/strangers/{requirements}");
                    command.arg(option).arg(tools::python(project, name, &requirements)?);
                }
            }
            RustClient => {
                let client = built("faults-client", "dev", "Building the Rust client of tests/faults")?;
                command.arg("--rust-client").arg(client);
            }
            Chat => {
                let stack = Stack::start(project, 0)?;
                command.env("DEMO_URL", stack.url());
                in_use.push(Box::new(stack));
            }
            Chromium => {
                command.env("CHROMIUM", tools::chromium(project)?);
            }
            Examples => {
                build::package(project)?;
                let environment = tools::worker_build(project)?;
                command.envs(environment.clone());
                step("Building the Rust Worker", || {
                    let mut build = Command::new("worker-build");
                    build.arg("--release").envs(environment);
                    build.current_dir(project.path("examples/rust-worker")).quiet()
                })?;
                step("Building the axum example", || {
                    let mut build = cargo_in_the_background();
                    build.args(["build", "--quiet"]).current_dir(project.path("examples/axum")).quiet()
                })?;
                command.args(["--port", &free_port()?.to_string()]);
            }
        }
    }
    command.shown()
}

/// Writes the table in docs/faults.md.
pub(crate) fn write_faults(project: &Project) -> Result<()> {
    node(project, &["tests/faults/run.js".to_owned(), "--write".to_owned()], FAULTS)
}

#[derive(clap::Args)]
pub(crate) struct SoakOptions {
    /// Duration of the load, in minutes
    #[arg(long, default_value_t = 5.0)]
    minutes: f64,
}

/// Mixed load with faults, every message accounted for.
pub(crate) fn soak(project: &Project, options: &SoakOptions) -> Result<()> {
    let minutes = format!("--minutes={}", options.minutes);
    node(project, &["tests/soak/run.js".to_owned(), minutes], SOAK)
}

fn rust(_: &Project) -> Result<()> {
    cargo_tests("Compiling the Rust tests", |test| test.args(["test", "--workspace"]))
}

/// Compiles tests and runs them.
fn cargo_tests(title: &str, arguments: impl Fn(&mut Command) -> &mut Command) -> Result<()> {
    step(title, || arguments(&mut cargo_in_the_background()).args(["--no-run", "--quiet"]).quiet())?;
    arguments(&mut cargo()).shown()
}

/// What `wasm-pack test --node` does. Tests for other targets are empty here, or excluded by `cfg`.
fn wasm(project: &Project) -> Result<()> {
    tools::wasm_target()?;
    let runner = tools::wasm_tool(project, "test-runner")?;
    cargo_tests("Compiling the Rust tests for wasm32", |test| {
        test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner);
        test.args(["test", "--package=webpubsub-edge", "--target", tools::WASM_TARGET])
    })
}

/// Compiles the samples against the package's types, once for each configuration, and the Worker with its page: by the
/// current TypeScript, and by 5.9, the last one before the compiler was rewritten.
fn types(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::test_tools(project)?;
    tools::docs_packages(project)?;
    step("Extracting the code from Markdown", || {
        Command::new("node").arg("tests/docs/extract.js").quiet().map(drop)
    })?;
    // `tsconfig.json` itself is what the others share.
    let is_configuration = |name: &str| name.starts_with("tsconfig.") && name != "tsconfig.json";
    let mut files = project.files("tests/types", is_configuration)?;
    files.extend(
        ["worker/tsconfig.json", "worker/jsconfig.json", "examples/hono/tsconfig.json"].map(Into::into),
    );
    let mut results = Vec::new();
    for compiler in ["node_modules/typescript", "tests/tools/node_modules/typescript-5"] {
        for file in &files {
            let shown = file.strip_prefix(project.root()).unwrap_or(file).display();
            results.push(step(format!("{compiler}, -p {shown}"), || {
                let mut tsc = Command::new("node");
                tsc.arg(format!("{compiler}/bin/tsc")).args(["--noEmit", "--pretty", "false", "-p"]);
                tsc.arg(file).quiet()
            }));
        }
    }
    all(results)
}

/// Fails with every error, if there is one.
fn all<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<()> {
    let errors = results.into_iter().filter_map(Result::err);
    let errors: Vec<_> = errors.map(|error| format!("{error:#}")).collect();
    ensure!(errors.is_empty(), "{}", errors.join("\n"));
    Ok(())
}
