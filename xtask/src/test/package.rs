//! The package as users get it: packed, and installed elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Run as _;
use crate::project::Project;
use crate::step::step;

/// A new folder outside the project; dropping it removes it.
pub(super) fn new_folder() -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("webpubsub-edge-").tempdir()?)
}

/// `npm pack` of the built package into a folder; returns the file.
pub(super) fn pack(project: &Project, folder: &Path) -> Result<PathBuf> {
    let mut pack = Command::new("npm");
    pack.args(["pack", "--json", "--pack-destination"]).arg(folder).current_dir(project.path("pkg"));
    let packed: Value = serde_json::from_str(&pack.quiet()?).context("`npm pack --json` printed no JSON")?;
    // A list before npm 12, an object by package name since.
    let package = packed.get(0).or_else(|| packed.get("webpubsub-edge"));
    let tarball = package.and_then(|package| package["filename"].as_str());
    Ok(folder.join(tarball.context("`npm pack --json` named no file")?))
}

/// `npm install` of the tarball in a new folder.
pub(super) fn install_elsewhere(project: &Project) -> Result<TempDir> {
    let folder = new_folder()?;
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
