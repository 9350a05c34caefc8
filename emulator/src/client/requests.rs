//! What the requests of clients do, whatever protocol they came in.

use std::collections::HashSet;

use super::session::Session;
use crate::hub::{Except, Target};
use crate::model::Origin;
use crate::model::permissions::Permission;
use crate::protocol::{Close, Fault, FaultName, Incoming, Reply, Request};

/// Handles one request. An error closes the connection.
///
/// `done` holds the ack ids of requests that succeeded: a repeated one is answered `Duplicate` and not done
/// again, while a failed one may be tried again.
pub(super) async fn handle(
    session: &Session,
    incoming: Incoming,
    done: &mut HashSet<u64>,
) -> Result<(), Close> {
    let Incoming { ack_id, request } = incoming;
    let outcome = match (ack_id.filter(|id| done.contains(id)), request) {
        (Some(id), _) => Err(Fault::new(
            FaultName::Duplicate,
            format!("Message with ack-id: {id} has been processed"),
        )),
        (None, Ok(request)) => perform(session, request).await,
        (None, Err(fault)) => Err(fault),
    };
    match &outcome {
        Ok(()) => done.extend(ack_id),
        Err(fault) => tracing::debug!(
            connection = session.connection.id,
            name = fault.name.as_str(),
            fault.message,
            "request not carried out"
        ),
    }
    match session.connection.protocol.reply(ack_id, outcome) {
        Reply::Frame(frame) => session.connection.write(frame),
        Reply::Close(close) => return Err(close),
        Reply::Nothing => {}
    }
    Ok(())
}

async fn perform(session: &Session, request: Request) -> Result<(), Fault> {
    let own = session.connection.id.as_str();
    match request {
        Request::Ping => session
            .connection
            .protocol
            .pong()
            .into_iter()
            .for_each(|pong| session.connection.write(pong)),
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
            let except = Except {
                excluded,
                filter: None,
            };
            session.hub.send(Target::Group(&group), except, from, &message);
        }
        Request::Event { name, message } => session
            .user_event(&name, message)
            .await
            .map_err(|failure| Fault::new(FaultName::InternalServerError, failure.to_string()))?,
    }
    Ok(())
}

fn permit(session: &Session, permission: Permission, verb: &str, group: &str) -> Result<(), Fault> {
    match session.allows(permission, group) {
        true => Ok(()),
        false => Err(Fault::new(
            FaultName::Forbidden,
            format!("The client does not have permission to {verb} group '{group}'."),
        )),
    }
}
