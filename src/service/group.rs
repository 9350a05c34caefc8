//! A group of a hub.
//!
//! In here: the verbs of a group, under the names of the JavaScript client. Not in here: the verbs of the hub (`verbs.rs`).

use alloc::sync::Arc;
use core::fmt;

use super::{call::Call, operations, paging::Connections, pipeline::Pipeline, transport::Transport};
use crate::{message::Message, names::Group};

/// A group of a hub. It is cheap to clone.
///
/// ```
/// # use webpubsub_edge::{Error, Message, WebPubSubServiceClient, service::Transport};
/// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
/// let room = service.group("room")?;
/// room.add_user("ada").await?;
/// room.send_to_all(Message::json("welcome")?).excluded(&["a-connection"]).await?;
/// # Ok(())
/// # }
/// ```
pub struct WebPubSubGroup<T: Transport> {
    pub(super) pipeline: Arc<Pipeline<T>>,
    pub(super) group: Group,
}

impl<T: Transport> Clone for WebPubSubGroup<T> {
    fn clone(&self) -> Self {
        Self {
            pipeline: self.pipeline.clone(),
            group: self.group.clone(),
        }
    }
}

impl<T: Transport> fmt::Debug for WebPubSubGroup<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPubSubGroup")
            .field("endpoint", &self.pipeline.endpoint.as_str())
            .field("hub", &self.pipeline.hub.as_str())
            .field("group", &self.group.as_str())
            .finish_non_exhaustive()
    }
}

impl<T: Transport> WebPubSubGroup<T> {
    /// The name of the group.
    pub fn name(&self) -> &Group {
        &self.group
    }

    /// Sends to every connection of the group.
    pub fn send_to_all(&self, message: Message<T::Body>) -> Call<T, operations::SendToGroup> {
        self.call().message(message)
    }

    /// Adds a connection to the group.
    pub fn add_connection(&self, connection_id: &str) -> Call<T, operations::AddConnectionToGroup> {
        self.call()
            .with(|parameters| parameters.connection(connection_id))
    }

    /// Removes a connection from the group.
    pub fn remove_connection(&self, connection_id: &str) -> Call<T, operations::RemoveConnectionFromGroup> {
        self.call()
            .with(|parameters| parameters.connection(connection_id))
    }

    /// Adds the live connections of a user to the group.
    pub fn add_user(&self, user_id: &str) -> Call<T, operations::AddUserToGroup> {
        self.call().with(|parameters| parameters.user(user_id))
    }

    /// Removes the connections of a user from the group.
    pub fn remove_user(&self, user_id: &str) -> Call<T, operations::RemoveUserFromGroup> {
        self.call().with(|parameters| parameters.user(user_id))
    }

    /// Closes the connections of the group.
    pub fn close_all_connections(&self) -> Call<T, operations::CloseGroupConnections> {
        self.call()
    }

    /// Lists the connections of the group.
    pub fn list_connections(&self) -> Connections<T> {
        Connections::new(&self.pipeline, self.group.as_str())
    }

    fn call<K: operations::CallKind>(&self) -> Call<T, K> {
        Call::new(&self.pipeline).with(|parameters| parameters.group(self.group.as_str()))
    }
}
