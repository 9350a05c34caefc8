//! `cargo xtask`: the commands that build, measure, test and show the project.
//!
//! What they need (the wasm target, wasm-bindgen, wasm-opt, the JavaScript runtimes) they fetch themselves, pinned by
//! lockfiles, into the project's own folders. What did not change is not built or installed again.
//!
//! | module | holds |
//! | --- | --- |
//! | [`project`] | where things are |
//! | [`process`] | child processes: quiet, streamed, in the background; Ctrl-C |
//! | [`progress`] | one line for each long step |
//! | [`stamp`] | "these inputs gave these outputs", so that a step runs once |
//! | [`tools`] | fetching and checking the tools |
//! | [`build`] | the npm package in `pkg/` |
//! | [`size`] | sizes and their budget |
//! | [`bench`] | the package beside the official one |
//! | [`stack`] | the emulator and the Worker, running |
//! | [`demo`] | the chat for people, and the check of it |
//! | [`test`] | the tests, part by part |

mod bench;
mod build;
mod demo;
mod process;
mod progress;
mod project;
mod size;
mod stack;
mod stamp;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    about = "Builds, measures, tests and shows webpubsub-edge"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the npm package in pkg/
    Build,
    /// Print the sizes of the package and of the Worker; fail over the budget
    Size,
    /// Measure the package beside the official one: calls, import, size
    Bench,
    /// Run the tests
    Test(test::Options),
    /// Write the table of runtimes in README.md, from the last run of the tests' parts `package` and `matrix`
    Matrix,
    /// Run the chat: the local service and the Worker in workerd
    Demo(demo::Options),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
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
        Command::Size => size::check(&project),
        Command::Bench => bench::run(&project),
        Command::Test(options) => test::run(&project, &options),
        Command::Matrix => test::matrix::write(&project),
        Command::Demo(options) => demo::run(&project, &options),
    }
}
