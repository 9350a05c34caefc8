//! Credentials of Microsoft Entra ID that need nothing but a transport.
//!
//! In here: the client credentials flow of OAuth 2.0, in which an application proves itself by a secret or by an
//! assertion. Not in here: keeping the tokens (`credential.rs`), other flows; a
//! [`TokenCredential`] of your own does those.

use alloc::{
    borrow::Cow,
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
};
use core::{fmt, future::Future, time::Duration};

use super::{
    credential::{AccessToken, TokenCredential},
    transport::{Answer, BoxFuture, MaybeSend, MaybeSync, Transport},
};
use crate::{
    endpoint::{Endpoint, split_url},
    error::{Error, Result, TransportError},
    json::Json,
    names::encode,
    operation::{Method, Request},
};

/// The authority of the public cloud. Other clouds have others: `https://login.microsoftonline.us`,
/// `https://login.chinacloudapi.cn`.
pub const AUTHORITY: &str = "https://login.microsoftonline.com";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An application that proves itself by a client secret. It must hold the role "Web PubSub Service Owner" on the
/// resource.
///
/// ```
/// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::{ClientSecretCredential, Transport}};
/// # fn client<T: Transport + Clone>(transport: T, secret: &str) -> Result<WebPubSubServiceClient<T>, Error> {
/// let credential = ClientSecretCredential::new("contoso.com", "a-client-id", secret, transport.clone())?;
/// WebPubSubServiceClient::new("https://contoso.webpubsub.azure.com", "chat", credential, transport)
/// # }
/// ```
pub struct ClientSecretCredential<T: Transport>(Application<T>);

/// An application that proves itself by a signed assertion, as workload identity federation does. It must hold
/// the role "Web PubSub Service Owner" on the resource.
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
    /// An application of a tenant, which is the id of a directory or one of its domain names.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidCredential` when a part is empty or not allowed.
    pub fn new(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        transport: T,
    ) -> Result<Self> {
        let secret = required(client_secret.into(), "client secret")?;
        Application::new(
            tenant_id.into(),
            client_id.into(),
            Proof::Secret(secret),
            transport,
        )
        .map(Self)
    }

    /// Another authority than [`AUTHORITY`]. The secret goes there, so it is https, or this machine.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidCredential` when it is not.
    pub fn with_authority(self, authority: &str) -> Result<Self> {
        self.0.at(authority).map(Self)
    }
}

impl<T: Transport> ClientAssertionCredential<T> {
    /// An application of a tenant, which is the id of a directory or one of its domain names. `assertion` gives
    /// a JWT, and is called for every new token; an error of it becomes the error of the call.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidCredential` when a part is empty or not allowed.
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
        let proof = Proof::Assertion(Box::new(assertion));
        Application::new(tenant_id.into(), client_id.into(), proof, transport).map(Self)
    }

    /// Another authority than [`AUTHORITY`]. The assertion goes there, so it is https, or this machine.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidCredential` when it is not.
    pub fn with_authority(self, authority: &str) -> Result<Self> {
        self.0.at(authority).map(Self)
    }
}

impl<T: Transport> TokenCredential for ClientSecretCredential<T> {
    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
        self.0.get_token(scopes)
    }
}

impl<T: Transport> TokenCredential for ClientAssertionCredential<T> {
    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
        self.0.get_token(scopes)
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

/// What shows who the application is.
enum Proof {
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

/// An application, and where it asks.
struct Application<T> {
    identity: Arc<Identity<T>>,
    url: String,
}

struct Identity<T> {
    transport: T,
    tenant_id: String,
    client_id: String,
    proof: Proof,
}

impl<T: Transport> Application<T> {
    fn new(tenant_id: String, client_id: String, proof: Proof, transport: T) -> Result<Self> {
        let tenant_id = required(tenant_id, "tenant id")?;
        // Anything else could lead elsewhere.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if tenant_id.starts_with('.') || !tenant_id.bytes().all(plain) {
            return Err(invalid(
                "The tenant id is not allowed: it is the id of a directory or one of its domain names",
            ));
        }
        let client_id = required(client_id, "client id")?;
        let identity = Arc::new(Identity {
            transport,
            tenant_id,
            client_id,
            proof,
        });
        Self {
            identity,
            url: String::new(),
        }
        .at(AUTHORITY)
    }

