//! The examples part: every example in `examples/`, started as people start it, against a local service, and used.

use anyhow::Result;

use crate::process::Run;
use crate::project::Project;
use crate::stack::{self, Emulator};
use crate::{build, tools};

pub(super) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::npm_packages(project)?;
    let port = stack::free_port()?;
    let handler = format!("news=http://127.0.0.1:{port}/api/webpubsub/hubs/{{hub}}/");
    let emulator = Emulator::start(project, &[handler])?;
    Run::new("node")
        .arg(project.path("tests/examples/run.js"))
        .args(["--port", &port.to_string()])
        .args(["--connection-string", emulator.connection_string()])
        .dir(project.root())
        .shown()
}
