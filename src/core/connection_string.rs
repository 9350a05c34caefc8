//! Connection strings, as the portal gives them.
//!
//! In here: `Endpoint=…;AccessKey=…;Version=1.0;[Port=…;]`, read strictly, because the official clients accept different
//! malformed ones and fail later, in different ways. Names may be in any letter case and order, blanks around names and
//! values are trimmed, `Port` replaces the endpoint's, other names are ignored. No error repeats any part of it.

use super::access_key::AccessKey;
use super::endpoint::{Address, split_url};
use super::error::Fault;
use super::text::{cut, has_one_of, index_of, same, take};

/// The members of a connection string.
#[derive(Clone, Copy)]
pub struct ConnectionString<'a> {
    /// Where the service is.
    pub endpoint: Address<'a>,
    /// The key that signs.
    pub access_key: AccessKey<'a>,
}

/// The members that are known.
const MEMBERS: &[u8] = b"Endpoint,AccessKey,Port,Version";
static TWICE: [Fault; 4] = [
    Fault::EndpointTwice,
    Fault::AccessKeyTwice,
    Fault::PortTwice,
    Fault::VersionTwice,
];
static EMPTY: [Fault; 4] = [
    Fault::EndpointEmpty,
    Fault::AccessKeyEmpty,
    Fault::PortEmpty,
    Fault::VersionEmpty,
];

impl<'a> ConnectionString<'a> {
    /// Reads a connection string.
    pub fn parse(text: &'a [u8]) -> Result<Self, Fault> {
        let endpoint = member(text, 0)?;
        if endpoint.is_empty() {
            return Err(why_no_endpoint(text.trim_ascii()));
        }
        let key = member(text, 1)?;
        let port = member(text, 2)?;
        member(text, 3)?;
        if key.is_empty() {
            return Err(Fault::ConnectionStringNoKey);
        }
        let mut endpoint = Address::endpoint(endpoint).map_err(|_| Fault::ConnectionStringEndpoint)?;
        if !port.is_empty() {
            endpoint = endpoint.at(port, Fault::ConnectionStringPort)?;
        }
        Ok(Self {
            endpoint,
            access_key: AccessKey::new(key)?,
        })
    }
}

/// Why a text has no endpoint: most often it is no connection string at all.
fn why_no_endpoint(text: &[u8]) -> Fault {
    match text {
        b"" | b"undefined" | b"null" => Fault::ConnectionStringEmpty,
        [0xef, 0xbb, 0xbf, ..] => Fault::ConnectionStringMark,
        [b'"' | b'\'' | b'`', ..] => Fault::ConnectionStringQuoted,
        _ if split_url(text).is_some() => Fault::ConnectionStringUrl,
        _ if !has_one_of(text, b"=;") => Fault::ConnectionStringName,
        _ => Fault::ConnectionStringNoEndpoint,
    }
}

/// The value of a member, by its place in [`MEMBERS`]; empty when it is missing.
fn member(text: &[u8], index: usize) -> Result<&[u8], Fault> {
    let (mut members, mut found): (_, &[u8]) = (text, b"");
    while !members.is_empty() {
        let member = take(&mut members, b';').trim_ascii();
        if member.is_empty() {
            continue;
        }
        // At the first `=`: a key may end in some.
        let Some((name, value)) = cut(member, b'=') else {
            // A text that is no connection string at all is one without an endpoint.
            if index == 0 {
                continue;
            }
            return Err(Fault::ConnectionStringMember);
        };
        if index_of(name.trim_ascii(), MEMBERS, same) == Some(index) {
            if !found.is_empty() {
                return Err(TWICE.get(index).copied().unwrap_or(Fault::ConnectionStringMember));
            }
            found = value.trim_ascii();
            if found.is_empty() {
                return Err(EMPTY.get(index).copied().unwrap_or(Fault::ConnectionStringMember));
            }
        }
    }
    Ok(found)
}
