//! The ack ids of requests that succeeded: a repeated one is answered `Duplicate` and not carried out again.

use std::collections::{HashSet, VecDeque};

/// How many ids a connection remembers; the oldest is forgotten first.
const MAX_IDS: usize = 1000;

/// The last ids of one connection.
#[derive(Debug, Default)]
pub(super) struct AckIds {
    ids: HashSet<u64>,
    order: VecDeque<u64>,
}

impl AckIds {
    pub(super) fn contains(&self, id: u64) -> bool {
        self.ids.contains(&id)
    }

    pub(super) fn add(&mut self, id: u64) {
        if self.ids.insert(id) {
            self.order.push_back(id);
        }
        if self.order.len() > MAX_IDS
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}
