//! Every REST operation of the service, as a value.
//!
//! In here: an operation with its parameters, for hosts that have their own way to send. Not in here: the table of
//! operations and what they accept (`core/operation.rs`), sending (`service/`).

use alloc::{
    format,
    string::{String, ToString},
};
use core::time::Duration;

pub use crate::core::operation::{API_VERSION, Method, OperationKind};
pub use crate::request::Request;
use crate::{
    bridge::{Values, text},
    core::given::Parameter,
    endpoint::Endpoint,
    error::Result,
    message::Message,
    names::Hub,
    request::Target,
    token::ClientProtocol,
};

impl OperationKind {
    /// The operation of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// The parameters of an operation besides its hub: the names in its path, its query parameters, the members of its JSON
/// body, and metadata. An operation uses the ones that it accepts and ignores the others. Setting a parameter again
/// replaces it. All of them are checked by [`Operation::request`].
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    pub(crate) values: Values,
}

impl Parameters {
    /// The group in the path.
    pub fn group(&mut self, group: impl Into<String>) -> &mut Self {
        self.one(Parameter::Group, group)
    }

    /// The user id in the path, or of the token.
    pub fn user(&mut self, user_id: impl Into<String>) -> &mut Self {
        self.one(Parameter::UserId, user_id)
    }

    /// The connection id in the path.
    pub fn connection(&mut self, connection_id: impl Into<String>) -> &mut Self {
        self.one(Parameter::ConnectionId, connection_id)
    }

    /// The name of the permission in the path.
    pub fn permission(&mut self, permission: impl Into<String>) -> &mut Self {
        self.one(Parameter::Permission, permission)
    }

    /// The groups to add to or remove from, or those of the token.
    pub fn groups<S: Into<String>>(&mut self, groups: impl IntoIterator<Item = S>) -> &mut Self {
        self.all(Parameter::Groups, groups)
    }

    /// The roles of the token.
    pub fn roles<S: Into<String>>(&mut self, roles: impl IntoIterator<Item = S>) -> &mut Self {
        self.all(Parameter::Roles, roles)
    }

    /// The connections that a send or a close leaves out.
    pub fn excluded<S: Into<String>>(&mut self, connection_ids: impl IntoIterator<Item = S>) -> &mut Self {
        self.all(Parameter::ExcludedConnections, connection_ids)
    }

    /// An OData filter over connections: see [`crate::Filter`].
    pub fn filter(&mut self, filter: impl Into<String>) -> &mut Self {
        self.one(Parameter::Filter, filter)
    }

    /// How long a message may wait for a connection to recover, in seconds: 0 to 300; 0 for no limit.
    pub fn message_ttl_seconds(&mut self, seconds: u64) -> &mut Self {
        self.one(Parameter::MessageTtlSeconds, seconds.to_string())
    }

    /// The reason that closed clients receive.
    pub fn reason(&mut self, reason: impl Into<String>) -> &mut Self {
        self.one(Parameter::Reason, reason)
    }

    /// The group that a permission is for.
    pub fn target_name(&mut self, group: impl Into<String>) -> &mut Self {
        self.one(Parameter::TargetName, group)
    }

    /// Maximum number of connections on a page: 1 to 200.
    pub fn max_page_size(&mut self, size: u64) -> &mut Self {
        self.one(Parameter::MaxPageSize, size.to_string())
    }

    /// Maximum number of connections in all: at least 1.
    pub fn top(&mut self, connections: u64) -> &mut Self {
        self.one(Parameter::Top, connections.to_string())
    }

    /// Where a listing continues.
    pub fn continuation_token(&mut self, token: impl Into<String>) -> &mut Self {
        self.one(Parameter::ContinuationToken, token)
    }

    /// The lifetime of the token. The service counts whole minutes, rounded down, at least one.
    pub fn lifetime(&mut self, lifetime: Duration) -> &mut Self {
        self.one(Parameter::LifetimeSeconds, format!("{}", lifetime.as_secs()))
    }

    /// The client protocol of the token.
    pub fn client_protocol(&mut self, protocol: ClientProtocol) -> &mut Self {
        self.one(Parameter::ClientProtocol, text(protocol.client_type()))
    }

    /// Adds metadata to a message: a header `X-WebPubSub-Metadata-{key}`.
    pub fn metadata(&mut self, key: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.values.push_pair(Parameter::Metadata, key, value);
        self
    }

    fn one(&mut self, parameter: Parameter, text: impl Into<String>) -> &mut Self {
        self.all(parameter, [text])
    }

    fn all<S: Into<String>>(
        &mut self,
        parameter: Parameter,
        texts: impl IntoIterator<Item = S>,
    ) -> &mut Self {
        self.values.set(parameter, texts);
        self
    }
}

/// An operation and its parameters: the service's API without this library's client, for hosts that have their own way
/// to send.
///
/// ```
/// use webpubsub_edge::operation::{API_VERSION, Operation, OperationKind};
/// use webpubsub_edge::{AccessKey, Endpoint, Hub, token};
/// use core::time::Duration;
///
/// let mut operation = Operation::new(OperationKind::CloseConnection);
/// operation.parameters.connection("a/b");
/// let endpoint = Endpoint::parse("https://contoso.webpubsub.azure.com")?;
/// let request = operation.request::<String>(&endpoint, &Hub::new("chat")?, API_VERSION, None)?;
/// assert_eq!(request.method.as_str(), "DELETE");
/// assert!(request.url.ends_with("/api/hubs/chat/connections/a%2Fb?api-version=2024-12-01"));
/// let bearer = token::request_token(&AccessKey::new("a-key")?, &request.url, Duration::from_secs(1_700_000_000))?;
/// # assert!(!bearer.is_empty());
/// # Ok::<(), webpubsub_edge::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Operation {
    /// Which operation it is.
    pub kind: OperationKind,
    /// Its parameters.
    pub parameters: Parameters,
}

impl Operation {
    /// An operation without parameters.
    pub fn new(kind: OperationKind) -> Self {
        Self {
            kind,
            parameters: Parameters::default(),
        }
    }

    /// The request of the operation, without a credential. Everything is checked here, before there is a request.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) if a name, a parameter or the message is invalid or missing.
    pub fn request<B: From<String>>(
        &self,
        endpoint: &Endpoint,
        hub: &Hub,
        api_version: &str,
        message: Option<Message<B>>,
    ) -> Result<Request<B>> {
        let target = Target {
            endpoint,
            hub,
            api_version,
            request_id: "",
        };
        Request::of_operation(self.kind, &target, &self.parameters.values, message)
    }
}
