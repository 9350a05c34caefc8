//! Microsoft Entra ID: how a token is requested, what the response means, and how long the token serves.
//!
//! In here: the client credentials flow of OAuth 2.0, in which an application proves itself by a secret or by a signed
//! assertion. Not in here: sending, keeping tokens, parsing JSON; those are the host's.

use super::endpoint::Address;
use super::error::{Fault, Kind};
use super::redact::REDACTED;
use super::sink::Sink;
use super::text::{NO_NUMBER, either, equal, is_blank, is_made_of, number, split_first, take, take_decoded};

/// The scope of tokens for Web PubSub.
pub const SCOPE: &str = "https://webpubsub.azure.com/.default";

/// The authority of the public cloud. Other clouds have others: `https://login.microsoftonline.us`,
/// `https://login.chinacloudapi.cn`.
pub const AUTHORITY: &str = "https://login.microsoftonline.com";

/// A token this close to its end is replaced, when a new one can be obtained; in seconds.
const REFRESH_AHEAD: u32 = 300;

/// While a token still serves, the issuer is asked for the next one only so often, whether it responds or not; in seconds.
const REFRESH_INTERVAL: u32 = 30;

/// What shows who the application is.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// A client secret.
    Secret(&'a [u8]),
    /// A signed assertion, a JWT.
    Assertion(&'a [u8]),
}

impl<'a> Proof<'a> {
    /// The secret or the assertion itself.
    pub fn expose(self) -> &'a [u8] {
        let (Self::Secret(text) | Self::Assertion(text)) = self;
        text
    }

    /// Checks that there is a proof.
    pub fn check(self) -> Result<(), Fault> {
        let empty = is_blank(self.expose());
        match self {
            Self::Secret(_) if empty => Err(Fault::ClientSecret),
            Self::Assertion(_) if empty => Err(Fault::ClientAssertion),
            _ => Ok(()),
        }
    }
}

/// Appends the URL that tokens of a tenant come from. What proves the application goes there, so that it is https or this
/// machine, and a tenant that could lead elsewhere is invalid. An empty authority is that of the public cloud.
pub fn write_token_url(
    tenant_id: &[u8],
    client_id: &[u8],
    authority: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    if !tenant_id.first().is_some_and(u8::is_ascii_alphanumeric) || !is_made_of(tenant_id, b"-.") {
        return Err(Fault::TenantId);
    }
    if is_blank(client_id) {
        return Err(Fault::ClientId);
    }
    let authority = either(authority, AUTHORITY.as_bytes());
    let address = Address::endpoint_or_host(authority).map_err(|_| Fault::Authority)?;
    if !address.is_private() {
        return Err(Fault::AuthorityInsecure);
    }
    address.write(sink);
    sink.byte(b'/');
    sink.text(tenant_id);
    sink.text(b"/oauth2/v2.0/token");
    Ok(())
}

/// Appends the form that asks for a token. `claims` are those of a challenge, as JSON, or empty.
pub fn write_form(
    client_id: &[u8],
    scope: &[u8],
    claims: &[u8],
    proof: Proof<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    proof.check()?;
    sink.text(b"grant_type=client_credentials&client_id=");
    sink.encoded(client_id);
    sink.text(b"&scope=");
    sink.encoded(scope);
    if !claims.is_empty() {
        sink.text(b"&claims=");
        sink.encoded(claims);
    }
    match proof {
        Proof::Secret(_) => sink.text(b"&client_secret="),
        Proof::Assertion(_) => sink.text(
            b"&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=",
        ),
    }
    sink.encoded(proof.expose());
    Ok(())
}

/// What the issuer responded. Members that are missing, or neither strings nor numbers, are empty.
#[derive(Clone, Copy, Default)]
pub struct Issued<'a> {
    /// The status.
    pub status: u16,
    /// `access_token`, when it is a string.
    pub token: &'a [u8],
    /// `expires_in`: seconds, which some issuers write as text.
    pub expires_in: &'a [u8],
    /// `refresh_in`: seconds.
    pub refresh_in: &'a [u8],
    /// `error`
    pub error: &'a [u8],
    /// `error_description`
    pub description: &'a [u8],
}

