//! `cargo xtask`: the commands that build, measure, test and show the project.
//!
//! The tools they need (the wasm target, wasm-bindgen, wasm-opt, the JavaScript runtimes) are installed automatically,
//! pinned by lockfiles, into the project's own folders. What did not change is not built or installed again.

/// The package beside the official one, and the emulator under load.
mod bench;
/// The npm package in `pkg/`.
mod build;
/// The chat for people, and the check that drives it.
mod demo;
/// The npm packages of the emulator.
mod emulator_package;
/// The fuzz targets.
mod fuzz;
mod npm;
/// Child processes: quiet, shown, in the background; Ctrl-C.
mod process;
/// Paths.
mod project;
/// Sizes and their budget.
mod size;
/// The emulator and the Worker, running.
mod stack;
/// One line for each long step; stamps, so that an unchanged step does not run.
mod step;
/// The tests, part by part.
mod test;
/// Installing and checking the tools.
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Builds, measures, tests and shows webpubsub-edge")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the npm package in pkg/
    Build,
    /// Make the tarballs of the emulator's npm packages, one for each platform, in target/emulator-npm/
    EmulatorPackage(emulator_package::Options),
    /// Print the sizes of the package in a Worker and of its parts; fail over the budget
    Size,
    /// Measure the package beside the official one, and the emulator under load
    Bench(bench::Options),
    /// Run the tests
    Test(test::Options),
    /// Run the fuzz targets, for a minute each
    Fuzz(fuzz::Options),
    /// Write the table of runtimes in README.md, from the last run of the parts `conformance` and `conformance-others`
    Matrix,
    /// Write the table in docs/faults.md: what is sent and what the caller sees when the service fails
    Faults,
    /// Run mixed load with faults in workerd, and account for every message
    Soak(test::SoakOptions),
    /// Run the chat: the local service and the Worker in workerd
    Demo(demo::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::interrupted() => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    process::stop_children_on_ctrl_c()?;
    let project = Project::locate()?;
    match command {
        Command::Build => build::package(&project),
        Command::EmulatorPackage(options) => emulator_package::run(&project, &options),
        Command::Size => size::check(&project),
        Command::Bench(options) => bench::run(&project, &options),
        Command::Test(options) => test::run(&project, &options),
        Command::Fuzz(options) => fuzz::run(&project, &options),
        Command::Matrix => test::conformance::write_table(&project),
        Command::Faults => test::write_faults(&project),
        Command::Soak(options) => test::soak(&project, &options),
        Command::Demo(options) => demo::run(&project, &options),
    }
}
