//! Messages: a body of the host's, and what it is.
//!
//! In here: the three content types that the service takes, and metadata. The body itself is never looked
//! into. Not in here: which JavaScript value is which (`pkg/lib/bodies.js`).

use alloc::{borrow::Cow, string::String, vec::Vec};

use crate::error::{Error, Result};

/// What a message is; it decides what clients receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// `text/plain`: clients get the text.
    Text,
    /// `application/json`: clients of the JSON subprotocol get the value, simple ones its JSON text.
    Json,
    /// `application/octet-stream`: clients get the bytes.
    Binary,
}

impl ContentType {
    /// As a header has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Binary => "application/octet-stream",
        }
    }
}

/// A message to send. The service takes up to 1 MB.
///
/// ```
/// use webpubsub_edge::{ContentType, Message};
///
/// let text: Message<Vec<u8>> = Message::text("hello");
/// let json: Message<Vec<u8>> = Message::json(&("hello", 1))?;
/// let bytes: Message<Vec<u8>> = Message::bytes([0, 1, 2]);
/// assert_eq!((json.content_type, json.body), (ContentType::Json, br#"["hello",1]"#.to_vec()));
/// # Ok::<(), webpubsub_edge::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Message<B> {
    /// What the body is.
    pub content_type: ContentType,
    /// The payload, in whatever type the transport sends.
    pub body: B,
}

impl<B> Message<B> {
    /// Text, sent as it is.
    pub fn text(text: impl Into<B>) -> Self {
        Self {
            content_type: ContentType::Text,
            body: text.into(),
        }
    }

    /// Bytes, sent as they are.
    pub fn bytes(bytes: impl Into<B>) -> Self {
        Self {
            content_type: ContentType::Binary,
            body: bytes.into(),
        }
    }

    /// JSON that is text already.
    pub fn json_text(json: impl Into<B>) -> Self {
        Self {
            content_type: ContentType::Json,
            body: json.into(),
        }
    }

    /// A value, sent as JSON.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidMessage` when the value has no JSON.
    #[cfg(feature = "json")]
    pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self>
    where
        B: From<String>,
    {
        let json = serde_json::to_string(value)
            .map_err(|e| Error::invalid("InvalidMessage", alloc::format!("The message has no JSON: {e}")))?;
        Ok(Self::json_text(json))
    }
}

/// The prefix of the headers that carry metadata.
const METADATA: &str = "X-WebPubSub-Metadata-";

/// Appends the headers of a message's metadata. The limits are those of the service's own emulator: keys up to
/// 256 characters, values up to 1024 characters of printable ASCII, 8 KiB in all.
pub(crate) fn metadata_headers(
    metadata: &[(String, String)],
    headers: &mut Vec<(Cow<'static, str>, String)>,
) -> Result<()> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let mut total = 0;
    for (key, value) in metadata {
        if key.is_empty() || key.len() > 256 || !key.bytes().all(token) {
            return Err(Error::invalid(
                "InvalidMetadata",
                "A metadata key is not allowed: give 1 to 256 letters, digits or other characters of header names",
            ));
        }
        if value.len() > 1024 || !value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            return Err(Error::invalid(
                "InvalidMetadata",
                "A metadata value is not allowed: give up to 1024 printable ASCII characters",
            ));
        }
        total += key.len() + value.len();
        headers.push((Cow::Owned([METADATA, key].concat()), value.clone()));
    }
    if total > 8 * 1024 {
        return Err(Error::out_of_range(
            "InvalidMetadata",
            "The metadata is larger than 8 KiB in all",
        ));
    }
    Ok(())
}
