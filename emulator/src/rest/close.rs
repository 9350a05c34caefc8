//! Closing connections: one, a user's, a group's, or all. Closing what is not there succeeds.

use axum::http::StatusCode;

use super::Call;
use crate::http::ApiError;
use crate::hub::{Except, Target};
use crate::protocol::Close;

/// The reason clients get when the caller gives none.
const DEFAULT_REASON: &str = "Closed by REST API.";

pub(super) async fn all(call: Call) -> StatusCode {
    close(&call, Target::All, &call.query.all("excluded"))
}

pub(super) async fn group(call: Call) -> Result<StatusCode, ApiError> {
    Ok(close(
        &call,
        Target::Group(&call.group()?),
        &call.query.all("excluded"),
    ))
}

pub(super) async fn user(call: Call) -> StatusCode {
    close(&call, Target::User(call.user()), &call.query.all("excluded"))
}

pub(super) async fn connection(call: Call) -> StatusCode {
    close(&call, Target::Connection(call.connection()), &[])
}

fn close(call: &Call, target: Target<'_>, excluded: &[String]) -> StatusCode {
    let reason = call.query.first("reason").unwrap_or(DEFAULT_REASON);
    call.hub.close(
        target,
        Except {
            excluded,
            filter: None,
        },
        &Close::by_server(reason),
    );
    StatusCode::NO_CONTENT
}
