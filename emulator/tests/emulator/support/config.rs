//! A config file, read in-process or by the binary.

use std::path::{Path, PathBuf};

use tokio::process::Child;
use webpubsub_emulator::{Builder, Emulator};

use super::Folder;
use super::binary::{command, first_line};

/// A config file in a folder of its own.
pub(crate) struct Config {
    folder: Folder,
    path: PathBuf,
}

impl Config {
    pub(crate) fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let folder = Folder::new();
        let path = folder.path(name);
        let config = Self { folder, path };
        config.write(content);
        config
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of another file in the same folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    pub(crate) fn write(&self, content: impl AsRef<[u8]>) {
        std::fs::write(&self.path, content).unwrap();
    }

    pub(crate) fn read(&self) -> Result<Builder, String> {
        Emulator::builder()
            .config_file(&self.path)
            .map_err(|error| error.to_string())
    }

    /// Starts the binary with this file; also returns its first line of output.
    pub(crate) async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (Child, String) {
        let config = ["--config", self.path.to_str().unwrap()];
        let mut command = command(&[&config, arguments].concat());
        command.envs(variables.iter().copied());
        first_line(command).await
    }
}
