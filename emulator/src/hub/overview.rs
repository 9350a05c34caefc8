//! What there is in a hub, for people and tests to look at.

use std::sync::Arc;

use super::{Connection, Hub, Target};
use crate::model::permissions::{Permission, Summary};

/// A list that may have been cut, and how long it would have been.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) total: usize,
    pub(crate) items: Vec<T>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct ConnectionOverview {
    pub(crate) connection: Arc<Connection>,
    pub(crate) groups: Vec<String>,
    pub(crate) send_to_group: Summary,
    pub(crate) join_leave_group: Summary,
}

impl Hub {
    /// How many connections, groups and users there are.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let state = self.lock();
        (state.members.len(), state.groups.len(), state.users.len())
    }

    /// The groups and how many connections are in each, by name.
    pub(crate) fn groups(&self, limit: usize) -> Listed<(String, usize)> {
        let state = self.lock();
        first(
            state.groups.iter().map(|(name, joined)| (name, joined.len())),
            limit,
        )
    }

    /// The users and how many connections each has, by id.
    pub(crate) fn users(&self, limit: usize) -> Listed<(String, usize)> {
        let state = self.lock();
        first(
            state
                .users
                .iter()
                .map(|(id, connections)| (id, connections.len())),
            limit,
        )
    }

    /// The connections of the target, by id.
    pub(crate) fn connections(&self, target: Target<'_>, limit: usize) -> Listed<ConnectionOverview> {
        let state = self.lock();
        let mut members: Vec<_> = state.members(target).collect();
        members.sort_unstable_by_key(|member| member.connection.id.as_str());
        let overview = |member: &super::Member| ConnectionOverview {
            connection: Arc::clone(&member.connection),
            groups: member.groups.keys().cloned().collect(),
            send_to_group: member.permissions.summary(Permission::SendToGroup),
            join_leave_group: member.permissions.summary(Permission::JoinLeaveGroup),
        };
        Listed {
            total: members.len(),
            items: members.into_iter().take(limit).map(overview).collect(),
        }
    }

    /// Cuts the sockets of everyone selected, who leave the hub a moment later. Says how many they are.
    pub(crate) fn cut(&self, target: Target<'_>) -> usize {
        let state = self.lock();
        let members = state.members(target);
        members.inspect(|member| member.connection.cut()).count()
    }
}

fn first<'a>(all: impl Iterator<Item = (&'a String, usize)>, limit: usize) -> Listed<(String, usize)> {
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    Listed {
        total: all.len(),
        items: all
            .into_iter()
            .take(limit)
            .map(|(name, count)| (name.clone(), count))
            .collect(),
    }
}
