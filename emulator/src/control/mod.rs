//! Looking into a running service and steering it: who is there, what passes, faults, time.
//!
//! A [`Control`] does in-process what the admin API does over HTTP, which is a thin layer over it.
//!
//! ```
//! use webpubsub_emulator::Emulator;
//! use webpubsub_emulator::control::{Fault, Kind, To, TrafficFilter};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = Emulator::builder().record_traffic().start().await?;
//! let control = emulator.control();
//!
//! control.add_fault(Fault::rest().hub("chat").times(2).status(503).retry_after(1))?;
//! control.set_clock_offset_ms(2 * 60 * 60 * 1000)?;
//! control.send_text("chat", &To::Group("room".into()), "hello")?;
//! control.drop_connections("chat", &To::User("ann".into()), None)?;
//! control.expire_tokens().await;
//!
//! let refused = control.traffic(&TrafficFilter::new().kind(Kind::Connect).text("Unauthorized"));
//! println!("{refused:#?}");
//! control.reset();
//! # Ok(())
//! # }
//! ```

mod overview;
mod target;
mod watch;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::to_raw_value;

use crate::hub::{Except, Hub};
use crate::instruments::MAX_OFFSET_MS;
use crate::model::{Message, Metadata, Origin, Payload, names};
use crate::protocol::Close;
use crate::service::Service;

pub use crate::instruments::{
    ActiveFault, Body, Direction, Fault, FaultOn, Kind, Record, Request, Reset, Response, TrafficFilter, What,
};
pub use overview::{ConnectionInfo, GroupInfo, HubInfo, List, Permission, Permissions, UserInfo};
pub use target::{CloseFrame, To};
pub use watch::TrafficWatch;

/// How many items a list has at most.
pub const MAX_LIST: usize = 1_000;

/// Why something cannot be done; the message says what would do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ControlError(String);

/// Looks into a running service and steers it. Clones control the same service, which they do not keep running.
#[derive(Clone)]
pub struct Control {
    service: Arc<Service>,
}

impl std::fmt::Debug for Control {
    /// Prints no key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("endpoint", self.service.endpoint())
            .finish_non_exhaustive()
    }
}

