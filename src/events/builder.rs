//! How a handler is set up.

use alloc::{string::String, vec::Vec};

use super::{Handler, head::normalized, origins::Allowed};
use crate::{
    access_key::AccessKey,
    connection_string::ConnectionString,
    error::{Error, Result},
    names::Hub,
};

/// As much as a message can have.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A [`Handler`] in the making.
#[derive(Debug, Clone)]
pub struct Builder {
    handler: Handler,
    keys_per_event: bool,
}

impl Builder {
    pub(super) fn new(hub: &str) -> Result<Self> {
        let hub = Hub::new(hub)?;
        let path = ["/api/webpubsub/hubs/", hub.as_str()].concat();
        let handler = Handler {
            hub,
            path: String::new(),
            prefix: Vec::new(),
            allowed: Allowed::default(),
            keys: Vec::new(),
            skips_verification: false,
            max_body_bytes: MAX_BODY_BYTES,
        };
        Self {
            handler,
            keys_per_event: false,
        }
        .path(path)
    }

    /// The path to listen at and below, in any letter case; `/api/webpubsub/hubs/{hub}/` by default.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidPath` unless it begins with a slash and has no query.
    pub fn path(mut self, path: impl AsRef<str>) -> Result<Self> {
        let path = path.as_ref();
        if !path.starts_with('/') || path.contains(['?', '#']) {
            return Err(Error::invalid(
                "InvalidPath",
                "The path is malformed: give one that begins with / and has no query, like /api/webpubsub/hubs/chat/",
            ));
        }
        self.handler.prefix = normalized(path);
        self.handler.path = path.to_ascii_lowercase();
        if !self.handler.path.ends_with('/') {
            self.handler.path.push('/');
        }
        Ok(self)
    }

    /// An access key that verifies events. Add both of a resource while keys are being rotated.
    pub fn access_key(mut self, key: AccessKey) -> Self {
        self.handler.keys.push(key);
        self
    }

    /// A connection string, whose access key verifies events.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidConnectionString`.
    pub fn connection_string(self, connection_string: &str) -> Result<Self> {
        Ok(self.access_key(ConnectionString::parse(connection_string)?.access_key))
    }

    /// Keys are given with each event, to [`Handler::receive_with`].
    pub fn keys_per_event(mut self) -> Self {
        self.keys_per_event = true;
        self
    }

    /// Takes events from anyone.
    pub fn dangerously_skip_signature_verification(mut self) -> Self {
        self.handler.skips_verification = true;
        self
    }

    /// The services that events may come from, by URL or host; any by default. Compared in the handshake and
    /// for every event.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidEndpoint`, also for none at all.
    pub fn allowed_endpoints<S: AsRef<str>>(
        mut self,
        endpoints: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        self.handler.allowed = Allowed::parse(endpoints)?;
        Ok(self)
    }

    /// How many bytes a body may have; 1048576 (1 MiB) by default, as much as a message can have.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.handler.max_body_bytes = bytes;
        self
    }

    /// The handler.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `MissingAccessKey` when there is nothing to verify events with.
    pub fn build(self) -> Result<Handler> {
        let handler = self.handler;
        if handler.keys.is_empty() && !self.keys_per_event && !handler.skips_verification {
            return Err(Error::invalid(
                "MissingAccessKey",
                "There is no access key to verify events with: give the connection string or the access keys of the resource",
            ));
        }
        Ok(handler)
    }
}
