//! What tests watch and turn: the journal of the traffic, faults, and the clock.
//!
//! `journal` is a ring of `entry`s with their `headers`; who reads it gets `record`s, whose secrets `mask` has hidden, by a `filter`; `file`
//! writes them. `tap` records the frames of one connection. `fault` describes a fault, `faults` holds those that wait
//! for their request. Nothing here knows requests, hubs or protocols: those call what is here as they pass.

mod clock;
mod entry;
mod fault;
mod faults;
mod file;
mod filter;
mod headers;
mod journal;
mod mask;
mod record;
mod tap;

pub(crate) use clock::{Clock, MAX_OFFSET_MS, Moment};
pub(crate) use entry::{Content, Exchange, HttpKind, Kept, Peer};
pub use fault::{Fault, FaultOn, Reset};
pub use faults::ActiveFault;
pub(crate) use faults::{Faults, Occurrence, Outcome, Strike};
pub(crate) use file::TrafficFile;
pub use filter::{Kind, TrafficFilter};
pub(crate) use headers::KeptHeaders;
pub(crate) use journal::Journal;
pub(crate) use mask::Mask;
pub use record::{Body, Direction, Record, Request, Response, What};
pub(crate) use tap::Tap;

use std::sync::Arc;

/// All of them; clones are the same instruments.
#[derive(Clone)]
pub(crate) struct Instruments {
    pub(crate) journal: Arc<Journal>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) clock: Clock,
}
