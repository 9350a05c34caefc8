//! Client access tokens: signed locally with an access key, issued by the service with Entra ID.
//!
//! In here: the call and its options. Not in here: claims and limits (`core/token.rs`).

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use core::{future::IntoFuture, time::Duration};

use super::{
    credential::Credential,
    options::{CallOptions, common_options},
    pipeline::Pipeline,
    transport::{BoxFuture, Transport, TransportResponse},
};
use crate::{
    core::error::Fault,
    error::Result,
    json::{IssuedBody, Object},
    operation::OperationKind,
    token::{ClientAccess, ClientAccessToken, ClientProtocol},
};

/// A client access token that has not been requested: `.await` it, or [`sign`](Self::sign) it.
#[must_use = "there is no token until it is awaited or signed"]
pub struct GetClientAccessToken<T: Transport> {
    pipeline: Arc<Pipeline<T>>,
    access: ClientAccess,
    options: CallOptions,
}

impl<T: Transport> GetClientAccessToken<T> {
    pub(super) fn new(pipeline: &Arc<Pipeline<T>>) -> Self {
        Self {
            pipeline: pipeline.clone(),
            access: ClientAccess::default(),
            options: CallOptions::default(),
        }
    }

    /// The user id. Without it the client is anonymous.
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.access.user_id = Some(user_id.into());
        self
    }

    /// The roles of the client; see [`crate::roles`].
    pub fn roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.access.roles = roles.into_iter().map(Into::into).collect::<Vec<_>>();
        self
    }

    /// The groups that the client joins when it connects.
    pub fn groups<S: Into<String>>(mut self, groups: impl IntoIterator<Item = S>) -> Self {
        self.access.groups = groups.into_iter().map(Into::into).collect::<Vec<_>>();
        self
    }

    /// How long the client may connect with the token. Default: one hour. See [`ClientAccess::lifetime`].
    pub fn expires_after(mut self, lifetime: Duration) -> Self {
        self.access.lifetime = lifetime;
        self
    }

    /// The protocol of the client.
    pub fn client_protocol(mut self, protocol: ClientProtocol) -> Self {
        self.access.protocol = protocol;
        self
    }

    /// Adds a member to the JOSE header of a token that an access key signs; the value is JSON.
    pub fn jwt_header(mut self, name: impl Into<String>, json: impl Into<String>) -> Self {
        self.access.jwt_headers.push((name.into(), json.into()));
        self
    }

    common_options!();

    /// Signs the token at once, which needs an access key.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) if the client has no access key, or an option is invalid.
    pub fn sign(&self) -> Result<ClientAccessToken> {
        let pipeline = &*self.pipeline;
        let Credential::Key(credential) = &pipeline.credential else {
            return Err(Fault::CredentialCannotSign.into());
        };
        let (key, now) = (credential.key(), pipeline.transport.now());
        self.access
            .sign_for(&key, &pipeline.endpoint, pipeline.clients(), &pipeline.hub, now)
    }

    /// Requests the token from the service.
    async fn request(&self) -> Result<ClientAccessToken> {
        let pipeline = &*self.pipeline;
        let (kind, values) = (OperationKind::GenerateClientToken, self.access.values());
        let response = pipeline.run(kind, &values, None, &self.options).await?;
        let body: Option<Object<IssuedBody>> = response.json();
        let Object(IssuedBody { token }) = body.ok_or(Fault::NotToken)?;
        let protocol = self.access.protocol;
        ClientAccessToken::issued(&token, protocol, pipeline.clients(), &pipeline.hub)
    }
}

impl<T: Transport> IntoFuture for GetClientAccessToken<T> {
    type Output = Result<ClientAccessToken>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match &self.pipeline.credential {
                Credential::Key(_) => self.sign(),
                Credential::Token(_) => self.request().await,
            }
        })
    }
}
