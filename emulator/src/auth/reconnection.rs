//! The tokens by which reliable clients come back to their connections.

use rand::distr::{Alphanumeric, SampleString as _};
use serde_json::json;

use super::{Claims, ENTRA_AUDIENCE, Keys, strings};

/// A week.
const LIFETIME_SECONDS: u64 = 7 * 24 * 60 * 60;

impl Keys {
    /// A token for one connection. It is good for nothing else: its audience is the connection's id.
    pub(crate) fn sign_reconnection(
        &self,
        connection_id: &str,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let mut claims = Claims::new();
        claims.insert("iss".to_owned(), json!(ENTRA_AUDIENCE));
        claims.insert("aud".to_owned(), json!(connection_id));
        claims.insert("exp".to_owned(), json!(self.clock.seconds() + LIFETIME_SECONDS));
        // Makes each token new.
        let id = Alphanumeric.sample_string(&mut rand::rng(), 16);
        claims.insert("jti".to_owned(), json!(id));
        self.sign(&claims)
    }

    /// Whether a token was signed for this connection and has not expired.
    pub(crate) fn is_reconnection(&self, token: &str, connection_id: &str) -> bool {
        self.verify(token)
            .is_ok_and(|claims| strings(&claims, "aud") == [connection_id])
    }
}
