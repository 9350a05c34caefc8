//! The ring that holds the latest traffic, and reading from it.
//!
//! Writing is cheap: a lock, a few moves, bodies shared where they can be. All that takes time (masking, text) happens
//! when somebody reads, at the reader's expense. A reader that is too slow learns how many records it has lost.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::entry::{Content, Entry, Peer};
use super::filter::TrafficFilter;
use super::mask::Mask;
use super::record::{Record, What, written};

/// How many entries are kept, and how many bytes of their bodies, headers and URLs.
const MAX_ENTRIES: usize = 10_000;
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// How many entries a waiting reader looks at before others get their turn.
const MAX_SCAN: usize = 512;

/// The latest traffic.
pub(crate) struct Journal {
    is_recording: bool,
    mask: Mask,
    ring: Mutex<Ring>,
    added: Notify,
    is_over: AtomicBool,
}

#[derive(Default)]
struct Ring {
    entries: VecDeque<Arc<Entry>>,
    /// The number of the latest entry.
    last: u64,
    /// The number of the latest entry that readers have asked to forget.
    forgotten: u64,
    bytes: usize,
}

/// What a reader gets at a time.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) records: Vec<Record>,
    /// The position to continue from.
    pub(crate) position: u64,
}

impl Journal {
    /// A journal that records, or one that costs nothing.
    pub(crate) fn new(is_recording: bool, mask: Mask) -> Self {
        Self {
            is_recording,
            mask,
            ring: Mutex::default(),
            added: Notify::new(),
            is_over: AtomicBool::new(false),
        }
    }

    /// Has these secrets hidden too, in what is read from now on.
    pub(crate) fn hide(&self, secrets: Vec<String>) {
        self.mask.add(secrets);
    }

    /// Whether anything is kept. If not, whoever would add need not even look.
    pub(crate) fn is_recording(&self) -> bool {
        self.is_recording
    }

    pub(crate) fn add(&self, peer: Arc<Peer>, content: Content) {
        if !self.is_recording {
            return;
        }
        let time = Timestamp::now();
        let weight = content.weight();
        let mut dropped = Vec::new();
        let mut ring = self.lock();
        ring.last += 1;
        let seq = ring.last;
        ring.bytes += weight;
        ring.entries.push_back(Arc::new(Entry {
            seq,
            time,
            peer,
            content,
        }));
        while ring.entries.len() > MAX_ENTRIES || ring.bytes > MAX_BYTES {
            let Some(oldest) = ring.entries.pop_front() else {
                break;
            };
            ring.bytes -= oldest.content.weight();
            dropped.push(oldest);
        }
        drop(ring);
        // Their memory is given back without the lock.
        drop(dropped);
        self.added.notify_waiters();
    }

    /// The position of the next record to come.
    pub(crate) fn end(&self) -> u64 {
        self.lock().last
    }

    /// The position before the first record that is there and not forgotten.
    pub(crate) fn beginning(&self) -> u64 {
        let ring = self.lock();
        let first = ring.entries.front().map_or(ring.last, |entry| entry.seq - 1);
        first.max(ring.forgotten)
    }

    /// The position before the first record that is not forgotten.
    pub(crate) fn remembered(&self) -> u64 {
        self.lock().forgotten
    }

    /// Up to `limit` of the records after a position. What is no longer there is told as a gap. Masking and searching
    /// take time: an async caller reads little at a time.
    pub(crate) fn read(&self, filter: &TrafficFilter, position: u64, limit: usize) -> Batch {
        self.scan(filter, position, limit, usize::MAX)
    }

    /// The same, giving up after `scan` entries.
    fn scan(&self, filter: &TrafficFilter, mut position: u64, limit: usize, scan: usize) -> Batch {
        /// How many entries are taken from the ring at a time: the lock is held for as long.
        const AT_ONCE: usize = 256;
        let mut records = Vec::new();
        let mut scanned = 0;
        while records.len() < limit && scanned < scan {
            let mut entries = Vec::with_capacity(AT_ONCE);
            {
                let ring = self.lock();
                let first = ring.entries.front().map_or(ring.last + 1, |entry| entry.seq);
                if position + 1 < first {
                    let lost = first - 1 - position;
                    records.push(gap(first - 1, lost));
                    position = first - 1;
                }
                let skip = usize::try_from(position + 1 - first).unwrap_or(usize::MAX);
                entries.extend(ring.entries.iter().skip(skip).take(AT_ONCE).cloned());
            }
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                if records.len() >= limit {
                    break;
                }
                position = entry.seq;
                scanned += 1;
                if filter.may_match(&entry) {
                    let record = entry.to_record(&self.mask);
                    if filter.has_text(&record) {
                        records.push(record);
                    }
                }
            }
        }
        Batch { records, position }
    }

    /// The next records after a position, when there are any; `None` when there will be none.
    pub(crate) async fn wait(
        &self,
        filter: &TrafficFilter,
        mut position: u64,
        limit: usize,
    ) -> Option<Batch> {
        loop {
            let added = self.added.notified();
            tokio::pin!(added);
            // From here on nothing is missed.
            added.as_mut().enable();
            let is_over = self.is_over.load(Ordering::Acquire);
            let batch = self.scan(filter, position, limit, MAX_SCAN);
            if !batch.records.is_empty() {
                return Some(batch);
            }
            if batch.position != position {
                position = batch.position;
                // Others get their turn before the rest.
                tokio::task::yield_now().await;
                continue;
            }
            if is_over {
                return None;
            }
            added.await;
        }
    }

    /// Forgets all entries so far, but for the traffic file, which may still have to write them.
    pub(crate) fn forget(&self) {
        let mut ring = self.lock();
        ring.forgotten = ring.last;
    }

    /// Says that nothing will be added any more: readers come to an end.
    pub(crate) fn finish(&self) {
        self.is_over.store(true, Ordering::Release);
        self.added.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gap(seq: u64, lost: u64) -> Record {
    Record {
        seq,
        time: written(Timestamp::now()),
        hub: None,
        connection: None,
        user: None,
        what: What::Gap { lost },
    }
}
