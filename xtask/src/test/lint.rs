//! The lint part: formatting, clippy, rustdoc and prettier without warnings, the crate as it would be published, the
//! README's table, and what may not be in the library's tree.

use anyhow::{Result, ensure};

use super::matrix;
use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::tools::{self, WASM_TARGET};

const LIBRARY: &str = "--package=webpubsub-edge --lib";
const FORBIDDEN: &str = "tokio";

pub(super) fn run(project: &Project) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let cargo = |line: &str| Run::cargo().args(line.split(' ')).dir(project.root()).quiet();
    let results = [
        step("cargo fmt --check", || {
            cargo("fmt --all -- --check --files-with-diff")
        }),
        step("cargo fmt --check, of xtask/wasm-tools", || {
            cargo("fmt --manifest-path=xtask/wasm-tools/Cargo.toml -- --check --files-with-diff")
        }),
        step("cargo fmt --check, of examples/rust-worker", || {
            cargo("fmt --manifest-path=examples/rust-worker/Cargo.toml -- --check --files-with-diff")
        }),
        step("cargo clippy", || {
            cargo("clippy --quiet --workspace --all-targets -- --deny=warnings")
        }),
        step(
            "cargo clippy for wasm32, as the npm package has the library",
            || {
                let features = "--no-default-features --features=js";
                cargo(&format!(
                    "clippy --quiet {LIBRARY} {features} --target={WASM_TARGET} -- --deny=warnings"
                ))
            },
        ),
        step("cargo clippy for wasm32, as Rust Workers have it", || {
            cargo(&format!(
                "clippy --quiet {LIBRARY} --target={WASM_TARGET} -- --deny=warnings"
            ))
        }),
        step("cargo doc", || document(project, &[])),
        step("cargo doc for wasm32", || {
            document(project, &["--target", WASM_TARGET])
        }),
        step("cargo package", || {
            cargo("package --quiet --package=webpubsub-edge --allow-dirty")
        }),
        step("prettier --check", || {
            let prettier =
                Run::new(project.npm_program("prettier")).args(["--check", "--log-level=warn", "."]);
            prettier.dir(project.root()).quiet()
        }),
        step("every runtime in the README's table", || {
            matrix::check(project).map(|()| String::new())
        }),
        step("no tokio in the library", || no_tokio(project, &[])),
        step("no tokio in the library for wasm32", || {
            no_tokio(project, &["--target", WASM_TARGET])
        }),
    ];
    super::all(results)
}

/// The library's pages, as docs.rs makes them.
fn document(project: &Project, target: &[&str]) -> Result<String> {
    Run::cargo()
        .args(["doc", "--quiet", "--no-deps", "--package=webpubsub-edge"])
        .args(target)
        .env("RUSTDOCFLAGS", "--deny=warnings")
        .dir(project.root())
        .quiet()
}

/// The library's dependencies hold no async runtime, with any feature.
fn no_tokio(project: &Project, target: &[&str]) -> Result<String> {
    let tree = Run::cargo()
        .args([
            "tree",
            "--package=webpubsub-edge",
            "--edges=normal",
            "--all-features",
            "--prefix=none",
        ])
        .args(target)
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
