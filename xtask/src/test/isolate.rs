//! The isolate part: one Worker under thousands of requests at once that fail in every way, in workerd.

use anyhow::Result;

use super::tarball;
use crate::process::Run;
use crate::project::Project;
use crate::stack::Emulator;
use crate::{build, tools};

pub(super) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::npm_packages(project)?;
    tools::test_tools(project)?;
    let package = tarball::install_elsewhere(project)?;
    let emulator = Emulator::start(project, &[])?;
    Run::new("node")
        .arg(project.path("tests/isolate/run.js"))
        .arg("--package")
        .arg(package.path())
        .args(["--connection-string", emulator.connection_string()])
        .dir(project.root())
        .shown()
}
