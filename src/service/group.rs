//! A group of a hub.
//!
//! In here: the verbs of a group under the names of the JavaScript client; each is the client's verb with the
//! group filled in.

use core::fmt;

use super::{
    call::{Call, ClosesMany, Plain, SendsToMany},
    client::WebPubSubServiceClient,
    paging::Connections,
    transport::Transport,
};
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
    pub(super) client: WebPubSubServiceClient<T>,
    pub(super) group: Group,
}

impl<T: Transport> Clone for WebPubSubGroup<T> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            group: self.group.clone(),
        }
    }
}

impl<T: Transport> fmt::Debug for WebPubSubGroup<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPubSubGroup")
            .field("client", &self.client)
            .field("group", &self.group)
            .finish()
    }
}

impl<T: Transport> WebPubSubGroup<T> {
    /// Its name.
    pub fn name(&self) -> &Group {
        &self.group
    }

    /// Sends to every connection of the group.
    pub fn send_to_all(&self, message: Message<T::Body>) -> Call<T, SendsToMany> {
        self.client.send_to_group(self.group.as_str(), message)
    }

    /// Adds a connection.
    pub fn add_connection(&self, connection_id: &str) -> Call<T, Plain> {
        self.client
            .add_connection_to_group(self.group.as_str(), connection_id)
    }

    /// Takes a connection out.
    pub fn remove_connection(&self, connection_id: &str) -> Call<T, Plain> {
        self.client
            .remove_connection_from_group(self.group.as_str(), connection_id)
    }

    /// Adds the live connections of a user.
    pub fn add_user(&self, user_id: &str) -> Call<T, Plain> {
        self.client.add_user_to_group(self.group.as_str(), user_id)
    }

    /// Takes the connections of a user out.
    pub fn remove_user(&self, user_id: &str) -> Call<T, Plain> {
        self.client.remove_user_from_group(self.group.as_str(), user_id)
    }

    /// Closes the connections of the group.
    pub fn close_all_connections(&self) -> Call<T, ClosesMany> {
        self.client.close_group_connections(self.group.as_str())
    }

    /// Lists the connections of the group.
    pub fn list_connections(&self) -> Connections<T> {
        self.client.list_connections(self.group.as_str())
    }
}
