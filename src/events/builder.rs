//! Setting up a handler.
//!
//! In here: its options, collected. Not in here: what is checked of them (`core/events/verdict.rs`).

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::handler::Handler;
use crate::{
    access_key::AccessKey,
    bridge::{Values, write},
    connection_string::ConnectionString,
    core::{
        events::verdict::{MAX_BODY_BYTES, write_path},
        given::Parameter,
    },
    error::Result,
    names::Hub,
};

/// Options of a [`Handler`]. They are checked by [`build`](Self::build).
#[derive(Clone, Default)]
pub struct Builder {
    hub: String,
    path: Option<String>,
    connection_string: Option<String>,
    keys: Vec<AccessKey>,
    keys_per_event: bool,
    skips_verification: bool,
    has_allowed_endpoints: bool,
    settings: Values,
    max_body_bytes: Option<usize>,
}

impl Handler {
    /// Options of a handler of the events of a hub, whose name may be in any letter case.
    pub fn builder(hub: impl Into<String>) -> Builder {
        Builder {
            hub: hub.into(),
            ..Builder::default()
        }
    }
}

impl Builder {
    /// The path to listen at and below, in any letter case. Default: `/api/webpubsub/hubs/{hub}/`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// A connection string, whose access key verifies events.
    pub fn connection_string(mut self, connection_string: impl Into<String>) -> Self {
        self.connection_string = Some(connection_string.into());
        self
    }

    /// Adds an access key that verifies events. Add both keys of a resource while keys are being rotated.
    pub fn access_key(mut self, key: AccessKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Keys are given with each event, to [`Handler::receive_with`].
    pub fn keys_per_event(mut self) -> Self {
        self.keys_per_event = true;
        self
    }

    /// Accepts events from anyone.
    pub fn dangerously_skip_signature_verification(mut self) -> Self {
        self.skips_verification = true;
        self
    }

    /// The services that events may come from, by URL or host. They are compared in the handshake and for every event.
    /// Default: any.
    pub fn allowed_endpoints<S: Into<String>>(mut self, endpoints: impl IntoIterator<Item = S>) -> Self {
        self.has_allowed_endpoints = true;
        self.settings.set(Parameter::AllowedEndpoints, endpoints);
        self
    }

    /// Maximum size of a body, in bytes. Default: 1048576 (1 MiB), the largest message.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = Some(bytes);
        self
    }

    /// Creates the handler.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code
    /// - `MissingAccessKey` if there is nothing to verify events with,
    /// - `InvalidPath` for a path that does not begin with a slash, or has a query,
    /// - `InvalidEndpoint` for an allowed endpoint that is neither a URL nor a host, or for an empty list of them,
    /// - `InvalidHub` or `InvalidConnectionString`.
    pub fn build(self) -> Result<Handler> {
        let mut keys = self.keys;
        if let Some(connection_string) = self.connection_string {
            keys.push(ConnectionString::parse(&connection_string)?.access_key);
        }
        let (path, ()) = write(|sink| {
            write_path(
                self.hub.as_bytes(),
                self.path.as_ref().map(String::as_bytes),
                !keys.is_empty() || self.keys_per_event || self.skips_verification,
                self.has_allowed_endpoints,
                &&self.settings,
                sink,
            )
        })?;
        Ok(Handler {
            hub: Hub::new(self.hub)?,
            path,
            settings: self.settings,
            keys,
            skips_verification: self.skips_verification,
            max_body_bytes: self.max_body_bytes.unwrap_or(MAX_BODY_BYTES as usize),
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
