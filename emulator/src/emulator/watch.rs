//! Reading the config file again when it changes, and putting in force what can change while the service runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::{self, Settings};
use crate::events::EventOptions;
use crate::model::ConfigError;
use crate::service::Service;

/// How often the file is looked at. It is read when it has been the same for that long.
const INTERVAL: Duration = Duration::from_millis(250);

/// A config file and what it said.
#[derive(Clone)]
pub(super) struct ConfigFile {
    path: PathBuf,
    seen: Version,
    pub(super) settings: Settings,
}

/// What changes when a file is written: nothing when it is not there.
type Version = Option<(SystemTime, u64)>;

impl ConfigFile {
    pub(super) fn open(path: &Path) -> Result<Self, ConfigError> {
        // Before the text: a change in between is then seen later, instead of never.
        let seen = version(path);
        Ok(Self {
            path: path.to_owned(),
            seen,
            settings: config::read(path)?,
        })
    }
}

/// Follows a config file until the service stops.
pub(super) struct Watcher {
    service: Arc<Service>,
    own: Settings,
    file: ConfigFile,
    defaults: Settings,
    /// What was in force at the start, and cannot change in part.
    started: Settings,
    /// What is in force about events.
    events: EventOptions,
}

impl Watcher {
    pub(super) fn new(
        service: Arc<Service>,
        own: Settings,
        file: ConfigFile,
        defaults: Settings,
        started: Settings,
    ) -> Self {
        Self {
            service,
            own,
            file,
            defaults,
            events: started.events(),
            started,
        }
    }

    pub(super) async fn run(mut self) {
        let mut before = self.file.seen;
        let stopping = self.service.stopping.clone();
        loop {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = stopping.cancelled() => return,
            }
            let now = version(&self.file.path);
            // Editors empty a file before they write it, or put another one in its place.
            if now == before && now != self.file.seen {
                self.file.seen = now;
                self.reload();
            }
            before = now;
        }
    }

    fn reload(&mut self) {
        let path = self.file.path.display().to_string();
        let applied = config::read(&self.file.path)
            .map_err(|error| error.to_string())
            .and_then(|settings| self.apply(&settings));
        match applied {
            Ok(()) => tracing::info!(path, "config file read again; clients stay connected"),
            Err(reason) => tracing::error!(path, reason, "config file not usable: the old settings stay"),
        }
    }

    /// Puts in force what the file says now.
    fn apply(&mut self, file: &Settings) -> Result<(), String> {
        let settings = self.own.clone().over(&file.clone().over(&self.defaults));
        let events = settings.events();
        // First what can fail.
        if events != self.events {
            self.service
                .events
                .replace(events.clone())
                .map_err(|error| error.to_string())?;
            self.events = events;
        }
        // Before anybody can use them.
        self.service.instruments.journal.hide(settings.secrets());
        self.service.keys.replace(settings.access());
        for name in settings.fixed_differences(&self.started) {
            tracing::warn!(setting = name, "this setting changes only at the next start");
        }
        Ok(())
    }
}

fn version(path: &Path) -> Version {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
