//! Connection strings, as the portal shows them.
//!
//! In here: the owned members. Not in here: parsing (`core/connection_string.rs`).

use alloc::string::String;
use core::fmt;

use crate::{access_key::AccessKey, core::connection_string, endpoint::Endpoint, error::Result};

/// The members of a connection string.
///
/// ```
/// use webpubsub_edge::ConnectionString;
///
/// let parsed = ConnectionString::parse("Endpoint=http://127.0.0.1;Port=8080;AccessKey=a-key;Version=1.0;")?;
/// assert_eq!(parsed.endpoint.origin(), "http://127.0.0.1:8080");
/// let error = ConnectionString::parse("Endpoint=https://contoso.webpubsub.azure.com").unwrap_err();
/// assert_eq!(error.code(), "InvalidConnectionString");
/// # Ok::<(), webpubsub_edge::Error>(())
/// ```
#[derive(Clone)]
pub struct ConnectionString {
    /// The endpoint of the service.
    pub endpoint: Endpoint,
    /// The key that signs.
    pub access_key: AccessKey,
}

impl ConnectionString {
    /// Parses a connection string. Names may be in any letter case and order, blanks around names and values are
    /// trimmed, `Port` replaces the endpoint's port, unknown names are ignored.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidConnectionString`. The message names the
    /// member that is missing, empty, malformed or repeated, and never repeats a value.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed = connection_string::ConnectionString::parse(text.as_bytes())?;
        Ok(Self {
            endpoint: Endpoint::new(&parsed.endpoint),
            access_key: AccessKey::new(String::from_utf8_lossy(parsed.access_key.expose()))?,
        })
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionString")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
