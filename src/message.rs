//! Messages: a body in the transport's type, and its content type.
//!
//! In here: the three content types that the service accepts. Bodies are passed through untouched. Not in here: metadata
//! (`core/headers.rs`).

#[cfg(feature = "json")]
use alloc::string::String;

#[cfg(feature = "json")]
use crate::error::{Error, Result};

/// The content type of a message, which decides what clients receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// `text/plain`: clients receive the text.
    Text,
    /// `application/json`: clients of the JSON subprotocol receive the value, simple clients its JSON text.
    Json,
    /// `application/octet-stream`: clients receive the bytes.
    Binary,
}

impl ContentType {
    /// The value of the `Content-Type` header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Binary => "application/octet-stream",
        }
    }
}

/// A message to send. The service accepts up to 1 MiB.
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
    /// The content type.
    pub content_type: ContentType,
    /// The payload, in the type that the transport sends.
    pub body: B,
}

impl<B> Message<B> {
    /// Creates a text message.
    pub fn text(text: impl Into<B>) -> Self {
        Self {
            content_type: ContentType::Text,
            body: text.into(),
        }
    }

    /// Creates a binary message.
    pub fn bytes(bytes: impl Into<B>) -> Self {
        Self {
            content_type: ContentType::Binary,
            body: bytes.into(),
        }
    }

    /// Creates a JSON message from JSON text.
    pub fn json_text(json: impl Into<B>) -> Self {
        Self {
            content_type: ContentType::Json,
            body: json.into(),
        }
    }

    /// Creates a JSON message from a value.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] with the code `InvalidMessage` if the value cannot be written as JSON.
    #[cfg(feature = "json")]
    pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self>
    where
        B: From<String>,
    {
        let json = serde_json::to_string(value).map_err(|error| {
            Error::invalid_message(alloc::format!(
                "The message cannot be written as JSON: {error}. Give a value that serde_json can serialize"
            ))
        })?;
        Ok(Self::json_text(json))
    }
}
