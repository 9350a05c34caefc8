//! What the requests of clients do, whatever protocol they came in.

use std::sync::{Arc, PoisonError};

use super::event_queue::EventQueue;
use super::session::Session;
use crate::hub::{Except, Target};
use crate::model::Origin;
use crate::model::permissions::Permission;
use crate::protocol::{Close, Fault, FaultName, Reply, Request};

/// Handles one request; an event is only queued. An error closes the connection.
pub(super) async fn handle(
    session: &Arc<Session>,
    ack_id: Option<u64>,
    request: Result<Request, Fault>,
    events: &mut EventQueue,
) -> Result<(), Close> {
    let outcome = match (duplicate(session, ack_id), request) {
        (Some(fault), _) | (None, Err(fault)) => Err(fault),
        (None, Ok(Request::Event { name, message })) => {
            events.add(session, ack_id, name, message).await;
            return Ok(());
        }
        (None, Ok(request)) => perform(session, request),
    };
    finish(session, ack_id, outcome)
}

/// The fault of a request whose ack id has succeeded before.
pub(super) fn duplicate(session: &Session, ack_id: Option<u64>) -> Option<Fault> {
    let done = session.done.lock().unwrap_or_else(PoisonError::into_inner);
    let id = ack_id.filter(|id| done.contains(*id))?;
    Some(Fault::new(
        FaultName::Duplicate,
        format!("Message with ack-id: {id} has been processed"),
    ))
}

/// Tells the client what became of its request. A failed one may be tried again with the same ack id.
pub(super) fn finish(
    session: &Session,
    ack_id: Option<u64>,
    outcome: Result<(), Fault>,
) -> Result<(), Close> {
    match (&outcome, ack_id) {
        (Ok(()), Some(id)) => session
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(id),
        (Ok(()), None) => {}
        (Err(fault), _) => tracing::debug!(
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

fn perform(session: &Session, request: Request) -> Result<(), Fault> {
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
        // Events have gone to their queue.
        Request::Event { .. } => {}
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
