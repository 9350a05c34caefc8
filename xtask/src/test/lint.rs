//! Formatting, clippy, rustdoc and prettier without warnings, the crate as it would be published, the README's table,
//! what the library may not depend on, and that its core links without an allocator.

use std::process::Command;

use anyhow::Result;

use super::{all, conformance};
use crate::process::{Run as _, cargo_in_the_background};
use crate::project::Project;
use crate::step::step;
use crate::tools;

/// A step's name, and the arguments of cargo. [`run_cargo`] replaces the words in capitals.
const CARGO: [(&str, &str); 17] = [
    ("cargo fmt --check", "fmt --all CHECK"),
    ("cargo fmt --check, of xtask/wasm-tools", "fmt --manifest-path=xtask/wasm-tools/Cargo.toml CHECK"),
    ("cargo fmt --check, of examples/axum", "fmt --manifest-path=examples/axum/Cargo.toml CHECK"),
    (
        "cargo fmt --check, of examples/rust-worker",
        "fmt --manifest-path=examples/rust-worker/Cargo.toml CHECK",
    ),
    ("cargo fmt --check, of tests/no-alloc", "fmt --manifest-path=tests/no-alloc/Cargo.toml CHECK"),
    ("cargo fmt --check, of fuzz", "fmt --manifest-path=fuzz/Cargo.toml CHECK"),
    (
        "cargo clippy of fuzz",
        "clippy --quiet --manifest-path=fuzz/Cargo.toml --target-dir=target --no-default-features DENY",
    ),
    ("cargo clippy", "clippy --quiet --workspace --all-targets DENY"),
    (
        "cargo clippy for wasm32, with the features of the npm package",
        "clippy --quiet LIBRARY --no-default-features --features=js WASM DENY",
    ),
    (
        "cargo clippy for wasm32, with the features of Rust Workers",
        "clippy --quiet LIBRARY OPTIONAL WASM DENY",
    ),
    (
        "cargo clippy with the feature http alone",
        "clippy --quiet LIBRARY --no-default-features --features=http DENY",
    ),
    ("cargo doc", "doc --quiet --no-deps --package=webpubsub-edge OPTIONAL"),
    ("cargo doc for wasm32", "doc --quiet --no-deps --package=webpubsub-edge OPTIONAL WASM"),
    ("cargo package", "package --quiet --package=webpubsub-edge --allow-dirty SHARED"),
    ("cargo package of the emulator", "package --quiet --package=webpubsub-emulator --allow-dirty SHARED"),
    ("the core links without an allocator", "rustc --quiet CORE --crate-type=staticlib"),
    ("the core links without an allocator for wasm32", "rustc --quiet CORE --crate-type=cdylib WASM"),
];

/// What `deny.toml` says of all crates, and of those that the library has when it is packaged, with any feature but
/// `reqwest`.
const DENY: [(&str, &str); 2] = [
    ("cargo deny, licences and sources", "--workspace --all-features check licenses sources"),
    (
        "cargo deny, what the library may not depend on",
        concat!(
            "--manifest-path=target/package/webpubsub-edge-",
            env!("CARGO_PKG_VERSION"),
            "/Cargo.toml --config=deny.toml --exclude-dev --features=json,web,js,http check bans",
        ),
    ),
];

pub(super) fn run(project: &Project) -> Result<()> {
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    // First, because it compiles in a folder of its own: other parts, which start at the same time, do not block it.
    let deny = tools::cargo_deny(project)?;
    let cargo = CARGO.iter().map(|(name, arguments)| step(name, || run_cargo(arguments).map(drop)));
    let mut results: Vec<_> = cargo.collect();
    results.push(step("prettier --check", || {
        let mut prettier = Command::new(project.npm_program("prettier"));
        prettier.args(["--check", "--log-level=warn", "."]).quiet().map(drop)
    }));
    results.push(step("every runtime in the README's table", conformance::check_table));
    for (name, arguments) in DENY {
        results.push(step(name, || {
            let arguments = arguments.split_whitespace();
            Command::new(&deny).args(["--color=never", "--log-level=error"]).args(arguments).quiet().map(drop)
        }));
    }
    all(results)
}

fn run_cargo(arguments: &str) -> Result<String> {
    let arguments = arguments
        .replace("CHECK", "-- --check --files-with-diff")
        .replace("DENY", "-- --deny=warnings")
        .replace("LIBRARY", "--package=webpubsub-edge --lib")
        .replace("CORE", "--manifest-path=tests/no-alloc/Cargo.toml --target-dir=target/no-alloc --lib")
        // What is packaged is compiled without the workspace and its profiles: with the same ones, and in the same
        // folder, what it depends on is not compiled again.
        .replace(
            "SHARED",
            "--target-dir=target --config=profile.dev.debug=false \
             --config=profile.dev.package.rustls-pki-types.opt-level=3",
        )
        .replace("OPTIONAL", "--features=http,reqwest")
        .replace("WASM", &format!("--target={}", tools::WASM_TARGET));
    cargo_in_the_background()
        .args(arguments.split_whitespace())
        .env("RUSTDOCFLAGS", "--deny=warnings")
        .quiet()
}
