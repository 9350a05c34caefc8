//! The package as users get it: packed, and installed elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

use crate::process::Run as _;
use crate::project::Project;
use crate::step::step;
use crate::{build, npm};

/// A new folder outside the project; dropping it removes it.
pub(super) fn new_folder() -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("webpubsub-edge-").tempdir()?)
}

/// Builds the package and packs it into a folder; returns the file.
pub(super) fn pack(project: &Project, folder: &Path) -> Result<PathBuf> {
    build::package(project)?;
    npm::pack(&project.path("pkg"), folder)
}

/// `npm install` of the tarball in a new folder.
pub(super) fn install_elsewhere(project: &Project) -> Result<TempDir> {
    let folder = new_folder()?;
    build::package(project)?;
    step("Packing the package and installing it elsewhere", || {
        let tarball = pack(project, folder.path())?;
        let manifest = "{ \"private\": true, \"type\": \"module\" }\n";
        std::fs::write(folder.path().join("package.json"), manifest)?;
        let mut install = Command::new("npm");
        install.args(["install", "--offline", "--no-audit", "--no-fund"]).arg(tarball);
        install.current_dir(folder.path()).quiet()
    })?;
    Ok(folder)
}
