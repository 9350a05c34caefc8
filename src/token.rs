//! Tokens of requests and of clients, as values.
//!
//! In here: the options of a client access token, owned, and the result. Time is an argument. Not in here: claims and
//! limits (`core/token.rs`), tokens that the service issues (`service/client_access.rs`).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr, time::Duration};

pub use crate::core::token::ClientProtocol;
use crate::{
    access_key::AccessKey,
    bridge::{Values, seconds, text, write},
    core::{endpoint::Base, given::Parameter, token},
    endpoint::Endpoint,
    error::{Error, Result},
    names::Hub,
};

/// The token of a request. Its audience is the URL exactly as it is sent to the service. `now` is the time since the Unix
/// epoch.
///
/// # Errors
/// [`Error::InvalidInput`] with the code `ClockStopped` if `now` is long ago: the token would have expired.
pub fn request_token(key: &AccessKey, url: &str, now: Duration) -> Result<String> {
    let (mut text, ()) = write(|sink| {
        sink.text(url.as_bytes());
        token::write_request_token(key.get()?, 0, url.len(), seconds(now), sink)
    })?;
    Ok(text.split_off(url.len().min(text.len())))
}

impl FromStr for ClientProtocol {
    type Err = Error;

    /// Parses a name in any letter case: `default`, `mqtt` or `socketio`.
    fn from_str(name: &str) -> Result<Self> {
        Ok(Self::parse(Some(name.as_bytes()))?)
    }
}

/// Options of a client access token. A client signs it with
/// [`get_client_access_token`](crate::WebPubSubServiceClient::get_client_access_token); this signs one without a client.
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
    /// The user id; none, or an empty one, for an anonymous client.
    pub user_id: Option<String>,
    /// The roles; see [`crate::roles`].
    pub roles: Vec<String>,
    /// The groups that the client joins when it connects.
    pub groups: Vec<String>,
    /// How long the client may connect with the token; a live connection outlives it. At least a second and at most
    /// 2147483647 seconds; with Entra ID whole minutes, rounded down. Default: one hour.
    pub lifetime: Duration,
    /// The protocol of the client.
    pub protocol: ClientProtocol,
    /// Further members of the JOSE header: a name, and a value that is JSON. Only for tokens that an access key signs.
    pub jwt_headers: Vec<(String, String)>,
}

impl Default for ClientAccess {
    fn default() -> Self {
        Self {
            user_id: None,
            roles: Vec::new(),
            groups: Vec::new(),
            lifetime: Duration::from_secs(token::DEFAULT_LIFETIME.into()),
            protocol: ClientProtocol::Default,
            jwt_headers: Vec::new(),
        }
    }
}

impl ClientAccess {
    /// The options as the core reads them.
    pub(crate) fn values(&self) -> Values {
        let mut values = Values::default();
        values.set(Parameter::UserId, &self.user_id);
        values.set(Parameter::Roles, &self.roles);
        values.set(Parameter::Groups, &self.groups);
        values.push(Parameter::LifetimeSeconds, self.lifetime.as_secs().to_string());
        values.push(Parameter::ClientProtocol, text(self.protocol.client_type()));
        for (name, json) in &self.jwt_headers {
            values.push_pair(Parameter::JwtHeader, name, json);
        }
        values
    }

    /// Signs a token for a client of this hub. `now` is the time since the Unix epoch.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if an id, a group, a role or the lifetime is invalid, or the token too large.
    pub fn sign(
        &self,
        key: &AccessKey,
        endpoint: &Endpoint,
        hub: &Hub,
        now: Duration,
    ) -> Result<ClientAccessToken> {
        self.sign_for(key, endpoint, endpoint.base(), hub, now)
    }

    /// The same for clients that connect at `clients`, which may be a proxy.
    pub(crate) fn sign_for(
        &self,
        key: &AccessKey,
        endpoint: &Endpoint,
        clients: Base<'_>,
        hub: &Hub,
        now: Duration,
    ) -> Result<ClientAccessToken> {
        let values = &self.values();
        let (fields, ()) = write(|sink| {
            let access = token::ClientAccess::new(&values)?;
            let hub = hub.as_str().as_bytes();
            access.write(key.get()?, endpoint.base(), clients, hub, seconds(now), sink)
        })?;
        Ok(ClientAccessToken::from_fields(&fields))
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
    /// A token that the service issued.
    #[cfg(feature = "service")]
    pub(crate) fn issued(
        token: &str,
        protocol: ClientProtocol,
        clients: Base<'_>,
        hub: &Hub,
    ) -> Result<Self> {
        token::check_issued(token.as_bytes())?;
        Ok(Self::from_fields(&crate::bridge::write_text(|sink| {
            sink.text(token.as_bytes());
            token::write_urls(protocol, clients, hub.as_str().as_bytes(), 0, sink);
        })))
    }

    /// Reads the core's fields: the token, the URL without it, and the URL with it.
    fn from_fields(fields: &str) -> Self {
        let mut fields = fields.split('\0').map(String::from);
        let mut next = || fields.next().unwrap_or_default();
        let (token, base_url, url) = (next(), next(), next());
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
