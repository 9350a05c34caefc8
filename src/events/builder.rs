//! How a handler is set up.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{Handler, head::normalized, origins::Allowed};
use crate::{
    access_key::AccessKey,
    connection_string::ConnectionString,
    error::{Error, Result},
    names::Hub,
};

/// As much as a message can have.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A [`Handler`] in the making. Everything is checked by [`build`](Self::build).
#[derive(Clone, Default)]
pub struct Builder {
    pub(crate) hub: String,
    pub(crate) path: Option<String>,
    pub(crate) connection_string: Option<String>,
    pub(crate) keys: Vec<AccessKey>,
    pub(crate) keys_per_event: bool,
    pub(crate) skips_verification: bool,
    pub(crate) allowed_endpoints: Option<Vec<String>>,
    pub(crate) max_body_bytes: Option<usize>,
}

impl Builder {
    /// The path to listen at and below, in any letter case; `/api/webpubsub/hubs/{hub}/` by default.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// A connection string, whose access key verifies events.
    pub fn connection_string(mut self, connection_string: impl Into<String>) -> Self {
        self.connection_string = Some(connection_string.into());
        self
    }

    /// An access key that verifies events. Add both of a resource while keys are being rotated.
    pub fn access_key(mut self, key: AccessKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Keys are given with each event, to [`Handler::receive_with`].
    pub fn keys_per_event(mut self) -> Self {
        self.keys_per_event = true;
        self
    }

    /// Takes events from anyone.
    pub fn dangerously_skip_signature_verification(mut self) -> Self {
        self.skips_verification = true;
        self
    }

    /// The services that events may come from, by URL or host; any by default. Compared in the handshake and
    /// for every event.
    pub fn allowed_endpoints<S: Into<String>>(mut self, endpoints: impl IntoIterator<Item = S>) -> Self {
        self.allowed_endpoints = Some(endpoints.into_iter().map(Into::into).collect());
        self
    }

    /// How many bytes a body may have; 1048576 (1 MiB) by default, as much as a message can have.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = Some(bytes);
        self
    }

    /// The handler.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code
    /// - `MissingAccessKey` when there is nothing to verify events with,
    /// - `InvalidPath` for a path that does not begin with a slash, or has a query,
    /// - `InvalidEndpoint` for an allowed endpoint that is neither a URL nor a host, or for none at all,
    /// - `InvalidHub` or `InvalidConnectionString`.
    pub fn build(self) -> Result<Handler> {
        let hub = Hub::new(self.hub)?;
        let mut keys = self.keys;
        if let Some(connection_string) = self.connection_string {
            keys.push(ConnectionString::parse(&connection_string)?.access_key);
        }
        if keys.is_empty() && !self.keys_per_event && !self.skips_verification {
            return Err(Error::invalid(
                "MissingAccessKey",
                "There is no access key to verify events with: give the connection string or the access keys of the resource",
            ));
        }
        let mut path = self.path.unwrap_or_else(|| {
            let mut path = String::from("/api/webpubsub/hubs/");
            path.push_str(hub.as_str());
            path
        });
        if !path.starts_with('/') || path.contains(['?', '#']) {
            return Err(Error::invalid(
                "InvalidPath",
                "The path is malformed: give one that begins with / and has no query, like /api/webpubsub/hubs/chat/",
            ));
        }
        path.make_ascii_lowercase();
        if !path.ends_with('/') {
            path.push('/');
        }
        Ok(Handler {
            hub,
            prefix: normalized(&path),
            path,
            allowed: self
                .allowed_endpoints
                .map(Allowed::parse)
                .transpose()?
                .unwrap_or_default(),
            keys,
            skips_verification: self.skips_verification,
            max_body_bytes: self.max_body_bytes.unwrap_or(MAX_BODY_BYTES),
        })
    }
}

/// Shows no secret: neither keys nor the path, which may hold one.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("hub", &self.hub)
            .finish_non_exhaustive()
    }
}