    fn at(mut self, authority: &str) -> Result<Self> {
        let full = match split_url(authority) {
            Some(_) => authority.to_string(),
            None => ["https://", authority].concat(),
        };
        let endpoint = Endpoint::parse(&full).map_err(|_| {
            invalid("The authority is malformed: give one like https://login.microsoftonline.com")
        })?;
        if !endpoint.is_private(true) {
            return Err(invalid(
                "The authority is not https, so that others could read what proves the application",
            ));
        }
        self.url = [
            &*endpoint.origin(),
            "/",
            &self.identity.tenant_id,
            "/oauth2/v2.0/token",
        ]
        .concat();
        Ok(self)
    }

    fn get_token(&self, scopes: &[&str]) -> BoxFuture<Result<AccessToken, TransportError>> {
        let (identity, url, scope) = (self.identity.clone(), self.url.clone(), scopes.join(" "));
        Box::pin(async move { identity.ask(url, &scope).await })
    }
}

impl<T: Transport> Identity<T> {
    async fn ask(&self, url: String, scope: &str) -> Result<AccessToken, TransportError> {
        let mut form = String::from("grant_type=client_credentials");
        push(&mut form, "client_id", &self.client_id);
        push(&mut form, "scope", scope);
        let proof = match &self.proof {
            Proof::Secret(secret) => {
                push(&mut form, "client_secret", secret);
                Cow::Borrowed(&**secret)
            }
            Proof::Assertion(source) => {
                let assertion = source.assert().await?;
                push(&mut form, "client_assertion_type", ASSERTION_TYPE);
                push(&mut form, "client_assertion", &assertion);
                Cow::Owned(assertion)
            }
        };
        let header = |name, value: &str| (Cow::Borrowed(name), value.to_string());
        let request = Request {
            method: Method::Post,
            url,
            headers: alloc::vec![
                header("Content-Type", "application/x-www-form-urlencoded"),
                header("Accept", "application/json"),
            ],
            body: Some(form.into()),
        };
        let answer = self.transport.send(request).await.map_err(|error| {
            let message = "Microsoft Entra ID gave no answer: check the authority and the network";
            TransportError::credential(message, error.cause)
        })?;
        let json = answer.json();
        token(answer.status(), json.as_ref(), self.transport.now())
            .ok_or_else(|| TransportError::credential(refusal(answer.status(), json.as_ref(), &proof), None))
    }
}

/// The token in an answer, when there is one.
fn token<J: Json>(status: u16, json: Option<&J>, now: Duration) -> Option<AccessToken> {
    let member = |name: &str| json.and_then(|json| json.get(name));
    // Some issuers have numbers as text.
    let seconds = |name: &str| {
        let value = member(name)?;
        let number = value.number().or_else(|| value.text()?.parse().ok())?;
        Duration::try_from_secs_f64(number)
            .ok()
            .filter(|time| !time.is_zero())
    };
    let token = member("access_token")
        .and_then(|token| token.text())
        .filter(|token| !token.is_empty());
    if status != 200 {
        return None;
    }
    Some(AccessToken {
        token: token?,
        expires_on: now.saturating_add(seconds("expires_in")?),
        refresh_after: seconds("refresh_in").map(|time| now.saturating_add(time)),
    })
}

/// Why there was none, as the issuer said it: its first line names the cause, the others are for its support.
fn refusal<J: Json>(status: u16, json: Option<&J>, proof: &str) -> String {
    let member = |name: &str| {
        json.and_then(|json| json.get(name))
            .and_then(|value| value.text())
    };
    let said = member("error_description")
        .or_else(|| member("error"))
        .unwrap_or_default();
    let mut message = String::from("Microsoft Entra ID gave no token: ");
    match said.lines().next().filter(|line| !line.is_empty()) {
        // An issuer has no reason to repeat the proof; should it, nobody gets to read it.
        Some(line) => message.push_str(&line.replace(proof, "REDACTED")),
        None => {
            message.push_str("it answered ");
            crate::json::decimal(status.into(), &mut message);
            message.push_str(" without a reason; check the tenant id and the authority");
        }
    }
    message
}

/// Appends a parameter to a form that has one already.
fn push(form: &mut String, name: &str, value: &str) {
    form.push('&');
    form.push_str(name);
    form.push('=');
    encode(value, form);
}

fn required(text: String, what: &str) -> Result<String> {
    if text.trim_ascii().is_empty() {
        Err(invalid(["The ", what, " is empty"].concat()))
    } else {
        Ok(text)
    }
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::invalid("InvalidCredential", message)
}