impl Issued<'_> {
    /// When the token ends and when to ask for the next one, in seconds since 1970; none when there is no token.
    /// A `refresh_in` that is no number counts as missing.
    pub fn times(&self, now: u32) -> Option<(u32, Option<u32>)> {
        // A fraction of a second makes no difference.
        let seconds = |text| match number(split_first(text, b'.').0) {
            0 | NO_NUMBER => None,
            seconds => Some(now.saturating_add(seconds)),
        };
        if self.status != 200 || self.token.is_empty() {
            return None;
        }
        Some((seconds(self.expires_in)?, seconds(self.refresh_in)))
    }

    /// The kind of failure when there is no token.
    pub fn kind(&self) -> Kind {
        match Kind::of_status(self.status) {
            kind @ (Kind::TooManyRequests | Kind::Server) => kind,
            _ => Kind::Unauthorized,
        }
    }

    /// Writes the code of the failure: that of the issuer, if it gave one.
    pub fn write_code(&self, proof: &[u8], sink: &mut Sink<'_>) {
        write_without(either(self.error, b"CREDENTIAL_ERROR"), proof, sink);
    }

    /// Writes why there is no token: the first line of the description names the cause, the others are for the issuer's
    /// support. An issuer has no reason to repeat the proof; if it does, the proof is redacted.
    pub fn write_refusal(&self, proof: &[u8], sink: &mut Sink<'_>) {
        sink.text(b"Microsoft Entra ID gave no token: ");
        let (line, _) = split_first(either(self.description, self.error), b'\n');
        let line = line.trim_ascii_end();
        if line.is_empty() {
            sink.text(b"it responded with ");
            sink.number(self.status.into());
            sink.text(b" without a reason; ");
            sink.text(match self.kind() {
                Kind::Unauthorized => b"check the tenant id and the authority host",
                _ => b"try again later",
            });
        } else {
            write_without(line, proof, sink);
        }
    }
}

/// Appends a text with every occurrence of a secret redacted, percent-encoded ones included.
fn write_without(text: &[u8], secret: &[u8], sink: &mut Sink<'_>) {
    let mut rest = text;
    while let [first, more @ ..] = rest {
        match behind(rest, secret) {
            Some(behind) if !secret.is_empty() => {
                sink.text(REDACTED);
                rest = behind;
            }
            _ => {
                sink.byte(*first);
                rest = more;
            }
        }
    }
}

/// What is behind a secret at the start of a text, as it is or percent-encoded.
fn behind<'a>(text: &'a [u8], secret: &[u8]) -> Option<&'a [u8]> {
    text.strip_prefix(secret).or_else(|| {
        let mut rest = text;
        let is_secret = secret.iter().all(|byte| take_decoded(&mut rest) == Some(*byte));
        is_secret.then_some(rest)
    })
}

/// Checks that a header can hold a token. Hosts print a header that they refuse.
pub fn check_token(token: &[u8]) -> Result<(), Fault> {
    if token.is_empty() || !token.iter().all(u8::is_ascii_graphic) {
        return Err(Fault::TokenMalformed);
    }
    Ok(())
}

/// The claims that a service asks for when it rejects a token (continuous access evaluation), in base64: those of the header
/// `WWW-Authenticate: Bearer error="insufficient_claims", claims="…"`.
pub fn challenge(header: &[u8]) -> Option<&[u8]> {
    let (mut rest, mut claims, mut is_insufficient) = (header, None, false);
    while !rest.is_empty() {
        let name = take(&mut rest, b'"');
        let value = take(&mut rest, b'"');
        if name.ends_with(b" claims=") || name.ends_with(b",claims=") {
            claims = Some(value);
        }
        is_insufficient |= equal(value, b"insufficient_claims");
    }
    claims.filter(|claims| is_insufficient && !claims.is_empty())
}

/// How long a kept token serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Use it.
    Fresh,
    /// Ask for a new one; use this one when none can be obtained.
    Stale,
    /// Ask for a new one.
    Expired,
}

/// The freshness of a token. All times are in seconds since 1970; `asked` is when the next token was last asked for.
pub fn freshness(expires_on: u32, refresh_after: Option<u32>, asked: u32, now: u32) -> Freshness {
    let is_early = now.saturating_add(REFRESH_AHEAD) < expires_on && refresh_after.is_none_or(|at| now < at);
    let is_asked = now < expires_on && now.abs_diff(asked) < REFRESH_INTERVAL;
    if is_early || is_asked {
        Freshness::Fresh
    } else if now < expires_on {
        Freshness::Stale
    } else {
        Freshness::Expired
    }
}
