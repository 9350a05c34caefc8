//! Whether something is there: the service itself (GET or HEAD), a connection, a user, a group (HEAD).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::{Call, call};
use crate::http::{ApiError, Missing, Severity};
use crate::hub::Target;
use crate::service::Service;

/// Health needs no token, but one that is sent must be good.
pub(super) async fn health(
    State(service): State<Arc<Service>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    if headers.contains_key(AUTHORIZATION) {
        call::verify(&service, &uri, &headers).map_err(|fault| ApiError::unauthorized(fault.to_string()))?;
    }
    Ok(StatusCode::OK)
}

pub(super) async fn connection(call: Call) -> Result<StatusCode, ApiError> {
    exists(
        &call,
        Target::Connection(call.connection()),
        Missing::Connection,
        call.connection(),
    )
}

pub(super) async fn user(call: Call) -> Result<StatusCode, ApiError> {
    exists(&call, Target::User(call.user()), Missing::User, call.user())
}

pub(super) async fn group(call: Call) -> Result<StatusCode, ApiError> {
    let group = call.group()?;
    exists(&call, Target::Group(&group), Missing::Group, &group)
}

fn exists(call: &Call, target: Target<'_>, what: Missing, name: &str) -> Result<StatusCode, ApiError> {
    match call.hub.exists(target) {
        true => Ok(StatusCode::OK),
        false => Err(ApiError::missing(Severity::Warning, what, name)),
    }
}
