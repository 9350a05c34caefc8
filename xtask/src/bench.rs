//! `cargo xtask bench`: the package beside the official ones, and the emulator under load beside bare servers. Asserts
//! no timing, because machines differ.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::process::Run as _;
use crate::project::Project;
use crate::stack::Emulator;
use crate::{build, tools};

#[derive(Clone, Copy, ValueEnum)]
enum Benchmark {
    /// The package beside the official ones: calls, growth, cold start, memory
    Package,
    /// The emulator under load, beside bare WebSocket and HTTP servers
    Emulator,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure in Node 24 and workerd only, load the emulator less, with fewer rounds: about a minute each;
    /// benches/results stays as it is
    #[arg(long)]
    quick: bool,
    /// Run only this benchmark; may be repeated
    #[arg(long, value_name = "BENCHMARK")]
    only: Vec<Benchmark>,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let chosen = if options.only.is_empty() { Benchmark::value_variants() } else { &options.only };
    for benchmark in chosen {
        let mut command = Command::new("node");
        match benchmark {
            Benchmark::Package => {
                build::package(project)?;
                // Node 20, Node 24 and esbuild.
                tools::test_tools(project)?;
                command.arg("benches/run.js");
            }
            Benchmark::Emulator => {
                tools::npm_packages(project)?;
                command.args(["benches/emulator/run.js", "--emulator"]).arg(Emulator::build_optimised()?);
            }
        }
        command.args(options.quick.then_some("--quick")).shown()?;
    }
    Ok(())
}
