//! Access keys: the one place that signs.
//!
//! In here: HMAC-SHA256, compact JWTs, and the check of signatures of webhooks. The caller keeps the key; its state is
//! computed anew for every signature, which costs two blocks of SHA-256 and keeps the core without a state of its own.
//! Not in here: which claims a token has (`token.rs`), which header has a signature (`events/signature.rs`).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::error::Fault;
use super::sink::Sink;
use super::text::is_blank;

/// `{"alg":"HS256","typ":"JWT"}`, the header of every token that has no header of its own.
const JOSE_HEADER: &[u8] = b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// An access key of a Web PubSub resource, as the portal shows it. The service uses the bytes of this text; it does not
/// decode it. It has no `Debug`, so that nothing prints it.
#[derive(Clone, Copy)]
pub struct AccessKey<'a>(&'a [u8]);

impl<'a> AccessKey<'a> {
    /// Checks a key: one that is empty or all blanks is invalid.
    pub fn new(key: &'a [u8]) -> Result<Self, Fault> {
        if is_blank(key) {
            Err(Fault::AccessKey)
        } else {
            Ok(Self(key))
        }
    }

    /// The text of the key, for whoever keeps it.
    pub fn expose(self) -> &'a [u8] {
        self.0
    }

    fn hmac(self, message: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC has keys of any length, so that this never fails.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0).ok()?;
        mac.update(message);
        Some(mac)
    }

    /// Writes a compact JWT over these claims, which are JSON. `header` is the JOSE header as JSON, empty for the plain
    /// one.
    pub fn write_jwt(self, header: &[u8], claims: &[u8], sink: &mut Sink<'_>) {
        let start = sink.len();
        if header.is_empty() {
            sink.text(JOSE_HEADER);
        } else {
            sink.base64url(header);
        }
        sink.byte(b'.');
        sink.base64url(claims);
        let mac = self.hmac(sink.since(start));
        sink.byte(b'.');
        write_mac(mac, sink);
    }

    /// Writes this key's HMAC of `message`, in base64url.
    pub fn write_hmac(self, message: &[u8], sink: &mut Sink<'_>) {
        write_mac(self.hmac(message), sink);
    }

    /// Whether `signature` is this key's HMAC of `message`, in constant time.
    pub fn verify(self, message: &[u8], signature: &[u8]) -> bool {
        self.hmac(message)
            .is_some_and(|mac| mac.verify_slice(signature).is_ok())
    }
}

#[inline(never)]
fn write_mac(mac: Option<Hmac<Sha256>>, sink: &mut Sink<'_>) {
    if let Some(mac) = mac {
        sink.base64url(&mac.finalize().into_bytes());
    }
}
