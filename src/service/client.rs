//! The client of a hub, with the verbs of the Python client.
//!
//! In here: how a client is made, and a line for each verb. Not in here: what a verb does on the wire
//! (`operation.rs`).

use alloc::{
    string::{String, ToString},
    sync::Arc,
};
use core::{fmt, time::Duration};

use super::{
    call::{
        AddsOrRemoves, Asks, AsksPermission, Call, ClosesMany, ClosesOne, Permits, Plain, SendsToConnection,
        SendsToMany, SendsToUser,
    },
    credential::{Credential, TokenCache},
    group::WebPubSubGroup,
    observe::LogOptions,
    transport::Transport,
};
use crate::{
    cell::Shared,
    connection_string::ConnectionString,
    endpoint::{Endpoint, ReverseProxy},
    error::Result,
    message::Message,
    names::{Group, Hub, Permission},
    operation::{API_VERSION, OperationKind},
    retry::RetryOptions,
};

/// What a client may be told.
///
/// ```
/// # use webpubsub_edge::{ClientOptions, Error, RetryOptions, ReverseProxy, WebPubSubServiceClient};
/// # use webpubsub_edge::service::{LogOptions, Transport};
/// # fn client<T: Transport + Clone>(service: WebPubSubServiceClient<T>) -> Result<WebPubSubServiceClient<T>, Error> {
/// # use core::time::Duration;
/// let service = service.with_options(ClientOptions {
///     timeout: Duration::from_secs(10),
///     retry: RetryOptions { max_retries: 5, ..RetryOptions::default() },
///     reverse_proxy: Some(ReverseProxy::parse("https://api.contoso.com/webpubsub")?),
///     log: LogOptions::new(|attempt| println!("{} {} {:?}", attempt.method, attempt.url, attempt.status)),
///     ..ClientOptions::default()
/// });
/// # Ok(service)
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The most time that a call may take, retries and waits included; zero is without end. 60 s unless told.
    pub timeout: Duration,
    /// How requests are repeated.
    pub retry: RetryOptions,
    /// A proxy that requests go through. Tokens are still signed for the service's own URL.
    pub reverse_proxy: Option<ReverseProxy>,
    /// Send clients through the proxy too: the URLs of client access tokens are the proxy's.
    pub reverse_proxy_client_urls: bool,
    /// Send bearer tokens over http, for a service on this machine.
    pub allow_insecure_connection: bool,
    /// The version of the service's API.
    pub api_version: String,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// What is logged.
    pub log: LogOptions,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            retry: RetryOptions::default(),
            reverse_proxy: None,
            reverse_proxy_client_urls: false,
            allow_insecure_connection: false,
            api_version: API_VERSION.to_string(),
            user_agent: concat!("webpubsub-edge/", env!("CARGO_PKG_VERSION")).to_string(),
            log: LogOptions::default(),
        }
    }
}

/// What a client is made of.
pub(crate) struct Core<T> {
    pub(crate) endpoint: Endpoint,
    pub(super) origin: String,
    pub(crate) hub: Hub,
    pub(crate) credential: Credential,
    pub(super) token: TokenCache,
    pub(crate) options: ClientOptions,
    pub(crate) transport: T,
}

/// The client of a hub. It is cheap to clone, and serves any number of calls at once; on hosts with threads it may
/// be shared between them.
///
/// Its verbs are those of the Python client. Each gives a [`Call`], which takes its options and runs when it is
/// awaited; names that the service does not take fail the call before anything is sent.
///
/// ```
/// # use webpubsub_edge::{Error, Message, Permission, WebPubSubServiceClient, service::Transport};
/// # async fn run<T: Transport>(transport: T, secret: &str) -> Result<(), Error> {
/// let service = WebPubSubServiceClient::from_connection_string(secret, "chat", transport)?;
/// service.send_to_user("ada", Message::json(&[1, 2, 3])?).await?;
/// if service.connection_exists("a-connection").await? {
///     service.grant_permission(Permission::SendToGroup, "a-connection").target_name("room").await?;
/// }
/// service.close_user_connections("eve").reason("Be kind").await?;
/// # Ok(())
/// # }
/// ```
pub struct WebPubSubServiceClient<T: Transport> {
    pub(crate) core: Arc<Core<T>>,
}

