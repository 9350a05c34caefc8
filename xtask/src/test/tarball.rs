//! The tarball that users would get, and where it is installed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use tempfile::TempDir;

use crate::process::Run;
use crate::progress::step;
use crate::project::Project;

/// `npm pack` of the built package into a folder; gives the file.
pub(super) fn pack(project: &Project, folder: &Path) -> Result<PathBuf> {
    let packed = Run::new("npm")
        .args(["pack", "--json", "--pack-destination"])
        .arg(folder)
        .dir(&project.path("pkg"))
        .quiet()?;
    let packed: serde_json::Value =
        serde_json::from_str(&packed).context("`npm pack --json` gave no JSON")?;
    // A list before npm 12, an object by package name since.
    let package = packed.get(0).or_else(|| packed.get("webpubsub-edge"));
    let tarball = package.and_then(|package| package["filename"].as_str());
    let tarball = tarball.ok_or_else(|| anyhow!("`npm pack --json` named no file"))?;
    Ok(folder.join(tarball))
}

/// `npm install` of the tarball in a folder that knows nothing of this project; dropping it removes it.
pub(super) fn install_elsewhere(project: &Project) -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("webpubsub-edge-").tempdir()?;
    step("Packing the package and installing it elsewhere", || {
        let tarball = pack(project, folder.path())?;
        std::fs::write(
            folder.path().join("package.json"),
            "{ \"private\": true, \"type\": \"module\" }\n",
        )?;
        Run::new("npm")
            .args(["install", "--offline", "--no-audit", "--no-fund"])
            .arg(tarball)
            .dir(folder.path())
            .quiet()
    })?;
    Ok(folder)
}
