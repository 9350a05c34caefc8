//! The demo: the chat for people to use, and the check that drives it with WebSocket clients.

use std::time::Duration;

use anyhow::Result;

use crate::process::{Run, interrupted, pause};
use crate::project::Project;
use crate::stack::{self, Stack};

/// Where the chat is when nothing else is there.
const USUAL_PORT: u16 = 8787;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Drive the chat with WebSocket clients, print what they saw, stop everything
    #[arg(long)]
    check: bool,
    /// The Worker's port; without it 8787, or a free one
    #[arg(long)]
    port: Option<u16>,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    if options.check {
        return check(project);
    }
    let port = options
        .port
        .unwrap_or_else(|| if stack::is_free(USUAL_PORT) { USUAL_PORT } else { 0 });
    let mut stack = Stack::start(project, port)?;
    println!(
        "\n  The chat is at {}\n  Open it in two tabs. Ctrl-C stops everything.",
        stack.url()
    );
    while !interrupted() {
        stack.expect_running()?;
        if pause(Duration::from_millis(200)).is_err() {
            break;
        }
    }
    println!("Stopping.");
    Ok(())
}

/// Starts everything, drives it, stops it.
pub(crate) fn check(project: &Project) -> Result<()> {
    let stack = Stack::start(project, 0)?;
    Run::new("node")
        .arg(project.path("tests/demo/check.js"))
        .arg(stack.url())
        .dir(project.root())
        .shown()
}
