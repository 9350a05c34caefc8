//! The demo: the chat for people to use, and the check that drives it with WebSocket clients.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{Run as _, pause};
use crate::project::Project;
use crate::stack::{self, Stack};

/// The chat's port unless another program uses it.
const DEFAULT_PORT: u16 = 8787;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Drive the chat with WebSocket clients, print what they saw, stop everything
    #[arg(long)]
    check: bool,
    /// Port of the Worker. Default: 8787, or a free one when that is in use
    #[arg(long)]
    port: Option<u16>,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    if options.check {
        check(project)?;
        println!("{}", disk_usage()?);
        return Ok(());
    }
    let default = if stack::is_free(DEFAULT_PORT) { DEFAULT_PORT } else { 0 };
    let mut stack = Stack::start(project, options.port.unwrap_or(default))?;
    println!("\n  The chat is at {}\n  Open it in two tabs. Ctrl-C stops everything.", stack.url());
    println!("  {}", disk_usage()?);
    while pause(Duration::from_millis(200)).is_ok() {
        stack.expect_running()?;
    }
    println!("Stopping.");
    Ok(())
}

/// Starts everything, drives it, stops it.
pub(crate) fn check(project: &Project) -> Result<()> {
    let stack = Stack::start(project, 0)?;
    Command::new("node").args(["tests/demo/check.js", stack.url()]).shown()
}

fn disk_usage() -> Result<String> {
    let megabytes = |folder| {
        let usage = Command::new("du").args(["-sk", folder]).quiet()?;
        let kilobytes = usage.split_whitespace().next().context("`du` printed nothing")?;
        anyhow::Ok(kilobytes.parse::<u64>()? * 1024 / 1_000_000)
    };
    let (target, packages) = (megabytes("target")?, megabytes("node_modules")?);
    Ok(format!("Disk space used: {target} MB in target/ and {packages} MB in node_modules/."))
}
