//! What the hub keeps for an MQTT session: its subscriptions, the messages that wait, and the way in for a client
//! that comes back.
//!
//! A session outlives the client's network connection, so messages wait here whether the client is there or not.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mqtt_proto::QoS;
use tokio::sync::Notify;

use super::handover::Handover;
use super::queue::has_room;
use super::{Connection, Hub};
use crate::events::ConnectionEvents;
use crate::http::WebSocket;
use crate::instruments::{Clock, Moment, Tap};
use crate::model::UserProperty;
use crate::model::permissions::Permissions;
use crate::protocol::mqtt::{Connect, Input, Publication};

/// The options of a subscription that matter here. The default is that of groups joined by others than the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subscription {
    pub(crate) max_qos: QoS,
    /// Whether the client does not want its own messages.
    pub(crate) no_local: bool,
    pub(crate) id: Option<u32>,
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            max_qos: QoS::Level0,
            no_local: false,
            id: None,
        }
    }
}

/// A message for one client.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) publication: Arc<Publication>,
    pub(crate) qos: QoS,
    pub(crate) subscription_id: Option<u32>,
    /// From then on it is of no use.
    expires: Option<Moment>,
    clock: Clock,
}

impl Delivery {
    /// What is left of the message's time to live.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.expires.map(|expires| expires - self.clock.moment())
    }

    fn has_expired(&self) -> bool {
        self.time_left().is_some_and(|left| left.is_zero())
    }
}

/// A client that the event handler has let in, with its socket.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) socket: WebSocket,
    /// What has been received after the CONNECT packet.
    pub(crate) input: Input,
    pub(crate) client: Client,
}

/// What is known about a client that has been let in.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) connect: Connect,
    /// The id of this network connection.
    pub(crate) physical_id: String,
    /// Those of a new session; an existing one keeps its own.
    pub(crate) events: Arc<ConnectionEvents>,
    /// Of a new session.
    pub(crate) user_id: Option<String>,
    /// The first subscriptions of a new session.
    pub(crate) groups: Vec<String>,
    /// Of a new session; they have been checked.
    pub(crate) roles: Vec<String>,
    /// Where the journal sees the frames.
    pub(crate) tap: Tap,
    /// For the CONNACK packet.
    pub(crate) user_properties: Vec<UserProperty>,
}

/// What is left for the task of a session.
#[derive(Debug)]
pub(crate) enum Call {
    /// The client has come back.
    Attach(Box<Arrival>),
    /// The client has come back and wants a new session: this one ends.
    GiveWay,
}

/// The MQTT part of a connection.
#[derive(Debug)]
pub(crate) struct MqttSide {
    inbox: Mutex<Inbox>,
    /// Messages wait.
    filled: Notify,
    calls: Handover<Call>,
    /// What times to live go by.
    clock: Clock,
}

#[derive(Debug, Default)]
struct Inbox {
    subscriptions: HashMap<String, Subscription>,
    waiting: VecDeque<Delivery>,
    bytes: usize,
    is_online: bool,
}

impl MqttSide {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            inbox: Mutex::default(),
            filled: Notify::new(),
            calls: Handover::default(),
            clock,
        }
    }

    /// Adds a message with the quality of service that its subscription allows. False when too many wait.
    pub(super) fn push(&self, publication: Arc<Publication>) -> bool {
        let mut inbox = self.inbox();
        let subscription = inbox.subscriptions.get(publication.topic()).copied();
        let max_qos = match (&subscription, publication.is_for_group()) {
            (Some(subscription), _) => subscription.max_qos,
            (None, true) => Subscription::default().max_qos,
            (None, false) => QoS::Level2,
        };
        let qos = publication.qos().min(max_qos);
        if qos == QoS::Level0 && !inbox.is_online {
            return true;
        }
        let (length, time_to_live) = (publication.len(), publication.time_to_live());
        if !has_room(inbox.waiting.len(), inbox.bytes, length) {
            return false;
        }
        inbox.bytes += length;
        inbox.waiting.push_back(Delivery {
            publication,
            qos,
            subscription_id: subscription.and_then(|subscription| subscription.id),
            expires: time_to_live.map(|time_to_live| self.clock.moment() + time_to_live),
            clock: self.clock.clone(),
        });
        drop(inbox);
        self.filled.notify_one();
        true
    }

    /// The next message that is not too old.
    pub(crate) fn pop(&self) -> Option<Delivery> {
        let mut inbox = self.inbox();
        loop {
            let delivery = inbox.waiting.pop_front()?;
            inbox.bytes = inbox.bytes.saturating_sub(delivery.publication.len());
            if inbox.waiting.is_empty() {
                inbox.waiting.shrink_to(16);
            }
            if !delivery.has_expired() {
                return Some(delivery);
            }
        }
    }

    /// Waits until there may be messages.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Says whether the client has a socket. Without one, messages of QoS 0 are dropped.
    pub(crate) fn set_online(&self, is_online: bool) {
        let mut inbox = self.inbox();
        inbox.is_online = is_online;
        if !is_online {
            inbox.waiting.retain(|delivery| delivery.qos != QoS::Level0);
            inbox.bytes = inbox
                .waiting
                .iter()
                .map(|delivery| delivery.publication.len())
                .sum();
        }
    }

    pub(crate) fn subscribe(&self, topic: &str, subscription: Subscription) {
        self.inbox().subscriptions.insert(topic.to_owned(), subscription);
    }

    pub(super) fn unsubscribe(&self, topic: &str) {
        self.inbox().subscriptions.remove(topic);
    }

    /// Whether the client does not want its own messages to a topic.
    pub(crate) fn is_no_local(&self, topic: &str) -> bool {
        let inbox = self.inbox();
        inbox.subscriptions.get(topic).is_some_and(|s| s.no_local)
    }

    /// Leaves something for the session's task; of two clients that come back, the first is dropped. Gives it back when
    /// the session has ended or is about to.
    pub(crate) fn call(&self, call: Call) -> Result<(), Call> {
        self.calls
            .offer_unless(call, |waiting| matches!(waiting, Call::GiveWay))
    }

    /// Waits for a call.
    pub(crate) async fn called(&self) -> Call {
        self.calls.take().await
    }

    /// Takes no more calls; gives back the one that nobody has taken.
    pub(crate) fn shut(&self) -> Option<Call> {
        self.calls.shut()
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// Adds a connection whose id the client has chosen. False when there is one with this id.
    pub(crate) fn claim(
        &self,
        connection: &Arc<Connection>,
        groups: &[String],
        permissions: Permissions,
    ) -> bool {
        let mut state = self.lock();
        let is_free = !state.members.contains_key(&connection.id);
        if is_free {
            state.add(Arc::clone(connection), groups, permissions);
        }
        is_free
    }

    /// Removes this connection, but no other one that has got its id.
    pub(crate) fn remove(&self, connection: &Arc<Connection>) {
        let mut state = self.lock();
        let is_same = |member: &super::Member| Arc::ptr_eq(&member.connection, connection);
        if state.members.get(&connection.id).is_some_and(is_same) {
            state.remove(&connection.id);
        }
        self.settle(state);
    }
}
