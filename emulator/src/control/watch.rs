//! Following the traffic.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Record, TrafficFilter};
use crate::instruments::Journal;

/// How many records are taken from the journal at a time.
const BATCH: usize = 256;

/// Records as they come.
pub struct TrafficWatch {
    journal: Arc<Journal>,
    filter: TrafficFilter,
    position: u64,
    ready: VecDeque<Record>,
}

impl std::fmt::Debug for TrafficWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrafficWatch")
            .field("filter", &self.filter)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl TrafficWatch {
    pub(super) fn new(journal: Arc<Journal>, filter: TrafficFilter) -> Self {
        let position = journal.end();
        Self {
            journal,
            filter,
            position,
            ready: VecDeque::new(),
        }
    }

    /// Starts after the record with this number instead of now; 0 is the beginning, and so is a number that no record has
    /// yet, such as one from before a restart. What was forgotten is left out.
    #[must_use]
    pub fn after(mut self, seq: u64) -> Self {
        let known = if seq > self.journal.end() { 0 } else { seq };
        self.position = known.max(self.journal.remembered());
        self
    }

    /// The next record; `None` when the service has stopped. A reader that is much too slow gets a
    /// [gap](super::What::Gap) in place of what it has missed.
    pub async fn next(&mut self) -> Option<Record> {
        if self.ready.is_empty() {
            let batch = self.journal.wait(&self.filter, self.position, BATCH).await?;
            self.position = batch.position;
            self.ready = batch.records.into();
        }
        self.ready.pop_front()
    }

    /// The records that are there without waiting, after one that [`next`](Self::next) has returned.
    pub(crate) fn ready(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.ready).into()
    }
}