impl Control {
    pub(crate) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// The service's URL, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.service.endpoint().to_string()
    }

    /// All hubs that have been named so far.
    #[must_use]
    pub fn hubs(&self) -> Vec<HubInfo> {
        let hubs = self.service.all_hubs();
        hubs.into_iter()
            .map(|(name, hub)| HubInfo::new(name, &hub))
            .collect()
    }

    /// The groups of a hub that have connections, by name: the first `limit`, at most [`MAX_LIST`].
    ///
    /// # Errors
    /// When the hub name is not valid. A hub that nobody has named yet is empty.
    pub fn groups(&self, hub: &str, limit: usize) -> Result<List<GroupInfo>, ControlError> {
        let groups = self.hub(hub)?.groups(limit.min(MAX_LIST));
        Ok(List::new(groups, |(name, connections)| GroupInfo {
            name,
            connections,
        }))
    }

    /// The users of a hub that have connections, by id: the first `limit`, at most [`MAX_LIST`].
    ///
    /// # Errors
    /// When the hub name is not valid.
    pub fn users(&self, hub: &str, limit: usize) -> Result<List<UserInfo>, ControlError> {
        let users = self.hub(hub)?.users(limit.min(MAX_LIST));
        Ok(List::new(users, |(id, connections)| UserInfo { id, connections }))
    }

    /// The connections of a hub, of one of its groups or users, or the one with an id: the first `limit`, at most
    /// [`MAX_LIST`].
    ///
    /// # Errors
    /// When the hub name is not valid.
    pub fn connections(
        &self,
        hub: &str,
        of: &To,
        limit: usize,
    ) -> Result<List<ConnectionInfo>, ControlError> {
        let hub = self.hub(hub)?;
        Ok(List::new(
            hub.connections(of.unchecked(), limit.min(MAX_LIST)),
            ConnectionInfo::new,
        ))
    }

    /// Sends text, and returns how many connections it went to.
    ///
    /// # Errors
    /// When the hub or group name is not valid.
    pub fn send_text(&self, hub: &str, to: &To, text: impl Into<String>) -> Result<usize, ControlError> {
        self.send(hub, to, Payload::Text(text.into()))
    }

    /// Sends a JSON value, and returns how many connections it went to.
    ///
    /// # Errors
    /// When the hub or group name is not valid.
    pub fn send_json(&self, hub: &str, to: &To, value: &serde_json::Value) -> Result<usize, ControlError> {
        let value = to_raw_value(value).map_err(|error| ControlError(error.to_string()))?;
        self.send(hub, to, Payload::Json(value))
    }

    /// Sends bytes, and returns how many connections they went to.
    ///
    /// # Errors
    /// When the hub or group name is not valid.
    pub fn send_binary(&self, hub: &str, to: &To, bytes: impl Into<Bytes>) -> Result<usize, ControlError> {
        self.send(hub, to, Payload::Binary(bytes.into()))
    }

    fn send(&self, hub: &str, to: &To, payload: Payload) -> Result<usize, ControlError> {
        let hub = self.hub(hub)?;
        let target = to.target()?;
        let origin = match to {
            To::Group(group) => Origin::Group {
                group,
                from_user: None,
            },
            _ => Origin::Server,
        };
        let message = Message {
            payload,
            metadata: Metadata::default(),
            time_to_live: None,
        };
        Ok(hub.send(target, Except::default(), origin, &message))
    }

    /// Ends connections, and returns how many: with a close frame, or as a network does, without any. Without one, a
    /// reliable client may come back to its connection, and an MQTT client to its session.
    ///
    /// # Errors
    /// When a name is not valid, or when the close frame could not be sent.
    pub fn drop_connections(
        &self,
        hub: &str,
        to: &To,
        close: Option<&CloseFrame>,
    ) -> Result<usize, ControlError> {
        let hub = self.hub(hub)?;
        let target = to.target()?;
        let Some(frame) = close else {
            return Ok(hub.cut(target));
        };
        frame.check()?;
        let close = Close::new(frame.code, frame.reason.as_str());
        Ok(hub.close(target, Except::default(), &close))
    }

    /// A hub; looking at one does not make it.
    fn hub(&self, name: &str) -> Result<Arc<Hub>, ControlError> {
        let name = names::hub(name).map_err(|error| ControlError(error.to_string()))?;
        Ok(self.service.mentioned_hub(&name).unwrap_or_default())
    }

    /// Adds a fault and returns its id. Of several that match, the one that was added first strikes.
    ///
    /// # Errors
    /// When its parts do not go together.
    pub fn add_fault(&self, fault: Fault) -> Result<u64, ControlError> {
        self.service.instruments.faults.add(fault).map_err(ControlError)
    }

    /// The faults that still wait for requests or events.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.service.instruments.faults.list()
    }

    /// Removes a fault. False when it is not there, or no longer.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.service.instruments.faults.remove(id)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.service.instruments.faults.clear();
    }

    /// How far the service's clock is ahead of the machine's, in milliseconds.
    #[must_use]
    pub fn clock_offset_ms(&self) -> i64 {
        self.service.instruments.clock.offset_ms()
    }

    /// The service's time, in RFC 3339.
    #[must_use]
    pub fn time(&self) -> String {
        let now = self.service.instruments.clock.now();
        now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }

    /// Puts the service's clock ahead of the machine's, or behind it, by milliseconds.
    ///
    /// Tokens are checked and generated by it, also those by which clients reconnect, and events are dated by it. It is
    /// what reliable clients and MQTT sessions have to come back by, messages have to live by, and streams may rest by;
    /// delayed wills are due by it. Pings, retries and timeouts go by the machine's clock.
    ///
    /// # Errors
    /// When it is more than a hundred years.
    pub fn set_clock_offset_ms(&self, offset: i64) -> Result<(), ControlError> {
        match self.service.instruments.clock.set_offset_ms(offset) {
            true => Ok(()),
            false => Err(offset_out_of_range()),
        }
    }

    /// Moves the service's clock forward by milliseconds, or back by a negative number. It is where
    /// [`set_clock_offset_ms`](Self::set_clock_offset_ms) has put it, and goes on from there.
    ///
    /// # Errors
    /// When the clock would be more than a hundred years away from the machine's.
    pub fn advance_clock_ms(&self, by: i64) -> Result<(), ControlError> {
        match self.service.instruments.clock.advance_ms(by) {
            true => Ok(()),
            false => Err(offset_out_of_range()),
        }
    }

    /// Expires all tokens that exist, of clients and of callers; returns after up to a second, since tokens tell
    /// only the second of their making. Clients that are connected stay so. A token without `iat` is expired if it
    /// has been used before; opaque Entra tokens are not.
    pub async fn expire_tokens(&self) {
        self.service.keys.expire_all().await;
    }

    /// The records that the journal still has, the oldest first. There are none unless it
    /// [records](crate::Builder::record_traffic).
    #[must_use]
    pub fn traffic(&self, filter: &TrafficFilter) -> Vec<Record> {
        let journal = &self.service.instruments.journal;
        journal.read(filter, journal.beginning(), usize::MAX).records
    }

    /// The number of the latest record; 0 before the first.
    #[must_use]
    pub fn last_record(&self) -> u64 {
        self.service.instruments.journal.end()
    }

    /// The records to come.
    #[must_use]
    pub fn watch_traffic(&self, filter: TrafficFilter) -> TrafficWatch {
        let journal = Arc::clone(&self.service.instruments.journal);
        TrafficWatch::new(journal, filter)
    }

    /// Forgets the records so far. The traffic file keeps them.
    pub fn clear_traffic(&self) {
        self.service.instruments.journal.forget();
    }

    /// Makes the service as new: closes all clients (1001), and forgets faults, the clock's offset, expired tokens and
    /// the traffic so far.
    pub fn reset(&self) {
        let Self { service } = self;
        service.instruments.faults.clear();
        service.instruments.clock.reset();
        service.keys.forget_expiry();
        service.close_all_clients();
        service.instruments.journal.forget();
    }
}

fn offset_out_of_range() -> ControlError {
    ControlError(format!(
        "The offset must be between -{MAX_OFFSET_MS} and {MAX_OFFSET_MS} milliseconds."
    ))
}
