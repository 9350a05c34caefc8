//! Webhooks: what the event handlers of a hub are told, and what they answer.
//!
//! `handler` is the settings of one handler and `template` its URL, `rules` which handler takes an event, `http` how
//! it is called, `handshake` whether it wants our events, `delivery` one event with its retries, `observed` what the
//! journal and faults have to do with it, `connect` the bodies of the connect event, `connection` the events of one
//! connection, `notices` those of them that are only told, in their order, `mqtt` what is different for MQTT clients.

mod connect;
mod connection;
mod delivery;
mod handler;
mod handshake;
mod http;
mod mqtt;
mod notices;
mod observed;
mod rules;
mod template;

use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Keys;
use crate::instruments::Instruments;

pub(crate) use connect::{ConnectAnswer, ConnectRequest};
pub(crate) use connection::ConnectionEvents;
pub(crate) use delivery::EventFailure;
pub use handler::{EventHandler, GroupEvent, SystemEvent};
pub(crate) use http::HttpSetupError;
pub(crate) use mqtt::MqttEvent;
pub(crate) use rules::{ANY_HUB, EventOptions};
use rules::{Handler, Rules};

/// The event handlers of all hubs, and how to reach them.
pub(crate) struct Events {
    rules: RwLock<Arc<Rules>>,
    keys: Arc<Keys>,
    /// Our host and port, which handlers are told as the origin of events.
    origin: String,
    tasks: TaskTracker,
    stopping: CancellationToken,
    instruments: Instruments,
}

impl Events {
    pub(crate) fn new(
        options: EventOptions,
        keys: Arc<Keys>,
        origin: String,
        tasks: TaskTracker,
        stopping: CancellationToken,
        instruments: Instruments,
    ) -> Result<Self, HttpSetupError> {
        Ok(Self {
            rules: RwLock::new(Arc::new(Rules::new(options, None)?)),
            keys,
            origin,
            tasks,
            stopping,
            instruments,
        })
    }

    /// Puts other options in force, also for connections that exist. Events under way end as they began.
    pub(crate) fn replace(&self, options: EventOptions) -> Result<(), HttpSetupError> {
        let rules = Rules::new(options, Some(&self.rules()))?;
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        Ok(())
    }

    /// The events of a new connection.
    pub(crate) fn connection(self: &Arc<Self>, hub: &str, connection_id: &str) -> Arc<ConnectionEvents> {
        Arc::new(ConnectionEvents::new(Arc::clone(self), hub, connection_id))
    }

    fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }
}
