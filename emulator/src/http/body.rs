//! Reading the body of a request.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use super::ApiError;
use crate::model::MAX_MESSAGE_BYTES;

/// How much of a body that is refused anyway is read, so that the caller gets to see the answer.
const MAX_DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// A body of at most 1 MiB.
pub(crate) async fn read_body(body: Body) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut bytes = BytesMut::new();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|_| ApiError::invalid("Content-Length", "The body ended before its end."))?;
        length += chunk.len();
        if length <= MAX_MESSAGE_BYTES {
            bytes.extend_from_slice(&chunk);
        } else if length > MAX_DRAINED_BYTES {
            break;
        }
    }
    match length > MAX_MESSAGE_BYTES {
        true => Err(ApiError::invalid(
            "Content-Length",
            format!("The body is larger than the {MAX_MESSAGE_BYTES} bytes (1 MiB) that a message can have."),
        )),
        false => Ok(bytes.freeze()),
    }
}
