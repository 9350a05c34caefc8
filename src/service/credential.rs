//! Credentials of a client.
//!
//! In here: an access key that may change while the client lives, tokens of Microsoft Entra ID, and the header that
//! either makes. Tokens are cached by value; no call ever waits for another call's request. Not in here: obtaining a
//! token; that is the task of a [`TokenCredential`].

use alloc::{format, string::String, sync::Arc};
use core::{fmt, time::Duration};

use super::{
    shared::Shared,
    transport::{BoxFuture, MaybeSend, MaybeSync},
};
use crate::{
    access_key::AccessKey,
    bridge::seconds,
    core::{
        endpoint::Base,
        entra::{Freshness, freshness},
    },
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
        self.0.set(AccessKey::new(key)?);
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
    fn freshness(&self, now: Duration) -> Freshness {
        let refresh_after = self.refresh_after.map(seconds);
        freshness(seconds(self.expires_on), refresh_after, seconds(now))
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
///     fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
///         let scope = scopes.join(" ");
///         Box::pin(async move {
///             let token = request_from_platform(scope).await;
///             token.ok_or_else(|| TransportError::credential("The platform gave no token", None))
///         })
///     }
/// }
/// ```
pub trait TokenCredential: MaybeSend + MaybeSync {
    /// Requests a token for these scopes. The client caches tokens and requests a new one before the last one expires.
    ///
    /// # Errors
    /// A [`TransportError`], best created by [`TransportError::credential`].
    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>>;
}

/// One credential may serve many clients.
impl<C: TokenCredential + ?Sized> TokenCredential for Arc<C> {
    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
        (**self).get_token(scopes)
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

/// The last token that a client obtained.
pub(super) type TokenCache = Shared<Option<AccessToken>>;

impl Credential {
    /// The value of the `Authorization` header of a request for this URL of the service.
    pub(super) async fn authorization(&self, url: &str, cache: &TokenCache, now: Duration) -> Result<String> {
        let token = match self {
            Self::Key(key) => request_token(&key.key(), url, now),
            Self::Token(source) => entra_token(&**source, cache, now).await?,
        };
        Ok(format!("Bearer {token}"))
    }

    /// Refuses to send a bearer token where others could read it: unlike a signed one it is valid for every request.
    pub(super) fn check_connection(&self, to: Base<'_>, insecure_allowed: bool) -> Result<()> {
        match self {
            Self::Key(_) => Ok(()),
            Self::Token(_) => Ok(to.check_private(insecure_allowed)?),
        }
    }
}

async fn entra_token(source: &dyn TokenCredential, cache: &TokenCache, now: Duration) -> Result<String> {
    let cached = cache.get();
    let freshness = |token: &AccessToken| token.freshness(now);
    if let Some(token) = cached
        .as_ref()
        .filter(|token| freshness(token) == Freshness::Fresh)
    {
        return Ok(token.token.clone());
    }
    match (source.get_token(&[SCOPE]).await, cached) {
        (Ok(token), _) => {
            cache.set(Some(token.clone()));
            Ok(token.token)
        }
        // The old one is still valid, and the issuer may be up again before it expires.
        (Err(_), Some(old)) if freshness(&old) != Freshness::Expired => Ok(old.token),
        (Err(error), _) => Err(error.into()),
    }
}
