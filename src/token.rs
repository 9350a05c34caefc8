//! Tokens: claims in, compact JWT out.
//!
//! In here: the tokens that requests carry, and client access tokens with the URL that a client connects to.
//! Time comes in as an argument. Not in here: the signature (`access_key.rs`), tokens that the service issues
//! (`service/client_access.rs`).

use alloc::{string::String, vec::Vec};
use core::{fmt, str::FromStr, time::Duration};

use crate::{
    access_key::AccessKey,
    endpoint::{Endpoint, ReverseProxy},
    error::{Error, Result},
    json::Object,
    names::{Group, Hub, UserId},
    operation::{Operation, OperationKind},
};

/// How long a request's token is valid: as long as that of the official JavaScript client. It is good for
/// this one URL, and made anew for every attempt.
const REQUEST_LIFETIME: Duration = Duration::from_secs(3600);

/// The token of a request: its audience is the URL exactly as it is sent to the service.
pub fn request_token(key: &AccessKey, url: &str, now: Duration) -> String {
    let now = now.as_secs();
    let claims = Object::new().text("aud", url).integer("iat", now);
    key.jwt(
        &claims
            .integer("exp", now.saturating_add(REQUEST_LIFETIME.as_secs()))
            .end(),
        None,
    )
}

/// The longest URL that the service takes, as its maintainers say of the same front end in
/// Azure/azure-signalr#275.
const MAX_URL: usize = 12 * 1024;

/// What a client speaks, which decides where it connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientProtocol {
    /// WebSocket clients, with a subprotocol of the service or without.
    #[default]
    Default,
    /// MQTT 3.1.1 and 5.0 over WebSocket.
    Mqtt,
    /// Socket.IO.
    SocketIo,
}

impl ClientProtocol {
    pub(crate) fn path(self, hub: &Hub) -> String {
        let folder = match self {
            Self::Default => "client",
            Self::Mqtt => "clients/mqtt",
            Self::SocketIo => "clients/socketio",
        };
        let mut path = ["/", folder, "/hubs/"].concat();
        crate::names::encode(hub.as_str(), &mut path);
        path
    }

    /// The value of the `clientType` parameter of `:generateToken`.
    pub(crate) const fn client_type(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::Mqtt => "MQTT",
            Self::SocketIo => "SocketIO",
        }
    }
}

impl FromStr for ClientProtocol {
    type Err = Error;

    /// In any letter case: `default`, `mqtt`, `socketio`.
    fn from_str(name: &str) -> Result<Self> {
        [Self::Default, Self::Mqtt, Self::SocketIo]
            .into_iter()
            .find(|protocol| protocol.client_type().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                Error::invalid(
                    "InvalidClientProtocol",
                    "The client protocol is unknown: it is \"default\", \"mqtt\" or \"socketio\"",
                )
            })
    }
}

/// What a client access token allows. [`get_client_access_token`](crate::WebPubSubServiceClient::get_client_access_token)
/// makes one with a client; this signs one without.
///
/// ```
/// use webpubsub_edge::{AccessKey, ClientAccess, Endpoint, Hub};
/// use core::time::Duration;
///
/// let access = ClientAccess { user_id: Some("ada".into()), ..ClientAccess::default() };
/// let endpoint = Endpoint::parse("https://contoso.webpubsub.azure.com")?;
/// let now = Duration::from_secs(1_700_000_000);
/// let token = access.sign(&AccessKey::new("a-key")?, &endpoint, &Hub::new("chat")?, now)?;
/// assert_eq!(token.base_url, "wss://contoso.webpubsub.azure.com/client/hubs/chat");
/// # Ok::<(), webpubsub_edge::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClientAccess {
    /// Who the client is; none for an anonymous one. An empty id is none.
    pub user_id: Option<String>,
    /// What it may do; see [`crate::roles`].
    pub roles: Vec<String>,
    /// The groups that it is in from the start.
    pub groups: Vec<String>,
    /// How long it may connect with the token; a live connection outlives it. One hour unless told; at least
    /// a second, and with Entra ID whole minutes, rounded down.
    pub lifetime: Duration,
    /// What it speaks.
    pub protocol: ClientProtocol,
    /// Further members of the JOSE header: a name, and a value that is JSON. Only for tokens that an access
    /// key signs.
    pub jwt_headers: Vec<(String, String)>,
}

