//! Where things are: the project's folders and the ones that the commands write to. No behaviour here.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::process::Run;

pub(crate) struct Project {
    root: PathBuf,
    cargo_target: PathBuf,
}

impl Project {
    pub(crate) fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask/ has no parent folder")?
            .to_path_buf();
        let metadata = Run::cargo()
            .args(["metadata", "--no-deps", "--format-version=1"])
            .dir(&root)
            .quiet()?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
        let cargo_target = metadata["target_directory"]
            .as_str()
            .map(PathBuf::from)
            .ok_or_else(|| anyhow!("`cargo metadata` named no target_directory"))?;
        Ok(Self { root, cargo_target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// What cargo built, honouring CARGO_TARGET_DIR.
    pub(crate) fn built(&self, relative: &str) -> PathBuf {
        self.cargo_target.join(relative)
    }

    /// A program that npm installed.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// A folder of the commands' own, made when it is missing: logs, stamps, intermediate files.
    pub(crate) fn work_dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.root.join("target/xtask").join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        Ok(dir)
    }
}

/// The files of a folder whose names fit, in a fixed order.
pub(crate) fn files(dir: &Path, fits: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot list {}", dir.display());
    let entries = std::fs::read_dir(dir).with_context(cannot)?;
    let mut files = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()
        .with_context(cannot)?;
    files.retain(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(&fits));
    files.sort();
    Ok(files)
}
