//! Access keys, owned.
//!
//! In here: the type that keeps a key and never shows it. Not in here: signing (`core/access_key.rs`).

use alloc::string::String;
use core::fmt;

use crate::{
    core::{access_key, error::Fault},
    error::Result,
};

/// An access key of a Web PubSub resource. Nothing of it is ever printed.
#[derive(Clone)]
pub struct AccessKey(String);

impl AccessKey {
    /// Creates a key from its text, as the portal shows it. The service uses the bytes of this text; it does not decode
    /// it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) with the code `InvalidAccessKey` if the key is empty or blank.
    pub fn new(key: impl AsRef<str>) -> Result<Self> {
        let key = Self(key.as_ref().into());
        key.get()?;
        Ok(key)
    }

    /// The key as the core signs with it.
    pub(crate) fn get(&self) -> Result<access_key::AccessKey<'_>, Fault> {
        access_key::AccessKey::new(self.as_bytes())
    }

    /// The text of the key.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(redacted)")
    }
}
