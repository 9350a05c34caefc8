//! The tools: installed when missing, at the versions that the lockfiles pin, into the project's own folders.
//!
//! rustup provides the targets, npm the JavaScript tools and runtimes, PyPI the official Python packages and cargo-zigbuild,
//! `xtask/wasm-tools` the wasm-bindgen programs, crates.io worker-build, cargo-deny and cargo-fuzz, the system or Playwright
//! Chromium.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use crate::process::{GET_NODE, Run as _, cargo_in_the_background};
use crate::project::Project;
use crate::step::{fingerprint, locked, step, step_if_changed};

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

const OLDEST_NODE: u32 = 20;

/// Has rustup add the wasm target when the toolchain lacks it.
pub(crate) fn wasm_target() -> Result<()> {
    rust_target(WASM_TARGET)
}

/// Has rustup add a target when the toolchain lacks it.
pub(crate) fn rust_target(target: &str) -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libdir = Command::new(rustc).args(["--print=target-libdir", "--target", target]).quiet()?;
    if !Path::new(libdir.trim()).is_dir() {
        step(format!("Adding the Rust target {target}"), || {
            Command::new("rustup").args(["target", "add", target]).quiet()
        })?;
    }
    Ok(())
}

/// A program of `xtask/wasm-tools`. They are kept in target/ whatever CARGO_TARGET_DIR is: they take long to build.
pub(crate) fn wasm_tool(project: &Project, program: &str) -> Result<PathBuf> {
    let source = project.path("xtask/wasm-tools");
    let target = project.path("target/wasm-tools");
    let programs = target.join("debug");
    let built = programs.join(program);
    let files = ["Cargo.toml", "Cargo.lock", "src/generate.rs", "src/bindgen.rs", "src/test_runner.rs"];
    let files = files.map(|file| source.join(file));
    // Those that only tests need are built together.
    let is_for_tests = program != "generate";
    let stamp = if is_for_tests { "wasm-tools" } else { program };
    let _lock = locked(project, "wasm-bindgen")?;
    step_if_changed(
        project,
        stamp,
        format!("Building wasm-bindgen's `{program}` from source, once (up to a minute)"),
        || fingerprint(built.is_file(), &files),
        || {
            let mut build = cargo_in_the_background();
            build.args(["build", "--quiet", "--locked", "--target-dir"]).arg(&target);
            build.args(if is_for_tests { ["--bins", "--features=cli"] } else { ["--bin", program] });
            build.current_dir(&source).quiet()?;
            if is_for_tests {
                // 440 MB, which nothing needs before the next version.
                for folder in [".fingerprint", "build", "deps"] {
                    fs::remove_dir_all(programs.join(folder))?;
                }
            }
            Ok(())
        },
    )?;
    Ok(built)
}

/// Makes node_modules/ match package-lock.json.
pub(crate) fn npm_packages(project: &Project) -> Result<()> {
    npm_ci(project, ".", "Installing the npm packages (npm ci)")
}

/// Installs what only the tests run, in tests/tools.
pub(crate) fn test_tools(project: &Project) -> Result<()> {
    let name = "Installing the tools of the tests: Node 20 to 26, bundlers (npm ci)";
    npm_ci(project, "tests/tools", name)?;
    // The archives of Node that its programs have been copied from: 250 MB.
    for version in project.files("tests/tools/node_modules", |name| name.starts_with("node-2"))? {
        let _ = fs::remove_dir_all(version.join("node_modules"));
    }
    Ok(())
}

/// Installs the npm packages of tests/strangers.
pub(crate) fn strangers_packages(project: &Project) -> Result<()> {
    npm_ci(project, "tests/strangers", "Installing the npm packages of tests/strangers (npm ci)")
}

/// Installs what builds the site of the documentation, and the packages that the code in its pages imports.
pub(crate) fn docs_packages(project: &Project) -> Result<()> {
    npm_ci(project, "docs", "Installing the npm packages of docs (npm ci)")
}

/// The examples outside the workspace: nothing else needs their npm packages, of 600 MB.
pub(crate) const EXAMPLES_WITH_PACKAGES: &[&str] = &["azure-functions", "nextjs", "nuxt", "sveltekit"];

/// Installs the npm packages of an example that is outside the workspace.
pub(crate) fn example_packages(project: &Project, example: &str) -> Result<()> {
    let folder = format!("examples/{example}");
    npm_ci(project, &folder, &format!("Installing the npm packages of {folder} (npm ci)"))
}

fn npm_ci(project: &Project, folder: &str, title: &str) -> Result<()> {
    let version = Command::new("node").arg("--version").quiet()?;
    let major = version.trim().trim_start_matches('v').split('.').next().map(str::parse::<u32>);
    let is_supported = major.is_some_and(|major| major.is_ok_and(|major| major >= OLDEST_NODE));
    ensure!(is_supported, "{GET_NODE} (found {})", version.trim());

    let stamp = format!("npm {folder}").replace('/', " ");
    let folder = project.path(folder);
    let files = ["package-lock.json", "node_modules/.package-lock.json"].map(|file| folder.join(file));
    step_if_changed(
        project,
        &stamp,
        title,
        || fingerprint(&version, &files),
        || {
            // Some programs are installed by scripts, which a user's configuration may turn off.
            let mut npm = Command::new("npm");
            npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts=false"]);
            npm.current_dir(&folder).quiet().map(drop)
        },
    )
}

