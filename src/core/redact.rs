//! What of requests and responses may be shown, in logs and in errors.
//!
//! In here: values of headers and query parameters are shown only when they are on a list; the lists hold what is no
//! secret of anybody's. Not in here: where it is shown.

use super::sink::Sink;
use super::text::{cut, equal, index_of, same, split_first, take};

/// Further names whose values are shown, each list joined by commas.
#[derive(Clone, Copy, Default)]
pub struct Allowed<'a> {
    /// Names of headers. `Authorization` is never shown.
    pub headers: &'a [u8],
    /// Names of query parameters. `api-version` is always shown, `access_token` never.
    pub parameters: &'a [u8],
}

const HEADERS: &[u8] =
    b"accept,api-supported-versions,cache-control,connection,content-length,content-type,date,etag,\
    expires,last-modified,request-id,retry-after,retry-after-ms,server,strict-transport-security,traceparent,\
    transfer-encoding,user-agent,x-ms-client-request-id,x-ms-error-code,x-ms-request-id,x-ms-retry-after-ms";

/// Replaces what may not be shown.
pub const REDACTED: &[u8] = b"REDACTED";

impl Allowed<'_> {
    /// Writes a URL without the values of query parameters that are on no list.
    #[inline(always)]
    pub fn write_url(&self, url: &[u8], sink: &mut Sink<'_>) {
        let Some((path, query)) = cut(url, b'?') else {
            return sink.text(url);
        };
        sink.text(path);
        let mut separator = b'?';
        let mut rest = query;
        while !rest.is_empty() {
            let parameter = take(&mut rest, b'&');
            sink.byte(separator);
            separator = b'&';
            let (name, _) = split_first(parameter, b'=');
            // Never a credential, whatever the list says.
            let listed = !same(name, b"access_token") && index_of(name, self.parameters, same).is_some();
            if equal(name, b"api-version") || listed {
                sink.text(parameter);
            } else {
                sink.text(name);
                sink.byte(b'=');
                sink.text(REDACTED);
            }
        }
    }

    /// What may be shown of the value of a header.
    #[inline(always)]
    pub fn header<'v>(&self, name: &[u8], value: &'v [u8]) -> &'v [u8] {
        // Never the credential, whatever the list says.
        let listed = index_of(name, HEADERS, same).is_some() || index_of(name, self.headers, same).is_some();
        if listed && !same(name, b"authorization") {
            value
        } else {
            REDACTED
        }
    }
}
