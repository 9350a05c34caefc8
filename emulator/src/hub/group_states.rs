//! The states that connections show in groups, and who hears of them.
//!
//! They have a lock of their own, under which subscribers are told, so that each hears of changes in their order. It is
//! never taken under the hub's lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Connection, Hub};
use crate::instruments::Clock;
use crate::model::{GroupStateItem, GroupStates};
use crate::protocol::Encoded;

#[derive(Debug, Default)]
pub(super) struct GroupStateTable {
    groups: Mutex<HashMap<String, Group>>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Group {
    /// By connection id.
    items: BTreeMap<String, GroupStateItem>,
    subscribers: BTreeMap<String, Arc<Connection>>,
}

/// A connection left one group, or all of them by its end.
#[derive(Debug)]
pub(super) struct Departure {
    pub(super) connection_id: String,
    pub(super) group: Option<String>,
}

impl Hub {
    /// Sets or clears what the connection shows in a group. False when it is no member.
    pub(crate) fn set_group_state(
        &self,
        connection: &Connection,
        group: &str,
        state: Option<BTreeMap<String, String>>,
    ) -> bool {
        let is_member = || self.is_member(&connection.id, group);
        self.group_states.set(group, connection, state, is_member)
    }

    /// Tells the connection of the states in a group, now and at every change.
    pub(crate) fn subscribe_group_states(&self, connection: &Arc<Connection>, group: &str) {
        let is_here = || self.connection(&connection.id).is_some();
        self.group_states.subscribe(group, connection, is_here);
    }

    /// Ends a subscription.
    pub(crate) fn unsubscribe_group_states(&self, connection: &Connection, group: &str) {
        self.group_states.unsubscribe(group, &connection.id);
    }
}

impl GroupStateTable {
    pub(super) fn new(clock: Clock) -> Self {
        let groups = Mutex::default();
        Self { groups, clock }
    }

    /// Sets or clears a member's state and tells the subscribers. False when it is no member.
    fn set(
        &self,
        group: &str,
        connection: &Connection,
        state: Option<BTreeMap<String, String>>,
        is_member: impl FnOnce() -> bool,
    ) -> bool {
        let mut groups = self.lock();
        // Asked under the lock: a departure after this clears what is set now.
        if !is_member() {
            return false;
        }
        let item = GroupStateItem {
            connection_id: connection.id.clone(),
            user_id: connection.user_id.clone(),
            state,
            updated_at: self.clock.now().as_millisecond(),
        };
        let entry = groups.entry(group.to_owned()).or_default();
        match item.state {
            Some(_) => entry.items.insert(connection.id.clone(), item.clone()),
            None => entry.items.remove(&connection.id),
        };
        entry.publish(group, item);
        forget_empty(&mut groups, group);
        true
    }

    /// Tells a connection that is still here of all states in a group, and from then on of every change.
    fn subscribe(&self, group: &str, connection: &Arc<Connection>, is_here: impl FnOnce() -> bool) {
        let mut groups = self.lock();
        if !is_here() {
            return;
        }
        let entry = groups.entry(group.to_owned()).or_default();
        entry
            .subscribers
            .insert(connection.id.clone(), Arc::clone(connection));
        let states = GroupStates {
            group: group.to_owned(),
            is_snapshot: true,
            items: entry.items.values().cloned().collect(),
        };
        connection.deliver(&mut Encoded::group_states(&states), None);
    }

    fn unsubscribe(&self, group: &str, connection_id: &str) {
        let mut groups = self.lock();
        if let Some(entry) = groups.get_mut(group) {
            entry.subscribers.remove(connection_id);
            forget_empty(&mut groups, group);
        }
    }

    /// Clears what the connection showed, and ends its subscriptions with it.
    pub(super) fn depart(&self, departure: Departure) {
        let Departure { connection_id, group } = departure;
        let now = self.clock.now();
        let mut groups = self.lock();
        match group {
            Some(group) => {
                if let Some(entry) = groups.get_mut(&group) {
                    entry.clear(&group, &connection_id, now);
                    forget_empty(&mut groups, &group);
                }
            }
            None => groups.retain(|group, entry| {
                entry.subscribers.remove(&connection_id);
                entry.clear(group, &connection_id, now);
                !entry.is_empty()
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    fn clear(&mut self, group: &str, connection_id: &str, now: Timestamp) {
        if let Some(mut item) = self.items.remove(connection_id) {
            item.state = None;
            item.updated_at = now.as_millisecond();
            self.publish(group, item);
        }
    }

    fn publish(&self, group: &str, item: GroupStateItem) {
        let states = GroupStates {
            group: group.to_owned(),
            is_snapshot: false,
            items: vec![item],
        };
        let mut encoded = Encoded::group_states(&states);
        for connection in self.subscribers.values() {
            connection.deliver(&mut encoded, None);
        }
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.subscribers.is_empty()
    }
}

fn forget_empty(groups: &mut HashMap<String, Group>, group: &str) {
    if groups.get(group).is_some_and(Group::is_empty) {
        groups.remove(group);
    }
}
