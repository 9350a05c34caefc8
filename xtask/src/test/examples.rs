//! The examples part: every example in `examples/`, started as people start it, against a local service, and used.

use anyhow::Result;

use super::rust_worker;
use crate::process::Run;
use crate::project::Project;
use crate::stack::{self, Emulator};
use crate::{build, tools};

pub(super) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::npm_packages(project)?;
    let tools = rust_worker::Tools::prepare(project)?;
    let port = stack::free_port()?;
    let handler = format!("news=http://127.0.0.1:{port}/api/webpubsub/hubs/{{hub}}/");
    let emulator = Emulator::start(project, &[handler])?;
    let run = Run::new("node").arg(project.path("tests/examples/run.js"));
    tools
        .give(run)
        .args(["--port", &port.to_string()])
        .args(["--connection-string", emulator.connection_string()])
        .dir(project.root())
        .shown()
}
