//! What there is: hubs, groups, users, connections and what they may do.

use serde::{Deserialize, Serialize};

use crate::hub::{ConnectionOverview, Hub, Listed};
use crate::model::permissions::Summary;

/// A hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubInfo {
    /// The name, in lower case.
    pub name: String,
    /// The number of its connections.
    pub connections: usize,
    /// The number of its groups that have connections.
    pub groups: usize,
    /// The number of its users that have connections.
    pub users: usize,
}

impl HubInfo {
    pub(super) fn new(name: String, hub: &Hub) -> Self {
        let (connections, groups, users) = hub.counts();
        Self {
            name,
            connections,
            groups,
            users,
        }
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInfo {
    /// The name.
    pub name: String,
    /// The number of its connections.
    pub connections: usize,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserInfo {
    /// The id.
    pub id: String,
    /// The number of the user's connections.
    pub connections: usize,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionInfo {
    /// The id.
    pub id: String,
    /// The user's id; none of an anonymous client.
    pub user_id: Option<String>,
    /// How it speaks, for example `json.webpubsub.azure.v1`; none of a simple client.
    pub subprotocol: Option<String>,
    /// The groups that it is in.
    pub groups: Vec<String>,
    /// What it may do.
    pub permissions: Permissions,
}

/// What a connection may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permissions {
    /// Sending to groups.
    pub send_to_group: Permission,
    /// Joining and leaving groups.
    pub join_leave_group: Permission,
}

/// The groups that one permission is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Whether it is for all groups but those revoked.
    pub all: bool,
    /// Groups by name.
    pub groups: Vec<String>,
    /// Groups by wildcard pattern.
    pub patterns: Vec<String>,
    /// Groups that it has been revoked for.
    pub revoked: Vec<String>,
}

impl ConnectionInfo {
    pub(super) fn new(overview: ConnectionOverview) -> Self {
        let connection = &overview.connection;
        Self {
            id: connection.id.clone(),
            user_id: connection.user_id.clone(),
            subprotocol: connection.subprotocol.clone(),
            groups: overview.groups,
            permissions: Permissions {
                send_to_group: overview.send_to_group.into(),
                join_leave_group: overview.join_leave_group.into(),
            },
        }
    }
}

impl From<Summary> for Permission {
    fn from(summary: Summary) -> Self {
        Self {
            all: summary.all,
            groups: summary.groups,
            patterns: summary.patterns,
            revoked: summary.revoked,
        }
    }
}

/// The first items of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T> {
    /// How many there are in all.
    pub total: usize,
    /// The first of them.
    pub items: Vec<T>,
}

impl<T> List<T> {
    pub(super) fn new<U>(listed: Listed<U>, convert: impl FnMut(U) -> T) -> Self {
        Self {
            total: listed.total,
            items: listed.items.into_iter().map(convert).collect(),
        }
    }
}
