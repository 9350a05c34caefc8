//! The tools: fetched when they are missing, at the versions that the lockfiles pin, into the project's own folders.
//!
//! rustup gives the wasm target, npm the JavaScript tools and runtimes, `xtask/wasm-tools` the wasm-bindgen programs.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Map, Value};

use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::stamp::{Inputs, Stamp};

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

const OLDEST_NODE: u32 = 20;
const GET_NODE: &str = "Node.js 20 or newer is needed, with npm: get it from https://nodejs.org or your version manager, then try again";

/// Programs that npm brings, by the package whose install script may be needed to make them run.
const NPM_PROGRAMS: [(&str, &str); 6] = [
    ("bun", "bun"),
    ("deno", "deno"),
    ("esbuild", "esbuild"),
    ("workerd", "workerd"),
    ("wasm-opt", "binaryen"),
    ("wrangler", "wrangler"),
];

/// Has rustup add the wasm target when the toolchain lacks it.
pub(crate) fn wasm_target() -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libdir = Run::new(rustc)
        .args(["--print=target-libdir", "--target", WASM_TARGET])
        .quiet()?;
    if PathBuf::from(libdir.trim()).is_dir() {
        return Ok(());
    }
    step(format!("Adding the Rust target {WASM_TARGET}"), || {
        Run::new("rustup")
            .or_else_say("this Rust toolchain has no wasm32 target and there is no rustup to add it: see https://rustup.rs")
            .args(["target", "add", WASM_TARGET])
            .quiet()
    })?;
    Ok(())
}

/// The `wasm-bindgen` program.
pub(crate) fn wasm_bindgen(project: &Project) -> Result<PathBuf> {
    wasm_tools(project, "bindgen")
}

/// The `wasm-bindgen-test-runner` program.
pub(crate) fn wasm_test_runner(project: &Project) -> Result<PathBuf> {
    wasm_tools(project, "test-runner")
}

/// Everything in `xtask/wasm-tools` that decides what is built there.
pub(crate) fn wasm_tools_inputs(project: &Project) -> Inputs {
    ["Cargo.toml", "Cargo.lock", "src/bindgen.rs", "src/test_runner.rs"]
        .iter()
        .fold(Inputs::new(), |inputs, file| {
            inputs.file(&project.path("xtask/wasm-tools").join(file))
        })
}

/// A program of `xtask/wasm-tools`. They live in target/ whatever CARGO_TARGET_DIR says: they take minutes to build.
fn wasm_tools(project: &Project, program: &str) -> Result<PathBuf> {
    let target = project.path("target/wasm-tools");
    let program = target.join("release").join(program);
    let stamp = Stamp::new(
        project.work_dir("stamps")?.join("wasm-tools"),
        &wasm_tools_inputs(project),
    );
    if !(stamp.is_current() && program.is_file()) {
        step(
            "Building wasm-bindgen from source, once (about 2 minutes)",
            || {
                Run::cargo()
                    .args(["build", "--quiet", "--release", "--locked", "--target-dir"])
                    .args([&target])
                    .dir(&project.path("xtask/wasm-tools"))
                    .quiet()
            },
        )?;
        stamp.save()?;
    }
    Ok(program)
}

/// Makes node_modules/ what package-lock.json says, with programs that run.
pub(crate) fn npm_packages(project: &Project) -> Result<()> {
    static READY: OnceLock<()> = OnceLock::new();
    if READY.get().is_some() {
        return Ok(());
    }
    let node = node()?;
    install(project.root(), "Installing the npm packages (npm ci)", &[])?;
    let inputs = Inputs::new()
        .value(node)
        .file(&project.path("node_modules/.package-lock.json"));
    let stamp = Stamp::new(project.path("node_modules/.checked"), &inputs);
    if !stamp.is_current() {
        step("Checking the programs that npm installed", || {
            make_programs_run(project)
        })?;
        stamp.save()?;
    }
    READY.get_or_init(|| ());
    Ok(())
}

/// Has what only the tests run installed in tests/tools.
pub(crate) fn test_tools(project: &Project) -> Result<()> {
    node()?;
    // Each Node comes by an install script.
    let options = ["--ignore-scripts=false"];
    install(
        &project.path("tests/tools"),
        "Installing what only the tests run: Node 20 to 26, bundlers (npm ci)",
        &options,
    )
}

/// `npm ci` in a folder, unless it is as its package-lock.json says.
fn install(folder: &Path, what: &str, options: &[&str]) -> Result<()> {
    if is_installed(folder)? {
        return Ok(());
    }
    step(what, || {
        Run::new("npm")
            .or_else_say(GET_NODE)
            .args(["ci", "--no-audit", "--no-fund"])
            .args(options)
            .dir(folder)
            .quiet()
    })?;
    Ok(())
}

/// Checks Node and gives its version.
fn node() -> Result<String> {
    let version = Run::new("node")
        .or_else_say(GET_NODE)
        .args(["--version"])
        .quiet()?
        .trim()
        .to_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= OLDEST_NODE),
        "{GET_NODE} (found {version})"
    );
    Ok(version)
}

/// Whether npm's record of what it installed agrees with package-lock.json.
fn is_installed(folder: &Path) -> Result<bool> {
    let locked = packages(&folder.join("package-lock.json"))?;
    let Ok(installed) = packages(&folder.join("node_modules/.package-lock.json")) else {
        return Ok(false);
    };
    let same = |name: &String, field: &str| locked[name].get(field) == installed[name].get(field);
    let every_locked_one = locked
        .iter()
        .filter(|(name, _)| !name.is_empty())
        .all(|(name, package)| {
            match installed.contains_key(name) {
                true => same(name, "version") && same(name, "link"),
                // Packages for other systems stay out.
                false => package["optional"] == true,
            }
        });
    Ok(every_locked_one && installed.keys().all(|name| locked.contains_key(name)))
}

fn packages(lockfile: &Path) -> Result<Map<String, Value>> {
    let text =
        std::fs::read_to_string(lockfile).with_context(|| format!("cannot read {}", lockfile.display()))?;
    let mut lock: Value = serde_json::from_str(&text)?;
    match lock["packages"].take() {
        Value::Object(packages) => Ok(packages),
        _ => bail!(
            "{} lists no packages: it needs lockfileVersion 3",
            lockfile.display()
        ),
    }
}

/// npm may skip install scripts (a setting, and npm's default from version 12): run them for what does not run.
fn make_programs_run(project: &Project) -> Result<()> {
    let broken = || {
        NPM_PROGRAMS
            .into_iter()
            .filter(|(program, _)| !runs(project, program))
    };
    let packages: Vec<_> = broken().map(|(_, package)| package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    Run::new("npm")
        .args(["rebuild", "--ignore-scripts=false"])
        .args(packages)
        .dir(project.root())
        .quiet()?;
    match broken().next() {
        None => Ok(()),
        Some((program, package)) => Err(anyhow!(
            "{program}, from the npm package {package}, does not run on this system: see `npx {program} --version`"
        )),
    }
}

fn runs(project: &Project, program: &str) -> bool {
    Run::new(project.npm_program(program))
        .args(["--version"])
        .dir(project.root())
        .quiet()
        .is_ok()
}
