//! Connection strings, as the portal gives them.
//!
//! In here: `Endpoint=…;AccessKey=…;Version=1.0;[Port=…;]`, read strictly, because the official clients accept
//! different malformed ones and fail later, in different ways. No message repeats any part of the string.

use core::fmt;

use crate::{
    access_key::AccessKey,
    endpoint::{Endpoint, parse_port},
    error::{Error, Result},
};

/// What a connection string says.
///
/// ```
/// use webpubsub_edge::ConnectionString;
///
/// let parsed = ConnectionString::parse("Endpoint=http://127.0.0.1;Port=8080;AccessKey=a-key;Version=1.0;")?;
/// assert_eq!(parsed.endpoint.origin(), "http://127.0.0.1:8080");
/// let error = ConnectionString::parse("Endpoint=https://contoso.webpubsub.azure.com").unwrap_err();
/// assert_eq!(error.code(), "InvalidConnectionString");
/// # Ok::<(), webpubsub_edge::Error>(())
/// ```
#[derive(Clone)]
pub struct ConnectionString {
    /// Where the service is.
    pub endpoint: Endpoint,
    /// The key that signs.
    pub access_key: AccessKey,
}

const SHAPE: &str = "copy it from Keys in the portal: Endpoint=https://<name>.webpubsub.azure.com;AccessKey=<key>;Version=1.0;";

impl ConnectionString {
    /// Reads a connection string. Names may be in any letter case and order, blanks around names and values
    /// are trimmed, `Port` replaces the endpoint's, other names are ignored.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidConnectionString`; the message names the member that is
    /// missing, empty, malformed or there twice, and never what the string holds.
    pub fn parse(text: &str) -> Result<Self> {
        let (endpoint, key, port) = members(text)?;
        let endpoint = endpoint.ok_or_else(|| invalid("it is missing endpoint"))?;
        let key = key.ok_or_else(|| invalid("it is missing access key"))?;
        let mut endpoint = Endpoint::parse(endpoint).map_err(|_| {
            invalid("its Endpoint is not a scheme (https:// or http://), a host and perhaps a port")
        })?;
        if let Some(port) = port {
            let port = parse_port(port).ok_or_else(|| invalid("its Port is not a number from 1 to 65535"))?;
            endpoint = endpoint.with_port(port);
        }
        let access_key = AccessKey::new(key).map_err(|_| invalid("its AccessKey is empty"))?;
        Ok(Self { endpoint, access_key })
    }
}

type Members<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn members(text: &str) -> Result<Members<'_>> {
    let (mut endpoint, mut key, mut port, mut version) = (None, None, None, None);
    for member in text.split(';').map(str::trim_ascii).filter(|m| !m.is_empty()) {
        // At the first `=`: a key may end in some.
        let (name, value) = member
            .split_once('=')
            .map(|(n, v)| (n.trim_ascii(), v.trim_ascii()))
            .ok_or_else(|| invalid("a member of it is not name=value (it is missing endpoint or more)"))?;
        let (slot, named) = if name.eq_ignore_ascii_case("endpoint") {
            (&mut endpoint, "Endpoint")
        } else if name.eq_ignore_ascii_case("accesskey") {
            (&mut key, "AccessKey")
        } else if name.eq_ignore_ascii_case("port") {
            (&mut port, "Port")
        } else if name.eq_ignore_ascii_case("version") {
            (&mut version, "Version")
        } else {
            continue;
        };
        if slot.replace(value).is_some() {
            return Err(invalid_member("it has more than one ", named));
        }
        if value.is_empty() {
            return Err(invalid_member("it has an empty ", named));
        }
    }
    Ok((endpoint, key, port))
}

fn invalid(wrong: &str) -> Error {
    invalid_member(wrong, "")
}

fn invalid_member(wrong: &str, member: &str) -> Error {
    Error::invalid(
        "InvalidConnectionString",
        ["The connection string is malformed: ", wrong, member, "; ", SHAPE].concat(),
    )
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionString")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
