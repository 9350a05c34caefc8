//! The tarball that users would get.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::process::Run;
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
