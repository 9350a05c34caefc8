//! `cargo xtask bench`: the package beside the official ones. Asserts no timing, because machines differ.

use std::process::Command;

use anyhow::Result;

use crate::process::Run as _;
use crate::project::Project;
use crate::{build, tools};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Measure in Node 24 and workerd only, with fewer rounds: about a minute; benches/results stays as it is
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    build::package(project)?;
    // Node 20, Node 24 and esbuild.
    tools::test_tools(project)?;
    Command::new("node").arg("benches/run.js").args(options.quick.then_some("--quick")).shown()
}
