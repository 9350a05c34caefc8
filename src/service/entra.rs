//! Credentials of Microsoft Entra ID that need nothing but a transport.
//!
//! In here: sending the request for a token, and its result as an [`AccessToken`]. Not in here: the form, and what a
//! response means (`core/entra.rs`); caching tokens (`credential.rs`); other flows, which a [`TokenCredential`] of your
//! own can implement.

use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec,
};
use core::{fmt, future::Future, time::Duration};

use super::{
    credential::{AccessToken, TokenCredential},
    pipeline::retry_after,
    transport::{BoxFuture, MaybeSend, MaybeSync, Transport, TransportResponse},
};
use crate::{
    bridge::{seconds, write, write_text},
    core::{
        entra::{Issued, Proof, write_form, write_token_url},
        error::{Fault, Kind},
        judge::{Attempt, Expectation, Judgement, RetryPolicy, judge},
    },
    error::{Error, Result, TransportError, TransportErrorKind},
    json::{Object, TokenBody},
    operation::Method,
    request::Request,
    retry::RetryOptions,
};

pub use crate::core::entra::AUTHORITY;

/// A credential of Microsoft Entra ID for an application with a client secret. The application needs the role "Web PubSub
/// Service Owner" on the resource.
///
/// ```
/// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::{ClientSecretCredential, Transport}};
/// # fn client<T: Transport + Clone>(transport: T, secret: &str) -> Result<WebPubSubServiceClient<T>, Error> {
/// let credential = ClientSecretCredential::new("contoso.com", "a-client-id", secret, transport.clone())?;
/// WebPubSubServiceClient::new("https://contoso.webpubsub.azure.com", "chat", credential, transport)
/// # }
/// ```
pub struct ClientSecretCredential<T: Transport>(Application<T>);

/// A credential of Microsoft Entra ID for an application with a signed assertion, as in workload identity federation. The
/// application needs the role "Web PubSub Service Owner" on the resource.
///
/// ```
/// # use webpubsub_edge::{Error, error::TransportError, service::{ClientAssertionCredential, Transport}};
/// # async fn platform_token() -> Result<String, TransportError> { Ok(String::new()) }
/// # fn credential<T: Transport>(transport: T) -> Result<ClientAssertionCredential<T>, Error> {
/// ClientAssertionCredential::new("contoso.com", "a-client-id", || platform_token(), transport)
/// # }
/// ```
pub struct ClientAssertionCredential<T: Transport>(Application<T>);

impl<T: Transport> ClientSecretCredential<T> {
    /// Creates a credential. The tenant is the id of a directory or one of its domain names.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidCredential` if a part is blank or invalid.
    pub fn new(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        transport: T,
    ) -> Result<Self> {
        let secret = client_secret.into();
        Proof::Secret(secret.as_bytes()).check()?;
        let source = Source::Secret(secret);
        Application::new(tenant_id.into(), client_id.into(), source, transport).map(Self)
    }

    /// Replaces the authority host. Default: [`AUTHORITY`]. The secret is sent there, so that it must be https or this
    /// machine.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidCredential` if it is not.
    pub fn with_authority(self, authority: &str) -> Result<Self> {
        self.0.at(authority).map(Self)
    }

    /// How token requests are retried: after a network error and after 408, 429, 500, 502, 503 and 504. Default: the
    /// default of [`RetryOptions`].
    pub fn with_retry(mut self, retry: RetryOptions) -> Self {
        self.0.retry = retry;
        self
    }
}

impl<T: Transport> ClientAssertionCredential<T> {
    /// Creates a credential. The tenant is the id of a directory or one of its domain names. `assertion` returns a JWT and
    /// is called for every new token; its error becomes the error of the call.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidCredential` if a part is blank or invalid.
    pub fn new<F, A>(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        assertion: F,
        transport: T,
    ) -> Result<Self>
    where
        F: Fn() -> A + MaybeSend + MaybeSync + 'static,
        A: Future<Output = Result<String, TransportError>> + MaybeSend + 'static,
    {
        let source = Source::Assertion(Box::new(assertion));
        Application::new(tenant_id.into(), client_id.into(), source, transport).map(Self)
    }

    /// Replaces the authority host. Default: [`AUTHORITY`]. The assertion is sent there, so that it must be https or this
    /// machine.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidCredential` if it is not.
    pub fn with_authority(self, authority: &str) -> Result<Self> {
        self.0.at(authority).map(Self)
    }

    /// How token requests are retried: after a network error and after 408, 429, 500, 502, 503 and 504. Default: the
    /// default of [`RetryOptions`].
    pub fn with_retry(mut self, retry: RetryOptions) -> Self {
        self.0.retry = retry;
        self
    }
}

impl<T: Transport> TokenCredential for ClientSecretCredential<T> {
    fn get_token(
        &self,
        scopes: &[&str],
        claims: Option<&str>,
    ) -> BoxFuture<Result<AccessToken, TransportError>> {
        self.0.get_token(scopes, claims)
    }
}

impl<T: Transport> TokenCredential for ClientAssertionCredential<T> {
    fn get_token(
        &self,
        scopes: &[&str],
        claims: Option<&str>,
    ) -> BoxFuture<Result<AccessToken, TransportError>> {
        self.0.get_token(scopes, claims)
    }
}

impl<T: Transport> fmt::Debug for ClientSecretCredential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecretCredential")
            .field("url", &self.0.url)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> fmt::Debug for ClientAssertionCredential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAssertionCredential")
            .field("url", &self.0.url)
            .finish_non_exhaustive()
    }
}

