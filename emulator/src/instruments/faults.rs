//! The faults that wait for their requests and events.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::fault::{Fault, FaultOn, Reset};

/// How many faults can wait at a time.
const MAX_FAULTS: usize = 1_000;

/// A fault that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActiveFault {
    /// Names it in the journal and when it is removed.
    pub id: u64,
    /// How many requests or events it still meets.
    pub remaining: u32,
    /// The fault as it was added.
    #[serde(flatten)]
    pub fault: Fault,
}

/// What has just come by.
pub(crate) struct Occurrence<'a> {
    pub(crate) on: FaultOn,
    pub(crate) hub: Option<&'a str>,
    /// Of a request: the HTTP method.
    pub(crate) method: &'a str,
    /// Of a request: the path; of an event: its name.
    pub(crate) name: &'a str,
}

/// What a fault does to one request or event.
#[derive(Debug)]
pub(crate) struct Strike {
    pub(crate) id: u64,
    pub(crate) delay: Option<Duration>,
    pub(crate) outcome: Outcome,
}

/// What happens after the delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// What would have happened without the fault.
    Usual,
    Status {
        status: u16,
        retry_after: Option<u64>,
    },
    Reset(Reset),
    Truncate,
}

/// The faults that wait, in the order in which they were added: the first that matches strikes.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Whether there are any: without, a request costs no lock.
    any: AtomicBool,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last_id: u64,
    faults: Vec<ActiveFault>,
}

impl Faults {
    /// Adds a fault and returns its id, or what is wrong with it.
    pub(crate) fn add(&self, fault: Fault) -> Result<u64, String> {
        fault.check()?;
        let mut waiting = self.lock();
        if waiting.faults.len() >= MAX_FAULTS {
            return Err(format!(
                "There are already {MAX_FAULTS} faults. Remove some first."
            ));
        }
        waiting.last_id += 1;
        let (id, remaining) = (waiting.last_id, fault.times);
        waiting.faults.push(ActiveFault { id, remaining, fault });
        self.any.store(true, Ordering::Release);
        Ok(id)
    }

    /// Removes a fault. False when it is not there, or no more.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut waiting = self.lock();
        let before = waiting.faults.len();
        waiting.faults.retain(|fault| fault.id != id);
        before != waiting.faults.len()
    }

    pub(crate) fn clear(&self) {
        let mut waiting = self.lock();
        waiting.faults.clear();
        self.any.store(false, Ordering::Release);
    }

    pub(crate) fn list(&self) -> Vec<ActiveFault> {
        self.lock().faults.clone()
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Finds the fault that strikes now, and uses one of its times up.
    pub(crate) fn strike(&self, occurrence: &Occurrence<'_>) -> Option<Strike> {
        if !self.any() {
            return None;
        }
        let mut waiting = self.lock();
        let at = waiting
            .faults
            .iter()
            .position(|active| matches(&active.fault, occurrence))?;
        let active = waiting.faults.get_mut(at)?;
        active.remaining -= 1;
        let strike = Strike {
            id: active.id,
            delay: active.fault.delay_ms.map(Duration::from_millis),
            outcome: outcome(&active.fault),
        };
        if active.remaining == 0 {
            waiting.faults.remove(at);
        }
        self.any.store(!waiting.faults.is_empty(), Ordering::Release);
        Some(strike)
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(fault: &Fault) -> Outcome {
    match (fault.status, fault.reset) {
        (Some(status), _) => Outcome::Status {
            status,
            retry_after: fault.retry_after,
        },
        (None, Some(reset)) => Outcome::Reset(reset),
        (None, None) if fault.truncate => Outcome::Truncate,
        (None, None) => Outcome::Usual,
    }
}

fn matches(fault: &Fault, occurrence: &Occurrence<'_>) -> bool {
    let names = fault.path.as_deref().or(fault.event.as_deref());
    fault.on == occurrence.on
        && fault.hub.as_deref().is_none_or(|hub| {
            occurrence
                .hub
                .is_some_and(|found| found.eq_ignore_ascii_case(hub))
        })
        && fault
            .method
            .as_deref()
            .is_none_or(|method| method.eq_ignore_ascii_case(occurrence.method))
        && names.is_none_or(|pattern| like(pattern, occurrence.name))
}

/// Whether a text is like a pattern, in which `*` stands for any characters.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
