//! Credentials of a client.
//!
//! In here: an access key that may change while the client lives, sources of tokens of Microsoft Entra ID, and the token
//! that a request carries by either. Not in here: which call asks for a token (`tokens.rs`); obtaining one, which is the task
//! of a [`TokenCredential`].

use alloc::{string::String, sync::Arc};
use core::{fmt, time::Duration};

use super::{
    shared::Shared,
    tokens::Tokens,
    transport::{BoxFuture, MaybeSend, MaybeSync, Transport},
};
use crate::{
    access_key::AccessKey,
    bridge::seconds,
    core::entra::{Freshness, freshness},
    error::{Result, TransportError},
    token::request_token,
};

pub use crate::core::entra::SCOPE;

/// An access key that may be replaced while clients use it, so that keys can be rotated without a restart.
///
/// ```
/// # use webpubsub_edge::{AzureKeyCredential, Error, WebPubSubServiceClient, service::Transport};
/// # fn client<T: Transport>(transport: T, key: &str, next: &str) -> Result<(), Error> {
/// let credential = AzureKeyCredential::new(key)?;
/// let endpoint = "https://contoso.webpubsub.azure.com";
/// let service = WebPubSubServiceClient::new(endpoint, "chat", credential.clone(), transport)?;
/// credential.update(next)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AzureKeyCredential(Arc<Shared<AccessKey>>);

impl AzureKeyCredential {
    /// Creates a credential from a key, as the portal shows it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidAccessKey` if the key is empty or blank.
    pub fn new(key: impl AsRef<str>) -> Result<Self> {
        AccessKey::new(key).map(Self::from)
    }

    /// Replaces the key; every later request is signed with the new one.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidAccessKey` if the key is empty or blank;
    /// the old key stays.
    pub fn update(&self, key: impl AsRef<str>) -> Result<()> {
        let key = AccessKey::new(key)?;
        self.0.update(|current| *current = key);
        Ok(())
    }

    /// The current key.
    pub(super) fn key(&self) -> AccessKey {
        self.0.get()
    }
}

impl From<AccessKey> for AzureKeyCredential {
    fn from(key: AccessKey) -> Self {
        Self(Arc::new(Shared::new(key)))
    }
}

impl fmt::Debug for AzureKeyCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AzureKeyCredential(redacted)")
    }
}

/// A token of Microsoft Entra ID.
#[derive(Clone)]
pub struct AccessToken {
    /// The token.
    pub token: String,
    /// When it expires, as time since the Unix epoch. Fractions of a second are ignored.
    pub expires_on: Duration,
    /// When to request a new one, as time since the Unix epoch, if the issuer says so.
    pub refresh_after: Option<Duration>,
}

impl AccessToken {
    /// How long it serves; `asked` is when the next one was last asked for.
    pub(super) fn freshness(&self, asked: Duration, now: Duration) -> Freshness {
        let refresh_after = self.refresh_after.map(seconds);
        freshness(
            seconds(self.expires_on),
            refresh_after,
            seconds(asked),
            seconds(now),
        )
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_on", &self.expires_on)
            .finish_non_exhaustive()
    }
}

/// A source of tokens. [`ClientSecretCredential`](super::ClientSecretCredential) and
/// [`ClientAssertionCredential`](super::ClientAssertionCredential) are two; this is one more:
///
/// ```
/// use webpubsub_edge::error::TransportError;
/// use webpubsub_edge::service::{AccessToken, BoxFuture, TokenCredential};
///
/// # async fn request_from_platform(scope: String) -> Option<AccessToken> { None }
/// struct Platform;
///
/// impl TokenCredential for Platform {
///     fn get_token(&self, scopes: &[&str], _claims: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
///         let scope = scopes.join(" ");
///         Box::pin(async move {
///             let token = request_from_platform(scope).await;
///             token.ok_or_else(|| TransportError::credential("The platform gave no token", None))
///         })
///     }
/// }
/// ```
pub trait TokenCredential: MaybeSend + MaybeSync {
    /// Requests a token for these scopes. The client caches tokens and requests a new one before the last one expires, with
    /// one request at a time. `claims` is JSON that the service asks for when it rejects a token (continuous access
    /// evaluation); the issuer must see it.
    ///
    /// # Errors
    /// A [`TransportError`], best created by [`TransportError::credential`].
    fn get_token(
        &self,
        scopes: &[&str],
        claims: Option<&str>,
    ) -> BoxFuture<Result<AccessToken, TransportError>>;
}

/// One credential may serve many clients.
impl<C: TokenCredential + ?Sized> TokenCredential for Arc<C> {
    fn get_token(
        &self,
        scopes: &[&str],
        claims: Option<&str>,
    ) -> BoxFuture<Result<AccessToken, TransportError>> {
        (**self).get_token(scopes, claims)
    }
}

/// The credential of a client.
#[derive(Clone)]
pub enum Credential {
    /// An access key: every request has a token of its own, signed locally.
    Key(AzureKeyCredential),
    /// Microsoft Entra ID.
    Token(Arc<dyn TokenCredential>),
}

impl From<AzureKeyCredential> for Credential {
    fn from(key: AzureKeyCredential) -> Self {
        Self::Key(key)
    }
}

impl From<AccessKey> for Credential {
    fn from(key: AccessKey) -> Self {
        Self::Key(key.into())
    }
}

impl<C: TokenCredential + 'static> From<C> for Credential {
    fn from(credential: C) -> Self {
        Self::Token(Arc::new(credential))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(redacted)",
            Self::Token(_) => "Token(redacted)",
        })
    }
}

impl Credential {
    /// Whether requests carry a bearer token, which unlike a signed one is valid for every request.
    pub(super) fn is_bearer(&self) -> bool {
        matches!(self, Self::Token(_))
    }

    /// The token in the `Authorization` header of a request for this URL of the service.
    pub(super) async fn token(
        &self,
        url: &str,
        kept: &Tokens,
        claims: Option<&str>,
        transport: &impl Transport,
    ) -> Result<String> {
        match self {
            Self::Key(key) => request_token(&key.key(), url, transport.now()),
            Self::Token(source) => kept.get(&**source, SCOPE, claims, transport).await,
        }
    }
}
