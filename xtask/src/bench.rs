//! The package beside the official one, measured in one run. Asserts nothing: machines differ, and have their moods.

use anyhow::Result;

use crate::process::Run;
use crate::project::Project;
use crate::{build, tools};

pub(crate) fn run(project: &Project) -> Result<()> {
    build::package(project)?;
    tools::npm_packages(project)?;
    tools::test_tools(project)?;
    Run::new("node")
        .arg(project.path("benches/run.js"))
        .dir(project.root())
        .shown()
}
