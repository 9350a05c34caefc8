//! A hub: its connections, their groups and permissions, and delivery to any selection of them.
//!
//! Every operation takes the hub's one lock, so what a caller sees is always one moment; under it, nothing is encoded
//! or written.

mod connection;
mod group_states;
mod handover;
mod mqtt;
mod overview;
mod queue;
mod unacknowledged;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::filter::{Filter, Subject};
use crate::instruments::Clock;
use crate::model::permissions::{InvalidRole, Permission, Permissions};
use crate::model::{Message, Origin};
use crate::protocol::{Close, Encoded};

pub(crate) use connection::Connection;
use group_states::{Departure, GroupStateTable};
pub(crate) use mqtt::{Arrival, Call, Client, Delivery, MqttSide, Subscription};
pub(crate) use overview::{ConnectionOverview, Listed};
pub(crate) use queue::Outgoing;

/// Whom an operation is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    All,
    Group(&'a str),
    User(&'a str),
    Connection(&'a str),
}

/// Who of the target is left out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Except<'a> {
    pub(crate) excluded: &'a [String],
    pub(crate) filter: Option<&'a Filter>,
}

/// One entry of a group listing.
#[derive(Debug)]
pub(crate) struct GroupMember {
    pub(crate) connection_id: String,
    pub(crate) user_id: Option<String>,
}

/// One page of a group listing.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) members: Vec<GroupMember>,
    /// The position to continue from, when there is more.
    pub(crate) next: Option<u64>,
}

/// A hub. It exists as soon as it is named.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    group_states: GroupStateTable,
}

#[derive(Debug, Default)]
struct State {
    members: HashMap<String, Member>,
    users: HashMap<String, BTreeSet<String>>,
    /// Group → (number of the join → connection id): listings follow the order of joining.
    groups: HashMap<String, BTreeMap<u64, String>>,
    joins: u64,
    /// What the group states have not heard of yet.
    departures: Vec<Departure>,
}

#[derive(Debug)]
struct Member {
    connection: Arc<Connection>,
    /// Group → number of the join.
    groups: BTreeMap<String, u64>,
    permissions: Permissions,
}