impl Default for ClientAccess {
    fn default() -> Self {
        Self {
            user_id: None,
            roles: Vec::new(),
            groups: Vec::new(),
            lifetime: Duration::from_secs(3600),
            protocol: ClientProtocol::Default,
            jwt_headers: Vec::new(),
        }
    }
}

impl ClientAccess {
    /// The user id, when there is one.
    pub(crate) fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The operation by which the service is asked for the token.
    pub(crate) fn operation(&self) -> Result<Operation> {
        self.check()?;
        let mut operation = Operation::new(OperationKind::GenerateClientToken);
        let p = &mut operation.parameters;
        p.user = self.user_id().map(String::from);
        p.roles.clone_from(&self.roles);
        p.groups.clone_from(&self.groups);
        p.minutes_to_expire = Some((self.lifetime.as_secs() / 60).max(1));
        p.client_type = Some(self.protocol.client_type());
        Ok(operation)
    }

    /// Checks all that the service would refuse, or would take for something else.
    pub(crate) fn check(&self) -> Result<()> {
        self.user_id().map(UserId::new).transpose()?;
        self.groups
            .iter()
            .try_for_each(|group| Group::new(group).map(drop))?;
        if self.roles.iter().any(|role| role.trim_ascii().is_empty()) {
            return Err(Error::invalid(
                "InvalidRole",
                "A role is empty: give roles like webpubsub.joinLeaveGroup or webpubsub.sendToGroup.<group>",
            ));
        }
        // The service counts minutes in 32 bits.
        if self.lifetime.as_secs() == 0 || self.lifetime.as_secs() / 60 > i32::MAX as u64 {
            return Err(Error::out_of_range(
                "InvalidExpiration",
                "The lifetime of a client access token is at least a second and at most 2147483647 minutes",
            ));
        }
        Ok(())
    }

    /// The token that the key signs for a client of this hub, and where to connect with it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] when an id, a group, a role or the lifetime is not allowed.
    pub fn sign(
        &self,
        key: &AccessKey,
        endpoint: &Endpoint,
        hub: &Hub,
        now: Duration,
    ) -> Result<ClientAccessToken> {
        self.check()?;
        let audience = [endpoint.origin(), self.protocol.path(hub)].concat();
        let now = now.as_secs();
        let mut claims = Object::new().text("aud", &audience).integer("iat", now);
        claims = claims.integer("exp", now.saturating_add(self.lifetime.as_secs()));
        if let Some(user_id) = self.user_id() {
            claims = claims.text("sub", user_id);
        }
        if !self.roles.is_empty() {
            claims = claims.texts("role", &self.roles);
        }
        if !self.groups.is_empty() {
            claims = claims.texts("webpubsub.group", &self.groups);
        }
        let header = (!self.jwt_headers.is_empty()).then(|| {
            let plain = Object::new().text("alg", "HS256").text("typ", "JWT");
            let own = |name: &str| name == "alg" || name == "typ";
            let further = self.jwt_headers.iter().filter(|(name, _)| !own(name));
            further
                .fold(plain, |header, (name, value)| header.raw(name, value))
                .end()
        });
        let token = key.jwt(&claims.end(), header.as_deref());
        let token = ClientAccessToken::new(self.protocol, endpoint, None, hub, token);
        if token.url.len() > MAX_URL {
            return Err(Error::out_of_range(
                "TokenTooLarge",
                "The client access token makes a URL of more than 12 KiB, which the service does not take: give fewer \
                 roles and groups, or roles with a wildcard",
            ));
        }
        Ok(token)
    }
}

/// A client access token, and the URL that a client connects to with it.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientAccessToken {
    /// `wss://host/client/hubs/{hub}`.
    pub base_url: String,
    /// The token alone.
    pub token: String,
    /// The base URL with the token, ready for `new WebSocket(url)`.
    pub url: String,
}

impl ClientAccessToken {
    /// With a proxy, clients are sent through it.
    pub(crate) fn new(
        protocol: ClientProtocol,
        endpoint: &Endpoint,
        proxy: Option<&ReverseProxy>,
        hub: &Hub,
        token: String,
    ) -> Self {
        let origin = proxy.map_or_else(|| endpoint.websocket_origin(), ReverseProxy::websocket_base);
        let base_url = [origin, protocol.path(hub)].concat();
        let url = [&*base_url, "?access_token=", &token].concat();
        Self { base_url, token, url }
    }
}

/// Without the token.
impl fmt::Debug for ClientAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAccessToken")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
