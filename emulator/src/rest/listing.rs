//! Listing the connections of a group, page by page.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::Call;
use crate::http::ApiError;
use crate::hub::GroupMember;

/// The most connections on a page, and how many there are when the caller does not say.
const MAX_PAGE_SIZE: usize = 200;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    value: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    connection_id: String,
    /// Null for an anonymous client, never absent.
    user_id: Option<String>,
}

impl From<GroupMember> for Entry {
    fn from(
        GroupMember {
            connection_id,
            user_id,
        }: GroupMember,
    ) -> Self {
        Self {
            connection_id,
            user_id,
        }
    }
}

pub(super) async fn connections(call: Call) -> Result<Response, ApiError> {
    let group = call.group()?;
    let page_size = call.query.number("maxpagesize", 1..=MAX_PAGE_SIZE)?;
    let top = call.query.number("top", 1..=i32::MAX as usize)?;
    let after = match call
        .query
        .first("continuationToken")
        .filter(|token| !token.is_empty())
    {
        Some(token) => position(token)?,
        None => 0,
    };
    let limit = page_size.unwrap_or(MAX_PAGE_SIZE).min(top.unwrap_or(usize::MAX));
    let page = call.hub.list(&group, after, limit);
    let remaining = top.map(|top| top - page.members.len());
    let next = page.next.filter(|_| remaining != Some(0));
    let next_link = next.map(|next| next_link(&call, remaining, page_size, next));
    let value = page.members.into_iter().map(Entry::from).collect();
    let body = serde_json::to_string(&Page { value, next_link })
        .map_err(|error| ApiError::invalid("group", error.to_string()))?;
    Ok(([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response())
}

/// The same request with what is left to list, at the public endpoint or the host that the caller used.
fn next_link(call: &Call, remaining: Option<usize>, page_size: Option<usize>, next: u64) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(remaining) = remaining {
        query.append_pair("top", &remaining.to_string());
    }
    if let Some(page_size) = page_size {
        query.append_pair("maxpagesize", &page_size.to_string());
    }
    query.append_pair("continuationToken", &URL_SAFE_NO_PAD.encode(next.to_be_bytes()));
    query.append_pair("api-version", call.query.first("api-version").unwrap_or_default());
    format!(
        "{}{}?{}",
        call.service.endpoint_for(&call.headers),
        call.path,
        query.finish()
    )
}

fn position(token: &str) -> Result<u64, ApiError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    // One less than the greatest, so that the next position always exists.
    bytes
        .map(u64::from_be_bytes)
        .filter(|position| *position < u64::MAX)
        .ok_or_else(|| {
            ApiError::invalid(
                "continuationToken",
                "The continuationToken is not one that this service has given.",
            )
        })
}