/// The source of what proves the application's identity.
enum Source {
    Secret(String),
    Assertion(Box<dyn Assert>),
}

/// A source of assertions.
trait Assert: MaybeSend + MaybeSync {
    fn assert(&self) -> BoxFuture<Result<String, TransportError>>;
}

impl<F, A> Assert for F
where
    F: Fn() -> A + MaybeSend + MaybeSync,
    A: Future<Output = Result<String, TransportError>> + MaybeSend + 'static,
{
    fn assert(&self) -> BoxFuture<Result<String, TransportError>> {
        Box::pin(self())
    }
}

/// An application, and the URL that its tokens come from.
struct Application<T> {
    identity: Arc<Identity<T>>,
    url: String,
    retry: RetryOptions,
}

struct Identity<T> {
    transport: T,
    tenant_id: String,
    client_id: String,
    source: Source,
}

impl<T: Transport> Application<T> {
    fn new(tenant_id: String, client_id: String, source: Source, transport: T) -> Result<Self> {
        let identity = Arc::new(Identity {
            transport,
            tenant_id,
            client_id,
            source,
        });
        let application = Self {
            identity,
            url: String::new(),
            retry: RetryOptions::default(),
        };
        application.at(AUTHORITY)
    }

    fn at(mut self, authority: &str) -> Result<Self> {
        // The core reads an empty authority as the default one.
        if authority.is_empty() {
            return Err(Fault::Authority.into());
        }
        let Identity {
            tenant_id, client_id, ..
        } = &*self.identity;
        let (tenant_id, client_id) = (tenant_id.as_bytes(), client_id.as_bytes());
        self.url = write(|sink| write_token_url(tenant_id, client_id, authority.as_bytes(), sink))?.0;
        Ok(self)
    }

    fn get_token(
        &self,
        scopes: &[&str],
        claims: Option<&str>,
    ) -> BoxFuture<Result<AccessToken, TransportError>> {
        let (identity, url, scope) = (self.identity.clone(), self.url.clone(), scopes.join(" "));
        let (claims, policy) = (String::from(claims.unwrap_or_default()), self.retry.policy());
        Box::pin(async move { identity.request_token(url, &scope, &claims, &policy).await })
    }
}

impl<T: Transport> Identity<T> {
    /// Sends a request, and again when the issuer is busy, fails or does not respond.
    async fn send(
        &self,
        request: Request<T::Body>,
        policy: &RetryPolicy,
    ) -> Result<T::Response, TransportError> {
        let mut number = 0;
        loop {
            number += 1;
            let result = self.transport.send(request.clone()).await;
            let headers = retry_after(&result);
            let attempt = Attempt {
                number,
                status: result.as_ref().ok().map(TransportResponse::status),
                content_type: b"",
                retry_after: headers.each_ref().map(String::as_bytes),
                now: seconds(self.transport.now()),
                random: self.transport.random() as u32,
            };
            match judge(&Expectation::TOKEN, policy, &attempt) {
                Judgement::Retry(delay) => {
                    self.transport.sleep(Duration::from_millis(delay.into())).await;
                }
                Judgement::Done | Judgement::Fail(_) => return result,
            }
        }
    }

    async fn request_token(
        &self,
        url: String,
        scope: &str,
        claims: &str,
        policy: &RetryPolicy,
    ) -> Result<AccessToken, TransportError> {
        let assertion;
        let proof = match &self.source {
            Source::Secret(secret) => Proof::Secret(secret.as_bytes()),
            Source::Assertion(source) => {
                assertion = source.assert().await?;
                Proof::Assertion(assertion.as_bytes())
            }
        };
        let (client_id, scope, claims) = (self.client_id.as_bytes(), scope.as_bytes(), claims.as_bytes());
        let form = write(|sink| write_form(client_id, scope, claims, proof, sink));
        let (form, ()) =
            form.map_err(|fault| TransportError::credential(Error::from(fault).to_string(), None))?;
        let header = |name: &str, value: &str| (String::from(name), String::from(value));
        let request = Request {
            method: Method::Post,
            url,
            headers: vec![
                header("Content-Type", "application/x-www-form-urlencoded"),
                header("Accept", "application/json"),
            ],
            body: Some(form.into()),
        };
        let response = self.send(request, policy).await;
        let response =
            response.map_err(|error| TransportError::of(TransportErrorKind::Issuer, error.cause))?;
        let body: TokenBody = response.json().map(|Object(body)| body).unwrap_or_default();
        let issued = Issued {
            status: response.status(),
            token: body.access_token.0.as_bytes(),
            expires_in: body.expires_in.0.as_bytes(),
            refresh_in: body.refresh_in.0.as_bytes(),
            error: body.error.0.as_bytes(),
            description: body.error_description.0.as_bytes(),
        };
        let Some((expires_on, refresh_after)) = issued.times(seconds(self.transport.now())) else {
            let refusal = write_text(|sink| issued.write_refusal(proof.expose(), sink));
            return Err(TransportError {
                kind: match issued.kind() {
                    Kind::TooManyRequests => TransportErrorKind::IssuerBusy,
                    Kind::Server => TransportErrorKind::IssuerFailed,
                    _ => TransportErrorKind::Credential,
                },
                ..TransportError::credential(refusal, None)
            });
        };
        let time = |seconds: u32| Duration::from_secs(seconds.into());
        Ok(AccessToken {
            token: body.access_token.0,
            expires_on: time(expires_on),
            refresh_after: refresh_after.map(time),
        })
    }
}
