//! The traffic file: the journal as JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};

use super::filter::TrafficFilter;
use super::journal::Journal;

/// How many records are written at a time.
const BATCH: usize = 1_000;
/// How long records may gather before they are written.
const PAUSE: Duration = Duration::from_millis(10);

/// A file that follows the journal.
pub(crate) struct TrafficFile(BufWriter<File>);

impl TrafficFile {
    /// Creates the file, or empties it.
    pub(crate) fn create(path: &Path) -> std::io::Result<Self> {
        File::create(path).map(|file| Self(BufWriter::new(file)))
    }

    /// Writes all there is and will be, until the journal is finished.
    pub(crate) fn follow(self, journal: Arc<Journal>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let Self(mut file) = self;
            let (filter, mut position) = (TrafficFilter::default(), 0);
            while let Some(batch) = journal.wait(&filter, position, BATCH).await {
                position = batch.position;
                let is_full = batch.records.len() >= BATCH;
                let written = spawn_blocking(move || {
                    for record in &batch.records {
                        serde_json::to_writer(&mut file, record)?;
                        file.write_all(b"\n")?;
                    }
                    file.flush().map(|()| file)
                });
                file = match written.await {
                    Ok(Ok(file)) => file,
                    Ok(Err(error)) => {
                        tracing::error!(%error, "the traffic file cannot be written any more");
                        return;
                    }
                    Err(_) => return,
                };
                if !is_full {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        })
    }
}
