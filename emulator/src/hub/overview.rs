//! What there is in a hub, for people and tests to look at.

use std::sync::Arc;

use super::{Connection, Except, Hub, Target};
use crate::model::permissions::{Permission, Summary};

/// A list that may have been cut, and how long it would have been.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) total: usize,
    pub(crate) items: Vec<T>,
}

/// Which connections to list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) group: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
    pub(crate) connection: Option<&'a str>,
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

    /// How many connections the target has.
    pub(crate) fn count(&self, target: Target<'_>) -> usize {
        self.lock().select(target, Except::default()).len()
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

    /// The connections that are selected, by id.
    pub(crate) fn connections(&self, selection: Selection<'_>, limit: usize) -> Listed<ConnectionOverview> {
        let state = self.lock();
        let mut selected: Vec<_> = state
            .members
            .iter()
            .filter(|(id, member)| {
                let of_user = |user: &str| member.connection.user_id.as_deref() == Some(user);
                selection
                    .group
                    .is_none_or(|group| member.groups.contains_key(group))
                    && selection.user.is_none_or(of_user)
                    && selection.connection.is_none_or(|wanted| wanted == *id)
            })
            .collect();
        selected.sort_unstable_by_key(|(id, _)| id.as_str());
        let overview = |member: &super::Member| ConnectionOverview {
            connection: Arc::clone(&member.connection),
            groups: member.groups.keys().cloned().collect(),
            send_to_group: member.permissions.summary(Permission::SendToGroup),
            join_leave_group: member.permissions.summary(Permission::JoinLeaveGroup),
        };
        Listed {
            total: selected.len(),
            items: selected
                .iter()
                .take(limit)
                .map(|(_, member)| overview(member))
                .collect(),
        }
    }

    /// Cuts the sockets of everyone selected, who leave the hub a moment later. Says how many they are.
    pub(crate) fn cut(&self, target: Target<'_>) -> usize {
        let state = self.lock();
        let ids = state.select(target, Except::default());
        for member in ids.iter().filter_map(|id| state.members.get(id)) {
            member.connection.cut();
        }
        ids.len()
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
