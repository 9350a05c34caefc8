//! Access keys: the one place that signs.
//!
//! In here: HMAC-SHA256 with a key whose state is computed once, compact JWTs, and the check of signatures of
//! webhooks. Not in here: which claims a token has (`token.rs`), which header carries a signature (`events`).

use alloc::string::String;
use core::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};

/// `{"alg":"HS256","typ":"JWT"}`, the header of every token that has no header of its own.
const JOSE_HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// An access key of a Web PubSub resource, ready to sign.
///
/// Only the state of the hash is kept, not the text of the key, and nothing of it is ever printed.
#[derive(Clone)]
pub struct AccessKey(Hmac<Sha256>);

impl AccessKey {
    /// Takes the key as the portal shows it. The service uses the bytes of this text; it does not decode it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidAccessKey` when the key is empty or all blanks.
    pub fn new(key: impl AsRef<str>) -> Result<Self> {
        let key = key.as_ref();
        let empty = || {
            Error::invalid(
                "InvalidAccessKey",
                "The access key is empty: copy one from Keys in the portal",
            )
        };
        if key.trim_ascii().is_empty() {
            return Err(empty());
        }
        Hmac::new_from_slice(key.as_bytes())
            .map(Self)
            .map_err(|_| empty())
    }

    /// A compact JWT over these claims, which are JSON. `header` is the JOSE header as JSON where it is not
    /// the plain one.
    pub(crate) fn jwt(&self, claims: &str, header: Option<&str>) -> String {
        let mut token = String::with_capacity(claims.len() * 4 / 3 + 96);
        match header {
            None => token.push_str(JOSE_HEADER),
            Some(header) => URL_SAFE_NO_PAD.encode_string(header, &mut token),
        }
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.0.clone().chain_update(&token).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    /// Whether `signature` is this key's HMAC of `message`, in constant time.
    pub(crate) fn verify(&self, message: &str, signature: &[u8]) -> bool {
        self.0
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .is_ok()
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(redacted)")
    }
}
