//! Who a client is to the service.
//!
//! In here: an access key that may change while the client lives, tokens of Microsoft Entra ID, and the header
//! that either makes. Tokens are kept by value; no caller ever waits for another's request. Not in here: how
//! to get a token; that is the user's [`TokenCredential`].

use alloc::{format, string::String, sync::Arc};
use core::{fmt, time::Duration};

use super::transport::{BoxFuture, MaybeSend, MaybeSync};
use crate::{
    access_key::AccessKey,
    cell::Shared,
    error::{Error, Result, TransportError, TransportErrorKind},
    token::request_token,
};

/// The scope of tokens for Web PubSub.
pub const SCOPE: &str = "https://webpubsub.azure.com/.default";

/// A token this close to its end is replaced, when a new one can be had.
const REFRESH_AHEAD: Duration = Duration::from_secs(5 * 60);

/// An access key that may be replaced while clients use it, so that keys are rotated without a restart.
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
    /// Takes the key as the portal shows it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidAccessKey` when it is empty.
    pub fn new(key: impl AsRef<str>) -> Result<Self> {
        AccessKey::new(key).map(Self::from)
    }

    /// Replaces the key; every later request is signed with the new one.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidAccessKey` when it is empty; the old key stays.
    pub fn update(&self, key: impl AsRef<str>) -> Result<()> {
        self.0.set(AccessKey::new(key)?);
        Ok(())
    }

    /// The key of this moment.
    pub(crate) fn key(&self) -> AccessKey {
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
    /// When it ends, since the Unix epoch.
    pub expires_on: Duration,
    /// When to get a new one, since the Unix epoch, where the issuer says so.
    pub refresh_after: Option<Duration>,
}

/// Whether a token is fresh (0), still valid while none is to be had that is fresh (1), or over (2).
pub(crate) fn freshness(expires_on: Duration, refresh_after: Option<Duration>, now: Duration) -> u8 {
    if now + REFRESH_AHEAD < expires_on && refresh_after.is_none_or(|at| now < at) {
        0
    } else if now < expires_on {
        1
    } else {
        2
    }
}

impl AccessToken {
    fn freshness(&self, now: Duration) -> u8 {
        freshness(self.expires_on, self.refresh_after, now)
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
/// # async fn ask_the_platform(scope: String) -> Option<AccessToken> { None }
/// struct Platform;
///
/// impl TokenCredential for Platform {
///     fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
///         let scope = scopes.join(" ");
///         Box::pin(async move {
///             let token = ask_the_platform(scope).await;
///             token.ok_or_else(|| TransportError::credential("The platform gave no token", None))
///         })
///     }
/// }
/// ```
pub trait TokenCredential: MaybeSend + MaybeSync {
    /// A token for these scopes. It is asked for ahead of the end of the last one; there is no need to cache.
    ///
    /// # Errors
    /// A [`TransportError`], best made by [`TransportError::credential`].
    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>>;
}

/// One credential for many clients.
impl<C: TokenCredential + ?Sized> TokenCredential for Arc<C> {
    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
        (**self).get_token(scopes)
    }
}

/// What a client signs or identifies itself with.
#[derive(Clone)]
pub enum Credential {
    /// An access key: every request carries a token of its own, signed here.
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

/// The last token of a client.
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

    /// Refuses to send a bearer token where others could read it: unlike a signed one it is good for every
    /// request.
    pub(super) fn check_connection(&self, secure: bool) -> Result<()> {
        if secure || matches!(self, Self::Key(_)) {
            return Ok(());
        }
        Err(Error::Transport(TransportError {
            kind: TransportErrorKind::Insecure,
            message:
                "A bearer token is not sent over http, where others could read it: use an https endpoint, \
                      or allow an insecure connection for a service on this machine"
                    .into(),
            cause: None,
        }))
    }
}

async fn entra_token(source: &dyn TokenCredential, cache: &TokenCache, now: Duration) -> Result<String> {
    let cached = cache.get();
    if let Some(token) = cached.as_ref().filter(|token| token.freshness(now) == 0) {
        return Ok(token.token.clone());
    }
    match (source.get_token(&[SCOPE]).await, cached) {
        (Ok(token), _) => {
            cache.set(Some(token.clone()));
            Ok(token.token)
        }
        // The old one is still good: the issuer may be up again before it ends.
        (Err(_), Some(old)) if old.freshness(now) < 2 => Ok(old.token),
        (Err(error), _) => Err(error.into()),
    }
}
