//! The Rust Worker among the examples, built by `worker-build`, the tool of workers-rs.
//!
//! It would fetch wasm-bindgen, wasm-opt and esbuild from GitHub; it gets those that are here.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::tools;

/// The version of `worker` in the example's Cargo.lock.
const VERSION: &str = "0.8.7";

/// The environment in which `worker-build` works.
pub(super) struct Tools([(&'static str, OsString); 5]);

impl Tools {
    /// Installs `worker-build` and builds the example, so that starting it takes no minutes.
    pub(super) fn prepare(project: &Project) -> Result<Self> {
        tools::wasm_target()?;
        let bin = install(project)?;
        let path = env::var_os("PATH").unwrap_or_default();
        let tools = Self([
            (
                "PATH",
                env::join_paths([bin].into_iter().chain(env::split_paths(&path)))?,
            ),
            ("WASM_BINDGEN_BIN", tools::wasm_bindgen(project)?.into()),
            ("WASM_OPT_BIN", project.npm_program("wasm-opt").into()),
            // Our crate's own cdylib has one name whatever its features: in a folder in common, the example's would
            // take the place of the package's.
            (
                "CARGO_TARGET_DIR",
                project.path("examples/rust-worker/target").into(),
            ),
            ("ESBUILD_BIN", project.npm_program("esbuild").into()),
        ]);
        step("Building the Rust Worker", || {
            let build = Run::new("worker-build").arg("--release");
            tools
                .give(build)
                .dir(&project.path("examples/rust-worker"))
                .quiet()
        })?;
        Ok(tools)
    }

    pub(super) fn give(&self, run: Run) -> Run {
        self.0.iter().fold(run, |run, (name, value)| run.env(name, value))
    }
}

/// Gives the folder that `worker-build` is in.
fn install(project: &Project) -> Result<PathBuf> {
    let root = project.path("target/worker-build").join(VERSION);
    let bin = root.join("bin");
    if !bin.join("worker-build").is_file() {
        step(
            "Building worker-build from source, once (about 2 minutes)",
            || build_tool(project, &root),
        )?;
    }
    Ok(bin)
}

fn build_tool(project: &Project, root: &Path) -> Result<String> {
    Run::cargo()
        .args([
            "install",
            "worker-build",
            "--version",
            VERSION,
            "--locked",
            "--debug",
        ])
        .args(["--quiet", "--no-track", "--root"])
        .arg(root)
        .dir(project.root())
        .quiet()
        .context("worker-build needs OpenSSL's headers: on Debian `apt-get install libssl-dev pkg-config`")
}