/// cargo-deny, which checks licences, sources and banned crates.
pub(crate) fn cargo_deny(project: &Project) -> Result<PathBuf> {
    Ok(crate_programs(project, "cargo-deny", "0.20.2")?.join("cargo-deny"))
}

/// cargo-fuzz, which builds and runs the fuzz targets.
pub(crate) fn cargo_fuzz(project: &Project) -> Result<PathBuf> {
    Ok(crate_programs(project, "cargo-fuzz", "0.13.2")?.join("cargo-fuzz"))
}

/// The folder with the programs of a crate, which is installed when missing. Unoptimised: they build longer than they run.
fn crate_programs(project: &Project, name: &str, version: &str) -> Result<PathBuf> {
    let _lock = locked(project, name)?;
    let root = project.path("target").join(name).join(version);
    if !root.join("bin").join(name).is_file() {
        step(format!("Building {name} from source, once (up to 2 minutes)"), || {
            let mut install = cargo_in_the_background();
            install.args(["install", name, "--version", version, "--locked", "--debug", "--quiet"]);
            install.args(["--config", "profile.dev.debug=false", "--no-track", "--root"]).arg(&root);
            install.quiet()
        })?;
    }
    Ok(root.join("bin"))
}

/// A Python with the packages of a file, which are pinned, from PyPI.
pub(crate) fn python(project: &Project, name: &str, requirements: &str) -> Result<PathBuf> {
    Ok(python_programs(project, name, requirements)?.join("python"))
}

/// The folder with such a Python and the programs of the packages, in target/.
fn python_programs(project: &Project, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = project.path("target").join(name);
    let programs = folder.join("bin");
    let requirements = project.path(requirements);
    step_if_changed(
        project,
        name,
        format!("Installing {name} from PyPI"),
        || fingerprint(programs.is_dir(), &[&requirements]),
        || {
            Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder).quiet()?;
            let mut install = Command::new(programs.join("pip"));
            install.args(["install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]);
            install.arg("--requirement").arg(&requirements).quiet().map(drop)
        },
    )?;
    Ok(programs)
}

/// `cargo zigbuild`, which links for other platforms with zig.
pub(crate) fn cargo_zigbuild(project: &Project) -> Result<Command> {
    let mut command = zigbuild_program(project, "cargo-zigbuild")?;
    command.arg("zigbuild");
    Ok(command)
}

/// The zig of `cargo zigbuild`.
pub(crate) fn zig(project: &Project) -> Result<Command> {
    zigbuild_program(project, "python-zig")
}

/// Both are kept in target/, as are zig's caches.
fn zigbuild_program(project: &Project, name: &str) -> Result<Command> {
    let programs = python_programs(project, "zigbuild", "xtask/zigbuild.txt")?;
    let mut command = Command::new(programs.join(name));
    command.env("CARGO_ZIGBUILD_CACHE_DIR", project.path("target/zigbuild/wrappers"));
    for name in ["ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"] {
        command.env(name, project.path("target/zigbuild/cache"));
    }
    // cargo-zigbuild looks for zig in the Python on PATH.
    command.env("PATH", path_with(&programs)?);
    Ok(command)
}

/// The environment for `worker-build`, the build tool of workers-rs, which is installed when missing. It would download
/// wasm-bindgen, wasm-opt and esbuild from GitHub; these variables point it to the project's own.
pub(crate) fn worker_build(project: &Project) -> Result<Vec<(&'static str, OsString)>> {
    /// The version of `worker` in the example's Cargo.lock.
    const VERSION: &str = "0.8.7";
    wasm_target()?;
    let hint = "worker-build needs OpenSSL's headers: on Debian `apt-get install libssl-dev pkg-config`";
    let folder = crate_programs(project, "worker-build", VERSION).context(hint)?;
    Ok(vec![
        ("PATH", path_with(&folder)?),
        ("WASM_BINDGEN_BIN", wasm_tool(project, "bindgen")?.into()),
        ("WASM_OPT_BIN", project.npm_program("wasm-opt").into()),
        ("ESBUILD_BIN", project.npm_program("esbuild").into()),
    ])
}

/// PATH with a folder before the others.
fn path_with(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths([folder.to_owned()].into_iter().chain(env::split_paths(&path)))?)
}

/// Chromium: the one that CHROMIUM names, an installed one, or Playwright's, which is downloaded when missing.
pub(crate) fn chromium(project: &Project) -> Result<PathBuf> {
    const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    const INSTALL: &str = "the tests in a browser need Chromium: install it (on Debian `apt-get install chromium`), \
        set CHROMIUM to its path, or have Playwright download it: `npx playwright-core install chromium`";
    const PATH: &str = "import { chromium } from 'playwright-core'; console.log(chromium.executablePath())";
    if let Some(named) = env::var_os("CHROMIUM").map(PathBuf::from) {
        ensure!(named.is_file(), "CHROMIUM names {}, which does not exist; {INSTALL}", named.display());
        return Ok(named);
    }
    if let Some(installed) = NAMES.iter().find_map(|name| which::which(name).ok()) {
        return Ok(installed);
    }
    let path = Command::new("node").args(["--input-type=module", "--eval", PATH]).quiet()?;
    let downloaded = PathBuf::from(path.trim());
    if !downloaded.is_file() {
        step("Downloading Chromium with Playwright", || {
            Command::new(project.npm_program("playwright-core")).args(["install", "chromium"]).quiet()
        })
        .context(INSTALL)?;
    }
    ensure!(downloaded.is_file(), "Playwright installed no browser at {}; {INSTALL}", downloaded.display());
    Ok(downloaded)
}
