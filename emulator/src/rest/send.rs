//! Sends: to all, to a group, to a user, to a connection. They are accepted whether or not anyone is there.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;

use super::Call;
use crate::http::{ApiError, read_body};
use crate::hub::{Except, Target};
use crate::model::{BodyFault, Message, MessageFault, Origin, Payload};

pub(super) async fn to_all(call: Call, body: Body) -> Result<StatusCode, ApiError> {
    let excluded = call.query.all("excluded");
    send(&call, body, Target::All, &excluded, Origin::Server).await
}

pub(super) async fn to_group(call: Call, body: Body) -> Result<StatusCode, ApiError> {
    let group = call.group()?;
    let excluded = call.query.all("excluded");
    send(
        &call,
        body,
        Target::Group(&group),
        &excluded,
        Origin::Group {
            group: &group,
            from_user: None,
        },
    )
    .await
}

pub(super) async fn to_user(call: Call, body: Body) -> Result<StatusCode, ApiError> {
    send(&call, body, Target::User(call.user()), &[], Origin::Server).await
}

pub(super) async fn to_connection(call: Call, body: Body) -> Result<StatusCode, ApiError> {
    send(
        &call,
        body,
        Target::Connection(call.connection()),
        &[],
        Origin::Server,
    )
    .await
}

async fn send(
    call: &Call,
    body: Body,
    target: Target<'_>,
    excluded: &[String],
    origin: Origin<'_>,
) -> Result<StatusCode, ApiError> {
    // Read first: a caller that is still sending would not see an early refusal.
    let body = read_body(body).await?;
    let time_to_live = call.query.number::<u64>("messageTtlSeconds", 0..=300)?;
    // A single connection is reached whatever it is, so that operation has no filter.
    let filter = match target {
        Target::Connection(_) => None,
        _ => call.query.filter()?,
    };
    let mut message = Message::from_http(&call.headers, body).map_err(refuse)?;
    if matches!(message.payload, Payload::Protobuf(_)) {
        return Err(refuse(
            BodyFault::ContentType("application/x-protobuf".to_owned()).into(),
        ));
    }
    // Zero is no limit.
    message.time_to_live = time_to_live
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs);
    call.hub.send(
        target,
        Except {
            excluded,
            filter: filter.as_ref(),
        },
        origin,
        &message,
    );
    Ok(StatusCode::ACCEPTED)
}

fn refuse(fault: MessageFault) -> ApiError {
    match fault {
        MessageFault::Body(BodyFault::ContentType(_)) => ApiError::unsupported_media_type(fault.to_string()),
        MessageFault::Body(_) => ApiError::invalid("message", fault.to_string()),
        MessageFault::Metadata(_) => ApiError::invalid("X-WebPubSub-Metadata", fault.to_string()),
    }
}
