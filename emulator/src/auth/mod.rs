//! Access keys and tokens: who may call, who may connect, and what the service signs.
//!
//! Every check here is the real one (signature, audience, expiry); a failed check is named in the error.
//! No key or token is ever part of an error, a log line or a `Debug` output.

mod audience;
mod expiry;
mod reconnection;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::instruments::Clock;
use expiry::Expiry;

/// The claims of a verified token.
pub(crate) type Claims = Map<String, Value>;

/// The audience of Microsoft Entra ID tokens for Web PubSub.
const ENTRA_AUDIENCE: &str = "https://webpubsub.azure.com";

/// How many seconds the clock of whoever signed a token may differ from ours.
const CLOCK_SKEW: u64 = 5 * 60;

/// What proved the caller's identity on a REST call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A token signed with an access key for this URL.
    AccessKey,
    /// A Microsoft Entra ID token (or what stands for one here).
    Entra,
}

/// The check that a token failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenFault {
    #[error("{0}")]
    Absent(&'static str),
    #[error("The token is not a JSON Web Token: {0}.")]
    Malformed(String),
    #[error("The token is signed with an algorithm other than HS256.")]
    Algorithm,
    #[error("The signature of the token matches none of the access keys. Check the access key.")]
    Signature,
    #[error(
        "The token has expired: exp is {exp}, the clock here says {now} ({CLOCK_SKEW} seconds are allowed for). Check \
         the clock and the lifetime."
    )]
    Expired { exp: u64, now: u64 },
    #[error(
        "The token is not valid yet: nbf is {nbf}, the clock here says {now} ({CLOCK_SKEW} seconds are allowed for). \
         Check the clock."
    )]
    NotYetValid { nbf: u64, now: u64 },
    #[error("The token has expired: all tokens that existed then were expired on request. Get a new one.")]
    ExpiredOnRequest,
    #[error("The token has no usable claim '{0}'.")]
    MissingClaim(String),
    #[error("The audience of the token is '{got}', but it must be the URL requested: '{want}'.")]
    Audience { got: String, want: String },
}

struct AccessKey {
    decoding: DecodingKey,
    encoding: EncodingKey,
    hmac: Hmac<Sha256>,
}

/// Who is let in, as it can be set, also while the service runs.
#[derive(Clone)]
pub(crate) struct AccessOptions {
    /// At least one, the primary first; the key material is the text itself, not what base64 would decode it to.
    pub(crate) access_keys: Vec<String>,
    /// Opaque tokens taken for Entra tokens.
    pub(crate) entra_tokens: Vec<String>,
    /// Whether clients may connect to a hub without a token; `*` is for the hubs that are not named.
    pub(crate) anonymous: HashMap<String, bool>,
}

/// The access keys, primary first, the opaque tokens taken for Entra tokens, which hubs need no token, and the clock that
/// tokens go by.
pub(crate) struct Keys {
    set: RwLock<Arc<KeySet>>,
    clock: Clock,
    expiry: Expiry,
}

struct KeySet {
    keys: Vec<AccessKey>,
    options: AccessOptions,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("keys", &self.current().keys.len())
            .finish_non_exhaustive()
    }
}

impl KeySet {
    fn new(options: AccessOptions) -> Arc<Self> {
        let key = |text: &String| AccessKey {
            decoding: DecodingKey::from_secret(text.as_bytes()),
            encoding: EncodingKey::from_secret(text.as_bytes()),
            hmac: Hmac::new_from_slice(text.as_bytes()).expect("HMAC takes keys of any length"),
        };
        let keys = options.access_keys.iter().map(key).collect();
        Arc::new(Self { keys, options })
    }
}

impl Keys {
    pub(crate) fn new(options: AccessOptions, clock: Clock) -> Self {
        Self {
            set: RwLock::new(KeySet::new(options)),
            clock,
            expiry: Expiry::default(),
        }
    }

    /// Puts other keys in force. Clients that are connected stay.
    pub(crate) fn replace(&self, options: AccessOptions) {
        *self.set.write().unwrap_or_else(PoisonError::into_inner) = KeySet::new(options);
    }

    fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The primary access key: a secret.
    pub(crate) fn primary(&self) -> String {
        self.current()
            .options
            .access_keys
            .first()
            .cloned()
            .unwrap_or_default()
    }

    /// Whether clients without a token may connect to a (lower-cased) hub.
    pub(crate) fn allows_anonymous(&self, hub: &str) -> bool {
        let current = self.current();
        let policies = &current.options.anonymous;
        policies
            .get(hub)
            .or_else(|| policies.get("*"))
            .copied()
            .unwrap_or(false)
    }