impl Hub {
    /// An empty hub, whose group states are dated by this clock.
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::default(),
            group_states: GroupStateTable::new(clock),
        }
    }

    /// Adds a connection, already a member of `groups`.
    pub(crate) fn register(&self, connection: Arc<Connection>, groups: &[String], permissions: Permissions) {
        self.lock().add(connection, groups, permissions);
    }

    /// Removes a connection; nothing happens when it is already gone.
    pub(crate) fn unregister(&self, id: &str) {
        let mut state = self.lock();
        state.remove(id);
        self.settle(state);
    }

    /// The connection with this id.
    pub(crate) fn connection(&self, id: &str) -> Option<Arc<Connection>> {
        self.lock()
            .members
            .get(id)
            .map(|member| Arc::clone(&member.connection))
    }

    /// Whether the target has at least one connection.
    pub(crate) fn exists(&self, target: Target<'_>) -> bool {
        self.lock().members(target).next().is_some()
    }

    /// Queues a message for everyone selected, and says how many they are. It is encoded once per protocol, and not under
    /// the lock.
    pub(crate) fn send(
        &self,
        target: Target<'_>,
        except: Except<'_>,
        origin: Origin<'_>,
        message: &Message,
    ) -> usize {
        let recipients: Vec<Arc<Connection>> = self
            .lock()
            .members(target)
            .filter(|member| member.remains(except))
            .map(|member| Arc::clone(&member.connection))
            .collect();
        let mut encoded = Encoded::new(origin, message);
        for connection in &recipients {
            connection.deliver(&mut encoded, message.time_to_live);
        }
        recipients.len()
    }

    /// Closes everyone selected, and says how many they were; they are gone from the hub when this returns.
    pub(crate) fn close(&self, target: Target<'_>, except: Except<'_>, close: &Close) -> usize {
        let mut state = self.lock();
        let selected = state.select(target, except);
        for id in &selected {
            if let Some(member) = state.remove(id) {
                member.connection.close(close.clone());
            }
        }
        self.settle(state);
        selected.len()
    }

    /// Adds everyone selected to the groups. False when nobody was.
    pub(crate) fn join(&self, target: Target<'_>, except: Except<'_>, groups: &[String]) -> bool {
        self.change(target, except, |state, id| {
            groups.iter().for_each(|group| state.join(id, group))
        })
    }

    /// Takes everyone selected out of the groups. False when nobody was selected.
    pub(crate) fn leave(&self, target: Target<'_>, except: Except<'_>, groups: &[String]) -> bool {
        self.change(target, except, |state, id| {
            groups.iter().for_each(|group| state.leave(id, group))
        })
    }

    /// Takes everyone selected out of all groups.
    pub(crate) fn leave_all(&self, target: Target<'_>) {
        self.change(target, Except::default(), |state, id| {
            let groups: Vec<String> = state
                .members
                .get(id)
                .map_or_else(Vec::new, |m| m.groups.keys().cloned().collect());
            for group in groups {
                state.leave(id, &group);
            }
        });
    }

    /// Whether the connection is in the group.
    pub(crate) fn is_member(&self, id: &str, group: &str) -> bool {
        let state = self.lock();
        state
            .members
            .get(id)
            .is_some_and(|member| member.groups.contains_key(group))
    }

    /// Gives a permission for one group. `None` when the connection is not there.
    pub(crate) fn grant(
        &self,
        id: &str,
        permission: Permission,
        group: &str,
    ) -> Option<Result<(), InvalidRole>> {
        self.lock()
            .members
            .get_mut(id)
            .map(|member| member.permissions.grant(permission, group))
    }

    /// Takes a permission for one group away.
    pub(crate) fn revoke(&self, id: &str, permission: Permission, group: &str) {
        if let Some(member) = self.lock().members.get_mut(id) {
            member.permissions.revoke(permission, group);
        }
    }

    /// Whether the connection has a permission. `None` when the connection is not there.
    pub(crate) fn allows(&self, id: &str, permission: Permission, group: &str) -> Option<bool> {
        self.lock()
            .members
            .get(id)
            .map(|member| member.permissions.allows(permission, group))
    }

    /// Up to `limit` connections of a group that joined it after the position `after`.
    pub(crate) fn list(&self, group: &str, after: u64, limit: usize) -> Page {
        let state = self.lock();
        let Some(joined) = state.groups.get(group) else {
            return Page {
                members: Vec::new(),
                next: None,
            };
        };
        let mut rest = joined.range(after + 1..);
        let mut members = Vec::new();
        let mut last = after;
        for (join, id) in rest.by_ref().take(limit) {
            let user_id = state
                .members
                .get(id)
                .and_then(|member| member.connection.user_id.clone());
            members.push(GroupMember {
                connection_id: id.clone(),
                user_id,
            });
            last = *join;
        }
        Page {
            members,
            next: rest.next().map(|_| last),
        }
    }

    fn change(
        &self,
        target: Target<'_>,
        except: Except<'_>,
        mut change: impl FnMut(&mut State, &str),
    ) -> bool {
        let mut state = self.lock();
        let selected = state.select(target, except);
        for id in &selected {
            change(&mut state, id);
        }
        self.settle(state);
        !selected.is_empty()
    }

    /// Lets the group states hear of what happened under the lock.
    fn settle(&self, mut state: MutexGuard<'_, State>) {
        let departures = std::mem::take(&mut state.departures);
        drop(state);
        for departure in departures {
            self.group_states.depart(departure);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held cannot leave half a change behind that matters to a test.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn members<'a>(&'a self, target: Target<'_>) -> Box<dyn Iterator<Item = &'a Member> + 'a> {
        let member = |id: &String| self.members.get(id);
        match target {
            Target::All => Box::new(self.members.values()),
            Target::Group(group) => match self.groups.get(group) {
                Some(joined) => Box::new(joined.values().filter_map(member)),
                None => Box::new(std::iter::empty()),
            },
            Target::User(user) => match self.users.get(user) {
                Some(ids) => Box::new(ids.iter().filter_map(member)),
                None => Box::new(std::iter::empty()),
            },
            Target::Connection(id) => Box::new(self.members.get(id).into_iter()),
        }
    }

    /// The ids of everyone selected, for changes.
    fn select(&self, target: Target<'_>, except: Except<'_>) -> Vec<String> {
        self.members(target)
            .filter(|member| member.remains(except))
            .map(|member| member.connection.id.clone())
            .collect()
    }

    fn add(&mut self, connection: Arc<Connection>, groups: &[String], permissions: Permissions) {
        let id = connection.id.clone();
        if let Some(user) = &connection.user_id {
            self.users.entry(user.clone()).or_default().insert(id.clone());
        }
        self.members.insert(
            id.clone(),
            Member {
                connection,
                groups: BTreeMap::new(),
                permissions,
            },
        );
        for group in groups {
            self.join(&id, group);
        }
    }

    fn join(&mut self, id: &str, group: &str) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if member.groups.contains_key(group) {
            return;
        }
        self.joins += 1;
        member.groups.insert(group.to_owned(), self.joins);
        member.connection.events.joined(group);
        self.groups
            .entry(group.to_owned())
            .or_default()
            .insert(self.joins, id.to_owned());
    }

    fn leave(&mut self, id: &str, group: &str) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if let Some(join) = member.groups.remove(group) {
            member.connection.events.left(group);
            member.connection.forget_subscription(group);
            self.departures.push(Departure {
                connection_id: id.to_owned(),
                group: Some(group.to_owned()),
            });
            self.forget_join(group, join);
        }
    }

    fn remove(&mut self, id: &str) -> Option<Member> {
        let member = self.members.remove(id)?;
        self.departures.push(Departure {
            connection_id: id.to_owned(),
            group: None,
        });
        for (group, join) in &member.groups {
            self.forget_join(group, *join);
        }
        if let Some(user) = &member.connection.user_id
            && let Some(ids) = self.users.get_mut(user)
        {
            ids.remove(id);
            if ids.is_empty() {
                self.users.remove(user);
            }
        }
        Some(member)
    }

    fn forget_join(&mut self, group: &str, join: u64) {
        if let Some(joined) = self.groups.get_mut(group) {
            joined.remove(&join);
            if joined.is_empty() {
                self.groups.remove(group);
            }
        }
    }
}

impl Member {
    fn remains(&self, except: Except<'_>) -> bool {
        let passes = |filter: &Filter| {
            filter.matches(&Subject {
                user_id: self.connection.user_id.as_deref(),
                connection_id: &self.connection.id,
                protocol: self.connection.subprotocol.as_deref(),
                groups: &self.groups.keys().map(String::as_str).collect(),
            })
        };
        !except.excluded.contains(&self.connection.id) && except.filter.is_none_or(passes)
    }
}
