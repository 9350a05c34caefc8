//! Group membership: of a connection, of a user's connections, of all that a filter selects.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::Call;
use crate::filter::Filter;
use crate::http::{ApiError, Missing, Severity, filter, read_body};
use crate::hub::{Except, Target};
use crate::model::names;

pub(super) async fn add_connection(call: Call) -> Result<StatusCode, ApiError> {
    let connection = call.connection();
    match call.hub.join(
        Target::Connection(connection),
        Except::default(),
        &[call.group()?],
    ) {
        true => Ok(StatusCode::OK),
        false => Err(ApiError::missing(
            Severity::Error,
            Missing::Connection,
            connection,
        )),
    }
}

pub(super) async fn remove_connection(call: Call) -> Result<StatusCode, ApiError> {
    call.hub.leave(
        Target::Connection(call.connection()),
        Except::default(),
        &[call.group()?],
    );
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_connection_from_all(call: Call) -> StatusCode {
    call.hub.leave_all(Target::Connection(call.connection()));
    StatusCode::NO_CONTENT
}

pub(super) async fn add_user(call: Call) -> Result<StatusCode, ApiError> {
    match call
        .hub
        .join(Target::User(call.user()), Except::default(), &[call.group()?])
    {
        true => Ok(StatusCode::OK),
        false => Err(ApiError::missing(Severity::Warning, Missing::User, call.user())),
    }
}

pub(super) async fn remove_user(call: Call) -> Result<StatusCode, ApiError> {
    call.hub
        .leave(Target::User(call.user()), Except::default(), &[call.group()?]);
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_user_from_all(call: Call) -> StatusCode {
    call.hub.leave_all(Target::User(call.user()));
    StatusCode::NO_CONTENT
}

pub(super) async fn add_filtered(call: Call, body: Body) -> Result<StatusCode, ApiError> {
    let (groups, filter) = selection(&call, body).await?;
    let except = Except {
        excluded: &[],
        filter: filter.as_ref(),
    };
    call.hub.join(Target::All, except, &groups);
    Ok(StatusCode::OK)
}

pub(super) async fn remove_filtered(call: Call, body: Body) -> Result<StatusCode, ApiError> {
    let (groups, filter) = selection(&call, body).await?;
    let except = Except {
        excluded: &[],
        filter: filter.as_ref(),
    };
    call.hub.leave(Target::All, except, &groups);
    Ok(StatusCode::OK)
}

#[derive(Deserialize)]
struct Selection {
    #[serde(default)]
    groups: Option<Vec<String>>,
    #[serde(default)]
    filter: Option<String>,
}

async fn selection(call: &Call, body: Body) -> Result<(Vec<String>, Option<Filter>), ApiError> {
    let body = read_body(body).await?;
    let content_type = call
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !content_type
        .parse::<mime::Mime>()
        .is_ok_and(|mime| mime.essence_str() == "application/json")
    {
        return Err(ApiError::unsupported_media_type(format!(
            "The content type '{content_type}' is not supported. Use application/json."
        )));
    }
    let selection: Selection = serde_json::from_slice(&body).map_err(|error| {
        ApiError::invalid("body", format!("The request body is not a valid JSON: {error}."))
    })?;
    // Missing groups are refused in the words for an unnamed one.
    let groups = selection.groups.unwrap_or_else(|| vec![String::new()]);
    let groups = groups
        .iter()
        .map(|group| names::group(group))
        .collect::<Result<_, _>>()?;
    Ok((groups, filter(selection.filter.as_deref())?))
}
