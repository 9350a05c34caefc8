//! What `json.webpubsub.azure.v1` requests do, and how each is acknowledged.

use std::collections::HashSet;

use axum::extract::ws;

use super::json::{self, AckError, Request};
use super::session::{Session, fault};
use crate::connection::Close;
use crate::hub::{Except, Target};
use crate::message::Origin;
use crate::permissions::Permission;

/// Handles one frame. An error closes the connection.
///
/// `done` holds the ack ids of requests that succeeded: a repeated one is answered `Duplicate` and not done
/// again, while a failed one may be tried again.
pub(super) async fn receive(
    session: &Session,
    frame: ws::Message,
    done: &mut HashSet<u64>,
) -> Result<(), Close> {
    let text = match frame {
        ws::Message::Text(text) => text,
        ws::Message::Binary(_) => {
            let reason = "Binary frames are not part of json.webpubsub.azure.v1.".to_owned();
            return Err(fault(ws::close_code::UNSUPPORTED, reason));
        }
        _ => return Ok(()),
    };
    let (ack_id, request) = Request::parse(&text);
    if let Some(id) = ack_id.filter(|id| done.contains(id)) {
        let error = AckError::new(
            "Duplicate",
            format!("Message with ack-id: {id} has been processed"),
        );
        session.connection.write(json::ack(id, Err(&error)));
        return Ok(());
    }
    let outcome = match request {
        Ok(request) => perform(session, request).await,
        Err(reason) => Err(AckError::new("BadRequest", reason)),
    };
    match (ack_id, outcome) {
        (Some(id), Ok(())) => {
            done.insert(id);
            session.connection.write(json::ack(id, Ok(())));
        }
        (Some(id), Err(error)) => session.connection.write(json::ack(id, Err(&error))),
        // Without an ack id nobody can be told what was wrong with a message but by closing.
        (
            None,
            Err(AckError {
                name: "BadRequest",
                message,
            }),
        ) => {
            return Err(fault(ws::close_code::INVALID, message));
        }
        (None, Err(error)) => tracing::debug!(
            connection = session.connection.id,
            error.message,
            "not acknowledged"
        ),
        (None, Ok(())) => {}
    }
    Ok(())
}

async fn perform(session: &Session, request: Request) -> Result<(), AckError> {
    let own = session.connection.id.as_str();
    match request {
        Request::Ping => session.connection.write(json::pong()),
        Request::JoinGroup { group } => {
            permit(session, Permission::JoinLeaveGroup, "join", &group)?;
            session
                .hub
                .join(Target::Connection(own), Except::default(), &[group]);
        }
        Request::LeaveGroup { group } => {
            permit(session, Permission::JoinLeaveGroup, "leave", &group)?;
            session
                .hub
                .leave(Target::Connection(own), Except::default(), &[group]);
        }
        Request::SendToGroup {
            group,
            no_echo,
            message,
        } => {
            permit(session, Permission::SendToGroup, "send to", &group)?;
            let from = Origin::Group {
                group: &group,
                from_user: session.connection.user_id.as_deref(),
            };
            let own = [own.to_owned()];
            let excluded: &[String] = if no_echo { &own } else { &[] };
            session.hub.send(
                Target::Group(&group),
                Except {
                    excluded,
                    filter: None,
                },
                from,
                &message,
            );
        }
        Request::Event { name, message } => session
            .user_event(&name, message)
            .await
            .map_err(|failure| AckError::new("InternalServerError", failure.to_string()))?,
    }
    Ok(())
}

fn permit(session: &Session, permission: Permission, verb: &str, group: &str) -> Result<(), AckError> {
    match session.allows(permission, group) {
        true => Ok(()),
        false => Err(AckError::new(
            "Forbidden",
            format!("The client does not have permission to {verb} group '{group}'."),
        )),
    }
}
