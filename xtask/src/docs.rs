//! The site of the documentation: TypeDoc for the API of the npm package, VitePress for the pages.

use std::process::Command;

use anyhow::Result;

use crate::process::Run as _;
use crate::project::Project;
use crate::step::step;
use crate::tools;

/// Builds the site in docs/.vitepress/dist; a dead link is an error.
pub(crate) fn build(project: &Project) -> Result<()> {
    tools::docs_packages(project)?;
    run(project, "The API of the npm package (typedoc)", "typedoc", &[])?;
    run(project, "The site (vitepress build)", "vitepress", &["build"])
}

fn run(project: &Project, name: &str, program: &str, arguments: &[&str]) -> Result<()> {
    let folder = project.path("docs");
    step(name, || {
        let mut command = Command::new(folder.join("node_modules/.bin").join(program));
        command.args(arguments).current_dir(&folder).quiet().map(drop)
    })
}
