//! The operations on tokens: those of requests, those that clients connect with, and those of Microsoft Entra ID.
//!
//! Each takes its texts in the order in which `pkg/src/` writes them, calls the core, and writes the output.

use super::Written;
use super::arguments::{Arguments, optional, status};
use crate::core::access_key::AccessKey;
use crate::core::endpoint::Base;
use crate::core::entra::{self, Freshness, Issued, Proof};
use crate::core::error::Fault;
use crate::core::judge::{MAX_RESPONSE_BYTES, TIMEOUT};
use crate::core::sink::Sink;
use crate::core::text::{NO_NUMBER, number};
use crate::core::token::{ClientAccess, ClientProtocol, check_issued, write_request_token, write_urls};

/// Time, access key, URL. Gives the URL and the token of a request for it.
pub(super) fn request_token(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [now, key, url, ..] = arguments.texts;
    sink.text(url);
    sink.end_field();
    write_request_token(AccessKey::new(key)?, 0, url.len(), number(now), sink)
}

/// Time in seconds, endpoint, where clients connect, hub, access key, whether there must be one, then what the token allows.
/// Gives the token, the URL without it and the URL with it; nothing without a key, which only checks.
pub(super) fn client_access(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [now, endpoint, clients, hub, key, needs_key, ..] = arguments.texts;
    let access = ClientAccess::new(&arguments.given)?;
    if key.is_empty() {
        return if needs_key.is_empty() {
            Ok(())
        } else {
            Err(Fault::CredentialCannotSign)
        };
    }
    access.write(
        AccessKey::new(key)?,
        Base(endpoint),
        Base(clients),
        hub,
        number(now),
        sink,
    )
}

/// Where clients connect, hub, client protocol, a token that the service issued. Gives the same as [`client_access`].
pub(super) fn issued(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [clients, hub, protocol, token, ..] = arguments.texts;
    let protocol = ClientProtocol::parse(optional(protocol))?;
    check_issued(token)?;
    sink.text(token);
    write_urls(protocol, Base(clients), hub, 0, sink);
    Ok(())
}

/// When a token ends, when to ask for a new one or nothing, when one was last asked for, time; all in seconds. Gives `fresh`,
/// `stale` or nothing.
pub(super) fn freshness(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [expires_on, refresh_after, asked, now, ..] = arguments.texts;
    let refresh_after = Some(number(refresh_after)).filter(|at| *at != NO_NUMBER);
    sink.text(
        match entra::freshness(number(expires_on), refresh_after, number(asked), number(now)) {
            Freshness::Fresh => b"fresh",
            Freshness::Stale => b"stale",
            Freshness::Expired => b"",
        },
    );
    Ok(())
}

/// The header `WWW-Authenticate` of a response. Gives the claims that it asks for, in base64, or nothing.
pub(super) fn challenge(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [header, ..] = arguments.texts;
    sink.text(entra::challenge(header).unwrap_or_default());
    Ok(())
}

/// Tenant, client id, authority host or nothing. Gives the URL that tokens come from, the timeout and the largest response.
pub(super) fn token_url(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [tenant, client, authority, ..] = arguments.texts;
    entra::write_token_url(tenant, client, authority, sink)?;
    for number in [TIMEOUT, MAX_RESPONSE_BYTES] {
        sink.end_field();
        sink.number(number);
    }
    Ok(())
}

fn proof<'a>(is_assertion: &[u8], text: &'a [u8]) -> Proof<'a> {
    if is_assertion.is_empty() {
        Proof::Secret(text)
    } else {
        Proof::Assertion(text)
    }
}

/// Whether the proof is an assertion, the proof, client id, scope, claims or nothing. Gives the form that asks for a token.
pub(super) fn token_form(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [is_assertion, text, client, scope, claims, ..] = arguments.texts;
    entra::write_form(client, scope, claims, proof(is_assertion, text), sink)
}

/// The proof, time in seconds, then the status and members of the response. Gives when the token ends and when to ask for a new
/// one, in seconds since 1970; or nothing, then kind, code and message of the failure.
pub(super) fn token_response(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [
        proof,
        now,
        code,
        token,
        expires_in,
        refresh_in,
        error,
        description,
        ..,
    ] = arguments.texts;
    let issued = Issued {
        status: status(code).unwrap_or_default(),
        token,
        expires_in,
        refresh_in,
        error,
        description,
    };
    match issued.times(number(now)) {
        Some((expires_on, refresh_after)) => {
            sink.number(expires_on);
            sink.end_field();
            if let Some(at) = refresh_after {
                sink.number(at);
            }
        }
        None => {
            sink.end_field();
            sink.field(issued.kind().name());
            issued.write_code(proof, sink);
            sink.end_field();
            issued.write_refusal(proof, sink);
        }
    }
    Ok(())
}
