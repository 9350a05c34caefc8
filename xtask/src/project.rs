//! The project's folders, and the folders that the commands write to. No behaviour beyond paths.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    pub(crate) fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let root = root.context("xtask/ has no parent folder")?.to_path_buf();
        // Programs then start at the root, wherever the user is.
        std::env::set_current_dir(&root).with_context(|| format!("cannot enter {}", root.display()))?;
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A program that npm installed.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// A folder for logs, stamps and intermediate files; created when missing.
    pub(crate) fn work_dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.root.join("target/xtask").join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        Ok(dir)
    }

    /// The files of a folder whose names match, sorted. Fails when there are none.
    pub(crate) fn files(&self, folder: &str, matches: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
        let folder = self.path(folder);
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        files.retain(|file| file.file_name().and_then(|name| name.to_str()).is_some_and(&matches));
        ensure!(!files.is_empty(), "{} contains none of the expected files", folder.display());
        files.sort();
        Ok(files)
    }
}
