//! Duplicate events: the service sends an event again if the response was lost or an error.
//!
//! In here: a memory of recent events in this process. Not in here: any clock; the time is an argument.

use alloc::{
    collections::{BTreeMap, VecDeque},
    string::String,
};
use core::time::Duration;

use super::event::Event;

/// The connection (for MQTT also the network connection, because a client id comes back) and the event.
type Key = (String, String, String);

/// Remembers events for a while, in this process only. Effects that must happen at most once need a store that all
/// processes share.
#[derive(Debug)]
pub struct EventDeduplicator {
    max_entries: usize,
    max_age: Duration,
    known: BTreeMap<Key, u64>,
    /// In order of arrival; includes events that were forgotten since.
    order: VecDeque<(u64, Duration, Key)>,
    next: u64,
}

impl EventDeduplicator {
    /// Remembers at most `max_entries` events, each for at most `max_age`. The service retries for less than ten minutes.
    pub fn new(max_entries: usize, max_age: Duration) -> Self {
        Self {
            max_entries,
            max_age,
            known: BTreeMap::new(),
            order: VecDeque::new(),
            next: 0,
        }
    }

    /// Whether the event was received before; remembers it if not. An event without an id is never a duplicate. `now` is
    /// the time since any fixed moment.
    pub fn is_duplicate(&mut self, event: &Event<'_>, now: Duration) -> bool {
        let Some(key) = key(event) else { return false };
        self.expire(now);
        if self.known.contains_key(&key) {
            return true;
        }
        self.known.insert(key.clone(), self.next);
        self.order.push_back((self.next, now, key));
        self.next += 1;
        self.expire(now);
        false
    }

    /// Forgets an event, so that its next attempt is not a duplicate.
    pub fn forget(&mut self, event: &Event<'_>) {
        if let Some(key) = key(event) {
            self.known.remove(&key);
        }
    }

    fn expire(&mut self, now: Duration) {
        while let Some((number, since, key)) = self.order.front() {
            if self.order.len() <= self.max_entries && now.saturating_sub(*since) <= self.max_age {
                return;
            }
            // One that was forgotten and came again has another number.
            if self.known.get(key) == Some(number) {
                self.known.remove(key);
            }
            self.order.pop_front();
        }
    }
}

fn key(event: &Event<'_>) -> Option<Key> {
    let physical = event.physical_connection_id().unwrap_or_default();
    Some((event.connection_id().into(), physical.into(), event.id()?.into()))
}
