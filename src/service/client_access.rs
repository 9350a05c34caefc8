//! Client access tokens, from whichever side can make them.
//!
//! In here: with an access key the token is signed here, at once; with Entra ID the service is asked for it.
//! Not in here: claims (`token.rs`).

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use core::{future::IntoFuture, time::Duration};

use super::{
    call::{CallOptions, common_options},
    client::{Core, WebPubSubServiceClient},
    credential::Credential,
    transport::{Answer, BoxFuture, Transport},
};
use crate::{
    error::{Error, Result, unexpected},
    json::Json,
    token::{ClientAccess, ClientAccessToken, ClientProtocol},
};

/// A client access token that was not asked for yet: `.await` it, or [`sign`](Self::sign) it.
#[must_use = "no token is made until it is awaited"]
pub struct GetClientAccessToken<T: Transport> {
    core: Arc<Core<T>>,
    access: ClientAccess,
    options: CallOptions,
}

impl<T: Transport> WebPubSubServiceClient<T> {
    /// A token with which a client connects to the hub, and the URL that it connects to. With an access key it is
    /// signed here, and nothing is sent; with Entra ID the service is asked for it.
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
        GetClientAccessToken {
            core: self.core.clone(),
            access: ClientAccess::default(),
            options: CallOptions::default(),
        }
    }
}

impl<T: Transport> GetClientAccessToken<T> {
    /// Who the client is. Without it the client is anonymous.
    pub fn user_id(mut self, user_id: impl Into<String>) -> Self {
        self.access.user_id = Some(user_id.into());
        self
    }

    /// What the client may do; see [`crate::roles`].
    pub fn roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.access.roles = roles.into_iter().map(Into::into).collect::<Vec<_>>();
        self
    }

    /// The groups that the client is in from the start.
    pub fn groups<S: Into<String>>(mut self, groups: impl IntoIterator<Item = S>) -> Self {
        self.access.groups = groups.into_iter().map(Into::into).collect::<Vec<_>>();
        self
    }

    /// How long the client may connect with it; one hour unless told. See [`ClientAccess::lifetime`].
    pub fn expires_after(mut self, lifetime: Duration) -> Self {
        self.access.lifetime = lifetime;
        self
    }

    /// What the client speaks.
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

    /// Signs the token at once, which takes an access key.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] when the client has no access key, or anything of the token is not allowed.
    pub fn sign(&self) -> Result<ClientAccessToken> {
        self.core.sign_client_access(&self.access)?.ok_or_else(|| {
            Error::invalid(
                "CredentialCannotSign",
                "This client has no access key to sign with: await the token, so that the service is asked for it",
            )
        })
    }
}

impl<T: Transport> IntoFuture for GetClientAccessToken<T> {
    type Output = Result<ClientAccessToken>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.core.client_access(&self.access, &self.options).await })
    }
}

impl<T: Transport> Core<T> {
    /// The token, when a key can sign it.
    pub(crate) fn sign_client_access(&self, access: &ClientAccess) -> Result<Option<ClientAccessToken>> {
        let Credential::Key(credential) = &self.credential else {
            return Ok(None);
        };
        let token = access.sign(&credential.key(), &self.endpoint, &self.hub, self.transport.now())?;
        Ok(Some(self.with_url(access.protocol, token.token)))
    }

    pub(crate) async fn client_access(
        &self,
        access: &ClientAccess,
        options: &CallOptions,
    ) -> Result<ClientAccessToken> {
        if let Some(token) = self.sign_client_access(access)? {
            return Ok(token);
        }
        let operation = access.operation()?;
        let answer = self.run(&operation, None, options).await?;
        let token = answer
            .json()
            .and_then(|json| json.get("token"))
            .and_then(|token| token.text());
        Ok(self.with_url(
            access.protocol,
            token.ok_or_else(|| unexpected("a client access token"))?,
        ))
    }

    fn with_url(&self, protocol: ClientProtocol, token: String) -> ClientAccessToken {
        let proxy = self
            .options
            .reverse_proxy
            .as_ref()
            .filter(|_| self.options.reverse_proxy_client_urls);
        ClientAccessToken::new(protocol, &self.endpoint, proxy, &self.hub, token)
    }
}
