//! Permissions of live connections: grant, revoke, check.

use axum::http::StatusCode;

use super::Call;
use crate::http::{ApiError, Missing, Severity};
use crate::model::permissions::Permission;

pub(super) async fn grant(call: Call) -> Result<StatusCode, ApiError> {
    let (permission, group) = parameters(&call)?;
    match call.hub.grant(call.connection(), permission, group) {
        Some(Ok(())) => Ok(StatusCode::OK),
        Some(Err(error)) => Err(ApiError::too_many_grants(error.to_string())),
        None => Err(ApiError::missing(
            Severity::Info,
            Missing::Connection,
            call.connection(),
        )),
    }
}

pub(super) async fn revoke(call: Call) -> Result<StatusCode, ApiError> {
    let (permission, group) = parameters(&call)?;
    call.hub.revoke(call.connection(), permission, group);
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn check(call: Call) -> Result<StatusCode, ApiError> {
    let (permission, group) = parameters(&call)?;
    match call.hub.allows(call.connection(), permission, group) {
        Some(true) => Ok(StatusCode::OK),
        Some(false) => Err(ApiError::missing(
            Severity::Info,
            Missing::Permission,
            permission.name(),
        )),
        None => Err(ApiError::missing(
            Severity::Info,
            Missing::Connection,
            call.connection(),
        )),
    }
}

/// Both permissions are about one group, which `targetName` names literally: `*` is not special.
fn parameters(call: &Call) -> Result<(Permission, &str), ApiError> {
    let name = call.permission();
    let permission = Permission::parse(name).ok_or_else(|| {
        let message = format!("The value '{name}' is not valid. Use sendToGroup or joinLeaveGroup.");
        ApiError::invalid("permission", message)
    })?;
    match call.query.first("targetName") {
        Some(group) if crate::model::names::group(group).is_ok() => Ok((permission, group)),
        _ => Err(ApiError::invalid(
            "targetName",
            "targetName is required: it is the name of the group.",
        )),
    }
}
