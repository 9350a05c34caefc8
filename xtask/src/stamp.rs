//! Stamps: a file that says "these inputs gave what stands there", so that a step runs only when something changed.
//!
//! A stamp hashes contents, never times: a fresh checkout or a touched file changes nothing.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Collects everything that a step depends on.
#[derive(Clone)]
pub(crate) struct Inputs(DefaultHasher);

impl Inputs {
    pub(crate) fn new() -> Self {
        Self(DefaultHasher::new())
    }

    pub(crate) fn value(mut self, value: impl Hash) -> Self {
        value.hash(&mut self.0);
        self
    }

    /// The contents of a file; a missing file is a value of its own.
    pub(crate) fn file(self, path: &Path) -> Self {
        self.value(fs::read(path).ok())
    }

    pub(crate) fn stamp(&self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// The file that remembers the stamp of the last good run of one step.
pub(crate) struct Stamp {
    file: PathBuf,
    now: String,
}

impl Stamp {
    pub(crate) fn new(file: PathBuf, inputs: &Inputs) -> Self {
        Self {
            file,
            now: inputs.stamp(),
        }
    }

    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|then| then == self.now)
    }

    pub(crate) fn save(&self) -> Result<()> {
        fs::write(&self.file, &self.now).with_context(|| format!("cannot write {}", self.file.display()))
    }
}
