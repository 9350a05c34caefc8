//! Which names the service accepts, and how a name is read from a URL path.
//!
//! The rules are the service's own (hub, group and event names); what is done with a bad name is up to
//! the caller.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A name that breaks a rule; the message says which.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct InvalidName {
    /// The parameter that carries the name, as the REST API calls it.
    pub(crate) field: &'static str,
    message: String,
}

/// A hub name, lower-cased: hubs are compared ignoring letter case.
pub(crate) fn hub(name: &str) -> Result<String, InvalidName> {
    let extra = |c: char| matches!(c, '_' | '`' | ',' | '.' | '[' | ']');
    let valid = name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || extra(c));
    if valid {
        return Ok(name.to_ascii_lowercase());
    }
    Err(InvalidName {
        field: "hub",
        message: format!(
            "Invalid hub name '{name}'. It must start with a letter, have 1 to 128 characters, and contain only \
             letters, digits and _ ` , . [ ]"
        ),
    })
}

/// A group name, as given.
pub(crate) fn group(name: &str) -> Result<String, InvalidName> {
    // Lengths are counted as .NET counts them: in UTF-16 code units.
    let length = name.encode_utf16().count();
    if (1..=1024).contains(&length) && !name.trim().is_empty() && !name.contains('\n') {
        return Ok(name.to_owned());
    }
    Err(InvalidName {
        field: "group",
        message: "Invalid group name. It must be a non-blank string of between 1 and 1024 characters"
            .to_owned(),
    })
}

/// The name of an event that a client sends.
pub(crate) fn event(name: &str) -> Result<String, InvalidName> {
    let valid = (1..=128).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if valid {
        return Ok(name.to_owned());
    }
    Err(InvalidName {
        field: "event",
        message: format!(
            "Invalid event name '{name}'. It must start with a letter, have 1 to 128 characters, and contain only \
             letters, digits and _ . -"
        ),
    })
}

/// One percent-decoded path segment.
///
/// An encoded slash stays encoded, as on the service: `tenant%2Falice` names the literal id
/// `tenant%2Falice`, so an id that contains a slash cannot be reached through a path.
pub(crate) fn decode_segment(field: &'static str, raw: &str) -> Result<String, InvalidName> {
    decode_around_slashes(raw, |part| percent_decode(field, part))
}

/// The text with `decode` applied to everything but encoded slashes.
pub(crate) fn decode_around_slashes<'a, E>(
    raw: &'a str,
    decode: impl Fn(&'a str) -> Result<Cow<'a, str>, E>,
) -> Result<String, E> {
    let mut decoded = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest
        .as_bytes()
        .windows(3)
        .position(|w| w.eq_ignore_ascii_case(b"%2f"))
    {
        decoded.push_str(&decode(&rest[..at])?);
        decoded.push_str(&rest[at..at + 3]);
        rest = &rest[at + 3..];
    }
    decoded.push_str(&decode(rest)?);
    Ok(decoded)
}

fn percent_decode<'a>(field: &'static str, raw: &'a str) -> Result<Cow<'a, str>, InvalidName> {
    percent_decode_str(raw).decode_utf8().map_err(|_| InvalidName {
        field,
        message: format!("The {field} in the path is not percent-encoded UTF-8: '{raw}'"),
    })
}
