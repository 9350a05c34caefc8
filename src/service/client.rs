//! The client of a hub.
//!
//! In here: creating a client, and the calls that are not a single operation. Not in here: the verbs of operations
//! (`verbs.rs`).

use alloc::{string::String, sync::Arc};
use core::fmt;

use super::{
    client_access::GetClientAccessToken, credential::Credential, group::WebPubSubGroup,
    options::ClientOptions, paging::Connections, pipeline::Pipeline, send_request::SendRequest,
    tokens::Tokens, transport::Transport,
};
use crate::{
    connection_string::ConnectionString,
    endpoint::Endpoint,
    error::Result,
    names::{Group, Hub},
    operation::Method,
};

/// The client of a hub. It is cheap to clone and serves any number of concurrent calls; on hosts with threads it can be
/// shared between them.
///
/// Its verbs are those of the Python client. Most return a [`Call`](super::Call), which accepts options and runs when it
/// is awaited; an invalid name fails the call before anything is sent.
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
    pub(super) pipeline: Arc<Pipeline<T>>,
}

impl<T: Transport> Clone for WebPubSubServiceClient<T> {
    fn clone(&self) -> Self {
        Self {
            pipeline: self.pipeline.clone(),
        }
    }
}

impl<T: Transport> fmt::Debug for WebPubSubServiceClient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPubSubServiceClient")
            .field("endpoint", &self.pipeline.endpoint.as_str())
            .field("hub", &self.pipeline.hub.as_str())
            .finish_non_exhaustive()
    }
}

impl<T: Transport> WebPubSubServiceClient<T> {
    /// Creates a client of a hub, with any credential: an [`AzureKeyCredential`](crate::AzureKeyCredential), or a
    /// [`TokenCredential`](super::TokenCredential).
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] if the endpoint or the name of the hub is invalid.
    pub fn new(endpoint: &str, hub: &str, credential: impl Into<Credential>, transport: T) -> Result<Self> {
        let endpoint = Endpoint::parse(endpoint)?;
        Ok(Self::with(endpoint, Hub::new(hub)?, credential.into(), transport))
    }

    /// Creates a client of a hub from a connection string.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] if the connection string or the name of the hub is invalid.
    pub fn from_connection_string(connection_string: &str, hub: &str, transport: T) -> Result<Self> {
        let ConnectionString { endpoint, access_key } = ConnectionString::parse(connection_string)?;
        Ok(Self::with(endpoint, Hub::new(hub)?, access_key.into(), transport))
    }

    fn with(endpoint: Endpoint, hub: Hub, credential: Credential, transport: T) -> Self {
        Self {
            pipeline: Arc::new(Pipeline {
                endpoint,
                hub,
                credential,
                tokens: Tokens::new(),
                options: ClientOptions::default(),
                transport,
            }),
        }
    }

    /// The same client with other options. Existing clones keep theirs.
    #[must_use]
    pub fn with_options(self, options: ClientOptions) -> Self
    where
        T: Clone,
    {
        let pipeline = Arc::try_unwrap(self.pipeline).unwrap_or_else(|shared| Pipeline {
            endpoint: shared.endpoint.clone(),
            hub: shared.hub.clone(),
            credential: shared.credential.clone(),
            tokens: shared.tokens.copy(),
            options: ClientOptions::default(),
            transport: shared.transport.clone(),
        });
        Self {
            pipeline: Arc::new(Pipeline { options, ..pipeline }),
        }
    }

    /// The hub.
    pub fn hub(&self) -> &Hub {
        &self.pipeline.hub
    }

    /// The endpoint of the service.
    pub fn endpoint(&self) -> &Endpoint {
        &self.pipeline.endpoint
    }

    /// A group of the hub.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] with the code `InvalidGroup`.
    pub fn group(&self, group: &str) -> Result<WebPubSubGroup<T>> {
        Ok(WebPubSubGroup {
            pipeline: self.pipeline.clone(),
            group: Group::new(group)?,
        })
    }

    /// Creates a token with which a client connects to the hub, and the URL that it connects to. With an access key the
    /// token is signed locally and nothing is sent; with Entra ID the service issues it.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, roles, service::Transport};
    /// # use core::time::Duration;
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let access = service
    ///     .get_client_access_token()
    ///     .user_id("ada")
    ///     .roles([roles::join_leave_group("room")?, roles::send_to_group("room")?])
    ///     .expires_after(Duration::from_secs(5 * 60))
    ///     .await?;
    /// // Give `access.url` to the client and to nobody else: it holds the token.
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_client_access_token(&self) -> GetClientAccessToken<T> {
        GetClientAccessToken::new(&self.pipeline)
    }

    /// Lists the connections of a group. A group without connections has one empty page.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::Transport};
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let mut pages = service.list_connections("room").max_page_size(50);
    /// while let Some(page) = pages.next_page().await? {
    ///     for connection in page.connections {
    ///         println!("{} {:?}", connection.connection_id, connection.user_id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_connections(&self, group: &str) -> Connections<T> {
        Connections::new(&self.pipeline, group)
    }

    /// Sends a signed request for which there is no verb, and returns its response, whatever the status.
    ///
    /// The path begins with a single `/`, its names are percent-encoded, and it may have a query. The client's
    /// `api-version` is added unless there is one. POST and PATCH are retried as sends are, the other methods as all other
    /// operations: see [`RetryOptions`](crate::RetryOptions). A path that URL parsers would rewrite fails with the code
    /// `InvalidPath`, because the request would not be the one that was signed.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, operation::Method, service::{Transport, TransportResponse}};
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let response = service
    ///     .send_request(Method::Post, "/api/hubs/chat/:send")
    ///     .query("filter", "userId ne null")
    ///     .body("text/plain", "hello")
    ///     .await?;
    /// assert_eq!(response.status(), 202);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_request(&self, method: Method, path: impl Into<String>) -> SendRequest<T> {
        SendRequest::new(&self.pipeline, method, path.into())
    }
}