    /// Checks the bearer token of a REST call whose URL may be written as any of `urls`; the audience may leave out
    /// the query.
    pub(crate) fn verify_call(&self, token: &str, urls: &[String]) -> Result<Caller, TokenFault> {
        if self
            .current()
            .options
            .entra_tokens
            .iter()
            .any(|known| known == token)
        {
            return Ok(Caller::Entra);
        }
        let claims = self.verify(token)?;
        if audiences(&claims)
            .iter()
            .any(|aud| aud.trim_end_matches('/') == ENTRA_AUDIENCE)
        {
            return Ok(Caller::Entra);
        }
        let accept = |aud: &str| urls.iter().any(|url| audience::is_resource(aud, url));
        check_audience(&claims, accept, urls)?;
        Ok(Caller::AccessKey)
    }

    /// Checks a client access token against the client URLs.
    pub(crate) fn verify_client(&self, token: &str, urls: &[String]) -> Result<Claims, TokenFault> {
        let claims = self.verify(token)?;
        let accept = |aud: &str| urls.iter().any(|url| audience::is(aud, url));
        check_audience(&claims, accept, urls)?;
        Ok(claims)
    }

    /// Signs a client access token with the primary key.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header::new(Algorithm::HS256);
        let token = encode(&header, claims, &self.current().keys[0].encoding)?;
        self.expiry.remember(&token);
        Ok(token)
    }

    /// Expires every token that was signed until this returns: until the end of the current second.
    pub(crate) async fn expire_all(&self) {
        self.expiry.expire_all().await;
    }

    /// Makes tokens that were expired on request valid again, as long as they have not expired by themselves.
    pub(crate) fn forget_expiry(&self) {
        self.expiry.forget();
    }

    /// The `ce-signature` of a connection: one HMAC per key, primary first.
    pub(crate) fn signature(&self, connection_id: &str) -> String {
        let sign = |key: &AccessKey| {
            let mut hmac = key.hmac.clone();
            hmac.update(connection_id.as_bytes());
            format!("sha256={}", hex::encode(hmac.finalize().into_bytes()))
        };
        self.current().keys.iter().map(sign).collect::<Vec<_>>().join(",")
    }

    /// Signature, expiry and "not before", in that order.
    fn verify(&self, token: &str) -> Result<Claims, TokenFault> {
        let header = decode_header(token).map_err(|e| TokenFault::Malformed(describe(&e)))?;
        if header.alg != Algorithm::HS256 {
            return Err(TokenFault::Algorithm);
        }
        // The library proves the signature; the times are compared here so that the error can tell them.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_aud = false;
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let mut fault = TokenFault::Signature;
        for key in &self.current().keys {
            match decode::<Claims>(token, &key.decoding, &validation) {
                Ok(data) => {
                    let claims = check_times(data.claims, self.clock.seconds())?;
                    return match self.expiry.is_expired(token, seconds(&claims, "iat")) {
                        true => Err(TokenFault::ExpiredOnRequest),
                        false => Ok(claims),
                    };
                }
                Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
                Err(error) => fault = TokenFault::Malformed(describe(&error)),
            }
        }
        Err(fault)
    }
}

/// A claim that may be one string or a list of strings.
pub(crate) fn strings(claims: &Claims, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

fn seconds(claims: &Claims, name: &str) -> Option<u64> {
    let value = claims.get(name)?;
    value.as_u64().or(value.as_f64().map(|seconds| seconds as u64))
}

fn check_times(claims: Claims, now: u64) -> Result<Claims, TokenFault> {
    let exp = seconds(&claims, "exp").ok_or_else(|| TokenFault::MissingClaim("exp".to_owned()))?;
    if exp.saturating_add(CLOCK_SKEW) <= now {
        return Err(TokenFault::Expired { exp, now });
    }
    match seconds(&claims, "nbf") {
        Some(nbf) if nbf > now.saturating_add(CLOCK_SKEW) => Err(TokenFault::NotYetValid { nbf, now }),
        _ => Ok(claims),
    }
}

fn audiences(claims: &Claims) -> Vec<String> {
    strings(claims, "aud")
}

fn check_audience(claims: &Claims, accept: impl Fn(&str) -> bool, want: &[String]) -> Result<(), TokenFault> {
    let got = audiences(claims);
    if got.is_empty() {
        return Err(TokenFault::MissingClaim("aud".to_owned()));
    }
    if got.iter().any(|aud| accept(aud)) {
        return Ok(());
    }
    Err(TokenFault::Audience {
        got: got.join(", "),
        want: want.first().cloned().unwrap_or_default(),
    })
}

/// The library's word for a malformed token. Its `Display` never quotes the token.
fn describe(error: &jsonwebtoken::errors::Error) -> String {
    match error.kind() {
        ErrorKind::InvalidToken => "it must have three parts separated by dots".to_owned(),
        ErrorKind::Base64(_) => "a part is not base64url".to_owned(),
        ErrorKind::Json(_) | ErrorKind::Utf8(_) => "a part is not a JSON object".to_owned(),
        _ => "it cannot be read".to_owned(),
    }
}
