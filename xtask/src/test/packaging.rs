//! The packaging part: what is in the tarball, and throw-away projects that use it, each built and run.

use anyhow::Result;

use super::tarball;
use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::stack::Emulator;
use crate::{build, tools};

pub(super) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::npm_packages(project)?;
    tools::test_tools(project)?;
    let folder = tempfile::Builder::new().prefix("webpubsub-edge-").tempdir()?;
    let tarball = step("Packing the package", || tarball::pack(project, folder.path()))?;
    let emulator = Emulator::start(project, &[])?;
    Run::new("node")
        .arg(project.path("tests/packaging/run.js"))
        .arg("--tarball")
        .arg(tarball)
        .args(["--connection-string", emulator.connection_string()])
        .dir(project.root())
        .shown()
}
