//! Webhooks: what the event handler of a hub is told, and what it answers.
//!
//! `template` is where a handler lives, `handshake` whether it wants our events, `delivery` one event with
//! its retries, `observed` what the journal and faults have to do with it, `connect` the bodies of the connect event, `connection` the events of one connection,
//! `notices` those of them that are only told, in their order.

mod connect;
mod connection;
mod delivery;
mod handshake;
mod notices;
mod observed;
mod template;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Keys;
use crate::instruments::Instruments;

pub(crate) use connect::{ConnectAnswer, ConnectRequest};
pub(crate) use connection::ConnectionEvents;
pub(crate) use delivery::EventFailure;
pub(crate) use template::UrlTemplate;

/// How long a handler may take to answer an event.
const EVENT_TIMEOUT: Duration = Duration::from_secs(100);

/// How long a connection to a handler is kept for the next event: less than servers keep theirs (workerd 5 s), so
/// that no event meets one that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// The event handlers of all hubs, and how to reach them.
pub(crate) struct Events {
    http: reqwest::Client,
    /// The pauses before the second, third, … try.
    retry_delays: Vec<Duration>,
    handlers: HashMap<String, Arc<Handler>>,
    keys: Arc<Keys>,
    /// Our host and port, which handlers are told as the origin of events.
    origin: String,
    tasks: TaskTracker,
    stopping: CancellationToken,
    instruments: Instruments,
}

/// One hub's event handler.
struct Handler {
    template: UrlTemplate,
    /// Set once the handler has agreed to receive events.
    agreed: OnceCell<()>,
}

impl Events {
    pub(crate) fn new(
        templates: HashMap<String, UrlTemplate>,
        retry_delays: Vec<Duration>,
        keys: Arc<Keys>,
        origin: String,
        tasks: TaskTracker,
        stopping: CancellationToken,
        instruments: Instruments,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(EVENT_TIMEOUT)
            .pool_idle_timeout(KEEP_ALIVE)
            .build()?;
        let handler = |template| {
            Arc::new(Handler {
                template,
                agreed: OnceCell::new(),
            })
        };
        let handlers = templates
            .into_iter()
            .map(|(hub, template)| (hub, handler(template)))
            .collect();
        Ok(Self {
            http,
            retry_delays,
            handlers,
            keys,
            origin,
            tasks,
            stopping,
            instruments,
        })
    }

    /// The events of a new connection.
    pub(crate) fn connection(self: &Arc<Self>, hub: &str, connection_id: &str) -> Arc<ConnectionEvents> {
        let handler = self.handlers.get(hub).cloned();
        Arc::new(ConnectionEvents::new(
            Arc::clone(self),
            handler,
            hub,
            connection_id,
        ))
    }
}
