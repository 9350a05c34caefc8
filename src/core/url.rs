//! URLs that are not made from a row of the table: next links of the service, and paths of a user's own.
//!
//! In here: which of them are followed, and how. What is signed, what is sent and what was asked for are one URL after the
//! host's parser has had it, so that whatever the parser would rewrite is refused. Not in here: the URLs of operations
//! (`operation.rs`).

use super::endpoint::{Base, split_url};
use super::error::Fault;
use super::given::{Given, Parameter, Place};
use super::operation::{check_length, write_parameter};
use super::sink::Sink;
use super::text::{cut, equal, is_made_of, take, take_decoded};

/// Appends the URL of the page that a link leads to: the path of the link at the endpoint that is known here, because the
/// service may know itself by another host behind a proxy or a custom domain.
pub fn write_next_page(link: &[u8], endpoint: Base<'_>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let (_, rest) = split_url(link).ok_or(Fault::NotLink)?;
    let at = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let path = rest.get(at..).unwrap_or_default();
    // A path that URL parsers rewrite could leave the prefix of a proxy.
    if !path.starts_with(b"/api/") || check_path(path).is_err() {
        return Err(Fault::NotLink);
    }
    sink.text(endpoint.text());
    sink.text(path);
    Ok(())
}

/// Appends the continuation token of a link, decoded; nothing when it has none.
pub fn write_continuation_token(link: &[u8], sink: &mut Sink<'_>) {
    let (_, query) = cut(link, b'?').unwrap_or_default();
    let mut value = parameter(query, b"continuationToken=").unwrap_or_default();
    while let Some(byte) = take_decoded(&mut value) {
        sink.byte(byte);
    }
}

/// The value of a query parameter, whose name is given with its `=`.
fn parameter<'a>(query: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = query;
    while !rest.is_empty() {
        if let Some(value) = take(&mut rest, b'&').strip_prefix(name) {
            return Some(value);
        }
    }
    None
}

/// Appends the URL of a request of the user's own: a path of the service with its names percent-encoded, perhaps with a
/// query, and further query parameters that are encoded here. `api-version` is added unless it is there.
pub fn write_own<'a>(
    path: &[u8],
    endpoint: Base<'_>,
    api_version: &[u8],
    given: &impl Given<'a>,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    check_path(path)?;
    sink.text(endpoint.text());
    sink.text(path);
    let query = cut(path, b'?').map(|(_, query)| query);
    let mut separator: &[u8] = match query {
        None => b"?",
        Some(b"") => b"",
        Some(_) => b"&",
    };
    let mut is_versioned = parameter(query.unwrap_or_default(), b"api-version=").is_some();
    let mut place = Place::default();
    while let Some((name, value)) = given.next_pair(Parameter::Query, &mut place) {
        is_versioned |= equal(name, b"api-version");
        write_parameter(separator, name, value, sink);
        separator = b"&";
    }
    if !is_versioned {
        write_parameter(separator, b"api-version", api_version, sink);
    }
    check_length(sink)
}

/// Refuses what leads away from the service, and what a URL parser would rewrite.
fn check_path(target: &[u8]) -> Result<(), Fault> {
    let (path, query) = cut(target, b'?').unwrap_or((target, b""));
    let mut is_kept = path.starts_with(b"/")
        && !path.starts_with(b"//")
        && is_made_of(path, b"-._~%!$&()*+,;=:@/'")
        && is_made_of(query, b"-._~%!$&()*+,;=:@/?");
    let mut segments = path;
    while !segments.is_empty() {
        let mut segment = take(&mut segments, b'/');
        let mut next = || take_decoded(&mut segment);
        let is_folded = matches!((next(), next(), next()), (Some(b'.'), None | Some(b'.'), None));
        is_kept &= !is_folded;
    }
    if is_kept { Ok(()) } else { Err(Fault::Path) }
}
