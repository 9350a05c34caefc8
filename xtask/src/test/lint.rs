//! The lint part: formatting, clippy and prettier without warnings, and what may not be in the library's tree.

use anyhow::{Result, ensure};

use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::tools::{self, WASM_TARGET};

const FORBIDDEN: &str = "tokio";

pub(super) fn run(project: &Project) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let cargo = |args: &[&str]| Run::cargo().args(args).dir(project.root()).quiet();
    let results = [
        step("cargo fmt --check", || cargo(&["fmt", "--all", "--check"])),
        step("cargo fmt --check (xtask/wasm-tools)", || {
            cargo(&["fmt", "--check", "--manifest-path=xtask/wasm-tools/Cargo.toml"])
        }),
        step("cargo clippy", || {
            cargo(&[
                "clippy",
                "--quiet",
                "--workspace",
                "--all-targets",
                "--",
                "--deny=warnings",
            ])
        }),
        step("cargo clippy for wasm32", || {
            cargo(&[
                "clippy",
                "--quiet",
                "--package=webpubsub-edge",
                "--all-targets",
                "--target",
                WASM_TARGET,
                "--features=js",
                "--",
                "--deny=warnings",
            ])
        }),
        step("prettier --check", || {
            Run::new(project.npm_program("prettier"))
                .args(["--check", "--log-level=warn", "."])
                .dir(project.root())
                .quiet()
        }),
        step("no tokio in the library", || no_tokio(project)),
    ];
    let errors: Vec<_> = results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .map(ToString::to_string)
        .collect();
    ensure!(errors.is_empty(), "{}", errors.join("\n"));
    Ok(())
}

/// The library's dependencies hold no async runtime, on any target, with any feature.
fn no_tokio(project: &Project) -> Result<String> {
    let tree = Run::cargo()
        .args([
            "tree",
            "--package=webpubsub-edge",
            "--edges=normal",
            "--target=all",
            "--all-features",
            "--prefix=none",
        ])
        .dir(project.root())
        .quiet()?;
    ensure!(
        tree.starts_with("webpubsub-edge "),
        "`cargo tree` printed no tree:\n{tree}"
    );
    let found = tree
        .lines()
        .find(|line| line.split([' ', '-']).next() == Some(FORBIDDEN));
    ensure!(
        found.is_none(),
        "the library depends on {}",
        found.unwrap_or_default()
    );
    Ok(tree)
}
