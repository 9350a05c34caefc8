//! Messages: a payload of one of the service's data types, with optional metadata.
//!
//! Reading a payload from an HTTP body (a REST send, or a webhook's reply) is here; how a client sees a
//! message belongs to its protocol.

use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8};
use mime::Mime;
use serde_json::value::RawValue;

use super::{InvalidMetadata, Metadata, StreamPart};

/// The largest body of a REST send and the largest frame of a client: 1 MiB.
pub(crate) const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// The data of a message, by data type.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    Text(String),
    /// The JSON text as it was sent, so that no number changes on its way through.
    Json(Box<RawValue>),
    Binary(Bytes),
    /// A serialized `google.protobuf.Any`.
    Protobuf(Bytes),
}

/// What clients receive.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) payload: Payload,
    pub(crate) metadata: Metadata,
    /// How long the message waits for a reliable client that is away; without it, as long as the client's session.
    pub(crate) time_to_live: Option<Duration>,
}

/// Where a message comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    Server,
    Group {
        group: &'a str,
        from_user: Option<&'a str>,
    },
    /// A piece or the end of a stream to a group.
    Stream {
        group: &'a str,
        from_user: Option<&'a str>,
        part: &'a StreamPart,
    },
}

/// A body that does not match its content type, or a content type that is not supported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyFault {
    #[error(
        "The content type '{0}' is not supported. Use text/plain, application/json or application/octet-stream."
    )]
    ContentType(String),
    #[error("The request body is not a valid JSON.")]
    Json,
    #[error("The request body is not valid text in the charset {0}.")]
    Charset(&'static str),
}

impl Payload {
    /// Reads a body by its content type; without one it is binary.
    pub(crate) fn from_body(content_type: Option<&HeaderValue>, body: Bytes) -> Result<Self, BodyFault> {
        let Some(content_type) = content_type else {
            return Ok(Self::Binary(body));
        };
        let refuse = || BodyFault::ContentType(String::from_utf8_lossy(content_type.as_bytes()).into_owned());
        let mime: Mime = content_type
            .to_str()
            .ok()
            .and_then(|t| t.parse().ok())
            .ok_or_else(refuse)?;
        match mime.essence_str() {
            "text/plain" => Ok(Self::Text(text(&mime, &body, refuse)?)),
            "application/json" => {
                let text = text(&mime, &body, refuse)?;
                RawValue::from_string(text)
                    .map(Self::Json)
                    .map_err(|_| BodyFault::Json)
            }
            "application/octet-stream" => Ok(Self::Binary(body)),
            "application/x-protobuf" => Ok(Self::Protobuf(body)),
            _ => Err(refuse()),
        }
    }

    /// Its size in bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Json(json) => json.get().len(),
            Self::Binary(bytes) | Self::Protobuf(bytes) => bytes.len(),
        }
    }

    /// The content type of a request that carries this payload, and its body.
    pub(crate) fn to_body(&self) -> (&'static str, Bytes) {
        match self {
            Self::Text(text) => (
                "text/plain; charset=utf-8",
                Bytes::copy_from_slice(text.as_bytes()),
            ),
            Self::Json(json) => (
                "application/json; charset=utf-8",
                Bytes::copy_from_slice(json.get().as_bytes()),
            ),
            Self::Binary(bytes) => ("application/octet-stream", bytes.clone()),
            Self::Protobuf(bytes) => ("application/x-protobuf", bytes.clone()),
        }
    }
}

fn text(mime: &Mime, body: &[u8], refuse: impl Fn() -> BodyFault) -> Result<String, BodyFault> {
    let encoding = match mime.get_param(mime::CHARSET) {
        None => UTF_8,
        Some(charset) => Encoding::for_label(charset.as_str().as_bytes()).ok_or_else(refuse)?,
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .map(Into::into)
        .ok_or(BodyFault::Charset(encoding.name()))
}

impl Message {
    /// A message from an HTTP request or response: content type, metadata headers and body.
    pub(crate) fn from_http(headers: &HeaderMap, body: Bytes) -> Result<Self, MessageFault> {
        let metadata = Metadata::from_headers(headers)?;
        let payload = Payload::from_body(headers.get(CONTENT_TYPE), body)?;
        Ok(Self {
            payload,
            metadata,
            time_to_live: None,
        })
    }
}

/// Why an HTTP body is no message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageFault {
    #[error(transparent)]
    Body(#[from] BodyFault),
    #[error(transparent)]
    Metadata(#[from] InvalidMetadata),
}
