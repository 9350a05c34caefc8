//! The events part: the event handler beside the official one, by Node's test runner, and in a Worker in workerd under
//! the events of a local service.

use anyhow::Result;

use super::tarball;
use crate::process::Run;
use crate::project::Project;
use crate::stack::Emulator;
use crate::{build, tools};

pub(super) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::npm_packages(project)?;
    super::all([super::node_tests(project, "tests/official"), webhooks(project)])
}

/// `tests/webhooks`, with the package as it is installed; it starts what it needs by itself.
fn webhooks(project: &Project) -> Result<()> {
    let package = tarball::install_elsewhere(project)?;
    let emulator = Emulator::build(project)?;
    Run::new("node")
        .arg(project.path("tests/webhooks/run.js"))
        .arg("--package")
        .arg(package.path())
        .arg("--emulator")
        .arg(emulator)
        .dir(project.root())
        .shown()
}
