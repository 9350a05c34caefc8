//! The verbs of the client, one for each operation on a hub, under the names of the Python client.
//!
//! In here: a line for each. Not in here: what an operation is on the wire (`core/operation.rs`).

use alloc::string::String;

use super::{call::Call, client::WebPubSubServiceClient, operations as op, transport::Transport};
use crate::{message::Message, names::Permission};

impl<T: Transport> WebPubSubServiceClient<T> {
    fn call<K: op::CallKind>(&self) -> Call<T, K> {
        Call::new(&self.pipeline)
    }

    /// Checks that the service is up; fails if it is not.
    pub fn get_service_status(&self) -> Call<T, op::GetServiceStatus> {
        self.call()
    }

    /// Sends to every connection of the hub.
    pub fn send_to_all(&self, message: Message<T::Body>) -> Call<T, op::SendToAll> {
        self.call().message(message)
    }

    /// Sends to every connection of a group. Succeeds if there are none.
    pub fn send_to_group(&self, group: &str, message: Message<T::Body>) -> Call<T, op::SendToGroup> {
        self.call()
            .with(|parameters| parameters.group(group))
            .message(message)
    }

    /// Sends to every connection of a user. Succeeds if there are none.
    pub fn send_to_user(&self, user_id: &str, message: Message<T::Body>) -> Call<T, op::SendToUser> {
        self.call()
            .with(|parameters| parameters.user(user_id))
            .message(message)
    }

    /// Sends to a connection. Succeeds if it does not exist.
    pub fn send_to_connection(
        &self,
        connection_id: &str,
        message: Message<T::Body>,
    ) -> Call<T, op::SendToConnection> {
        self.call()
            .with(|parameters| parameters.connection(connection_id))
            .message(message)
    }

    /// Closes the connections of the hub, except excluded ones.
    pub fn close_all_connections(&self) -> Call<T, op::CloseAllConnections> {
        self.call()
    }

    /// Closes the connections of a group, except excluded ones.
    pub fn close_group_connections(&self, group: &str) -> Call<T, op::CloseGroupConnections> {
        self.call().with(|parameters| parameters.group(group))
    }

    /// Closes the connections of a user, except excluded ones.
    pub fn close_user_connections(&self, user_id: &str) -> Call<T, op::CloseUserConnections> {
        self.call().with(|parameters| parameters.user(user_id))
    }

    /// Closes a connection. Succeeds if it does not exist.
    pub fn close_connection(&self, connection_id: &str) -> Call<T, op::CloseConnection> {
        self.call()
            .with(|parameters| parameters.connection(connection_id))
    }

    /// Whether the connection exists.
    pub fn connection_exists(&self, connection_id: &str) -> Call<T, op::ConnectionExists> {
        self.call()
            .with(|parameters| parameters.connection(connection_id))
    }

    /// Whether the group has any connection.
    pub fn group_exists(&self, group: &str) -> Call<T, op::GroupExists> {
        self.call().with(|parameters| parameters.group(group))
    }

    /// Whether the user has any connection.
    pub fn user_exists(&self, user_id: &str) -> Call<T, op::UserExists> {
        self.call().with(|parameters| parameters.user(user_id))
    }

    /// Adds a connection to a group; fails with [`crate::ErrorKind::NotFound`] if the connection does not exist.
    pub fn add_connection_to_group(
        &self,
        group: &str,
        connection_id: &str,
    ) -> Call<T, op::AddConnectionToGroup> {
        self.call()
            .with(|parameters| parameters.group(group).connection(connection_id))
    }

    /// Removes a connection from a group.
    pub fn remove_connection_from_group(
        &self,
        group: &str,
        connection_id: &str,
    ) -> Call<T, op::RemoveConnectionFromGroup> {
        self.call()
            .with(|parameters| parameters.group(group).connection(connection_id))
    }

    /// Removes a connection from every group.
    pub fn remove_connection_from_all_groups(
        &self,
        connection_id: &str,
    ) -> Call<T, op::RemoveConnectionFromAllGroups> {
        self.call()
            .with(|parameters| parameters.connection(connection_id))
    }

    /// Adds the live connections of a user to a group; fails with [`crate::ErrorKind::NotFound`] if there are none.
    pub fn add_user_to_group(&self, group: &str, user_id: &str) -> Call<T, op::AddUserToGroup> {
        self.call()
            .with(|parameters| parameters.group(group).user(user_id))
    }

    /// Removes the connections of a user from a group.
    pub fn remove_user_from_group(&self, group: &str, user_id: &str) -> Call<T, op::RemoveUserFromGroup> {
        self.call()
            .with(|parameters| parameters.group(group).user(user_id))
    }

    /// Removes the connections of a user from every group.
    pub fn remove_user_from_all_groups(&self, user_id: &str) -> Call<T, op::RemoveUserFromAllGroups> {
        self.call().with(|parameters| parameters.user(user_id))
    }

    /// Adds the connections that a filter matches to groups. A blank filter is an error with the code `InvalidFilter`;
    /// `connectionId ne ''` matches every connection of the hub.
    pub fn add_connections_to_groups<S: AsRef<str>>(
        &self,
        groups: &[S],
        filter: impl Into<String>,
    ) -> Call<T, op::AddConnectionsToGroups> {
        self.by_filter(groups, filter)
    }

    /// Removes the connections that a filter matches from groups. A blank filter is an error with the code `InvalidFilter`;
    /// `connectionId ne ''` matches every connection of the hub.
    pub fn remove_connections_from_groups<S: AsRef<str>>(
        &self,
        groups: &[S],
        filter: impl Into<String>,
    ) -> Call<T, op::RemoveConnectionsFromGroups> {
        self.by_filter(groups, filter)
    }

    fn by_filter<S: AsRef<str>, K: op::CallKind>(
        &self,
        groups: &[S],
        filter: impl Into<String>,
    ) -> Call<T, K> {
        let groups = groups.iter().map(AsRef::as_ref);
        self.call()
            .with(|parameters| parameters.groups(groups).filter(filter))
    }

    /// Grants a permission to a live connection.
    pub fn grant_permission(
        &self,
        permission: Permission,
        connection_id: &str,
    ) -> Call<T, op::GrantPermission> {
        self.permission(permission, connection_id)
    }

    /// Revokes a permission of a live connection, whatever its roles are.
    pub fn revoke_permission(
        &self,
        permission: Permission,
        connection_id: &str,
    ) -> Call<T, op::RevokePermission> {
        self.permission(permission, connection_id)
    }

    /// Whether a connection has a permission.
    pub fn has_permission(&self, permission: Permission, connection_id: &str) -> Call<T, op::HasPermission> {
        self.permission(permission, connection_id)
    }

    fn permission<K: op::CallKind>(&self, permission: Permission, connection_id: &str) -> Call<T, K> {
        self.call().with(|parameters| {
            parameters
                .permission(permission.as_str())
                .connection(connection_id)
        })
    }
}