impl<T: Transport> Clone for WebPubSubServiceClient<T> {
    fn clone(&self) -> Self {
        Self {
            core: self.core.clone(),
        }
    }
}

impl<T: Transport> fmt::Debug for WebPubSubServiceClient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPubSubServiceClient")
            .field("endpoint", &self.core.origin)
            .field("hub", &self.core.hub.as_str())
            .finish_non_exhaustive()
    }
}

impl<T: Transport> WebPubSubServiceClient<T> {
    /// A client of the hub, with any credential: an [`AzureKeyCredential`](crate::AzureKeyCredential), or a
    /// [`TokenCredential`](super::TokenCredential).
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] when the endpoint or the hub's name is not allowed.
    pub fn new(endpoint: &str, hub: &str, credential: impl Into<Credential>, transport: T) -> Result<Self> {
        Ok(Self::with(
            Endpoint::parse(endpoint)?,
            Hub::new(hub)?,
            credential.into(),
            transport,
        ))
    }

    /// A client of the hub, as the connection string says.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] when the connection string is malformed, or the hub's name not allowed.
    pub fn from_connection_string(connection_string: &str, hub: &str, transport: T) -> Result<Self> {
        let ConnectionString { endpoint, access_key } = ConnectionString::parse(connection_string)?;
        Ok(Self::with(endpoint, Hub::new(hub)?, access_key.into(), transport))
    }

    pub(crate) fn with(endpoint: Endpoint, hub: Hub, credential: Credential, transport: T) -> Self {
        Self {
            core: Arc::new(Core {
                origin: endpoint.origin(),
                endpoint,
                hub,
                credential,
                token: Shared::new(None),
                options: ClientOptions::default(),
                transport,
            }),
        }
    }

    /// The same client with other options. Clones from before keep theirs.
    #[must_use]
    pub fn with_options(self, options: ClientOptions) -> Self
    where
        T: Clone,
    {
        let core = Arc::try_unwrap(self.core).unwrap_or_else(|shared| Core {
            endpoint: shared.endpoint.clone(),
            origin: shared.origin.clone(),
            hub: shared.hub.clone(),
            credential: shared.credential.clone(),
            token: Shared::new(shared.token.get()),
            options: ClientOptions::default(),
            transport: shared.transport.clone(),
        });
        Self {
            core: Arc::new(Core { options, ..core }),
        }
    }

    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.core.hub
    }

    /// Where the service is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.core.endpoint
    }

    /// A group of the hub.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] with the code `InvalidGroup`.
    pub fn group(&self, group: &str) -> Result<WebPubSubGroup<T>> {
        Ok(WebPubSubGroup {
            client: self.clone(),
            group: Group::new(group)?,
        })
    }

    pub(super) fn call<K>(&self, kind: OperationKind) -> Call<T, K> {
        Call::new(&self.core, kind)
    }

    /// Asks whether the service is up.
    pub fn get_service_status(&self) -> Call<T, Plain> {
        self.call(OperationKind::GetServiceStatus)
    }

    /// Sends to every connection of the hub.
    pub fn send_to_all(&self, message: Message<T::Body>) -> Call<T, SendsToMany> {
        self.call(OperationKind::SendToAll).message(message)
    }

    /// Sends to every connection of a group. A group that nobody is in is no error.
    pub fn send_to_group(&self, group: &str, message: Message<T::Body>) -> Call<T, SendsToMany> {
        self.call(OperationKind::SendToGroup)
            .group(group)
            .message(message)
    }

    /// Sends to every connection of a user. A user who is not there is no error.
    pub fn send_to_user(&self, user_id: &str, message: Message<T::Body>) -> Call<T, SendsToUser> {
        self.call(OperationKind::SendToUser)
            .user(user_id)
            .message(message)
    }

    /// Sends to a connection. One that is gone is no error.
    pub fn send_to_connection(
        &self,
        connection_id: &str,
        message: Message<T::Body>,
    ) -> Call<T, SendsToConnection> {
        self.call(OperationKind::SendToConnection)
            .connection(connection_id)
            .message(message)
    }

    /// Closes the connections of the hub, but for excluded ones.
    pub fn close_all_connections(&self) -> Call<T, ClosesMany> {
        self.call(OperationKind::CloseAllConnections)
    }

    /// Closes the connections of a group, but for excluded ones.
    pub fn close_group_connections(&self, group: &str) -> Call<T, ClosesMany> {
        self.call(OperationKind::CloseGroupConnections).group(group)
    }

    /// Closes the connections of a user, but for excluded ones.
    pub fn close_user_connections(&self, user_id: &str) -> Call<T, ClosesMany> {
        self.call(OperationKind::CloseUserConnections).user(user_id)
    }

    /// Closes a connection. One that is gone is no error.
    pub fn close_connection(&self, connection_id: &str) -> Call<T, ClosesOne> {
        self.call(OperationKind::CloseConnection)
            .connection(connection_id)
    }

    /// Whether there is such a connection.
    pub fn connection_exists(&self, connection_id: &str) -> Call<T, Asks> {
        self.call(OperationKind::ConnectionExists)
            .connection(connection_id)
    }

    /// Whether the group has any connection.
    pub fn group_exists(&self, group: &str) -> Call<T, Asks> {
        self.call(OperationKind::GroupExists).group(group)
    }

    /// Whether the user has any connection.
    pub fn user_exists(&self, user_id: &str) -> Call<T, Asks> {
        self.call(OperationKind::UserExists).user(user_id)
    }

    /// Adds a connection to a group; fails with [`crate::ErrorKind::NotFound`] when there is no such connection.
    pub fn add_connection_to_group(&self, group: &str, connection_id: &str) -> Call<T, Plain> {
        self.call(OperationKind::AddConnectionToGroup)
            .group(group)
            .connection(connection_id)
    }

    /// Takes a connection out of a group.
    pub fn remove_connection_from_group(&self, group: &str, connection_id: &str) -> Call<T, Plain> {
        self.call(OperationKind::RemoveConnectionFromGroup)
            .group(group)
            .connection(connection_id)
    }

    /// Takes a connection out of every group.
    pub fn remove_connection_from_all_groups(&self, connection_id: &str) -> Call<T, Plain> {
        self.call(OperationKind::RemoveConnectionFromAllGroups)
            .connection(connection_id)
    }

    /// Adds the live connections of a user to a group; fails with [`crate::ErrorKind::NotFound`] when there are
    /// none.
    pub fn add_user_to_group(&self, group: &str, user_id: &str) -> Call<T, Plain> {
        self.call(OperationKind::AddUserToGroup)
            .group(group)
            .user(user_id)
    }

    /// Takes the connections of a user out of a group.
    pub fn remove_user_from_group(&self, group: &str, user_id: &str) -> Call<T, Plain> {
        self.call(OperationKind::RemoveUserFromGroup)
            .group(group)
            .user(user_id)
    }

    /// Takes the connections of a user out of every group.
    pub fn remove_user_from_all_groups(&self, user_id: &str) -> Call<T, Plain> {
        self.call(OperationKind::RemoveUserFromAllGroups).user(user_id)
    }

    /// Adds connections to groups: those that the filter matches, or without one every connection of the hub.
    pub fn add_connections_to_groups<S: AsRef<str>>(&self, groups: &[S]) -> Call<T, AddsOrRemoves> {
        self.call(OperationKind::AddConnectionsToGroups).groups(groups)
    }

    /// Takes connections out of groups: those that the filter matches, or without one every connection.
    pub fn remove_connections_from_groups<S: AsRef<str>>(&self, groups: &[S]) -> Call<T, AddsOrRemoves> {
        self.call(OperationKind::RemoveConnectionsFromGroups)
            .groups(groups)
    }

    /// Gives a permission to a live connection.
    pub fn grant_permission(&self, permission: Permission, connection_id: &str) -> Call<T, Permits> {
        self.call(OperationKind::GrantPermission)
            .permission(permission)
            .connection(connection_id)
    }

    /// Takes a permission from a live connection, whatever its roles say.
    pub fn revoke_permission(&self, permission: Permission, connection_id: &str) -> Call<T, Permits> {
        self.call(OperationKind::RevokePermission)
            .permission(permission)
            .connection(connection_id)
    }

    /// Whether a connection has a permission.
    pub fn has_permission(&self, permission: Permission, connection_id: &str) -> Call<T, AsksPermission> {
        self.call(OperationKind::HasPermission)
            .permission(permission)
            .connection(connection_id)
    }
}
