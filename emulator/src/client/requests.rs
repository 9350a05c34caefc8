//! What the requests of clients do, whatever protocol they came in.

use std::sync::{Arc, PoisonError};

use super::event_queue::{Asker, EventQueue};
use super::session::Session;
use crate::hub::{Except, Target};
use crate::model::Origin;
use crate::model::permissions::Permission;
use crate::protocol::{Close, Fault, FaultName, Incoming, Invocation, Notice, Reply, Request};

/// Handles one request; an event is only queued. An error closes the connection.
pub(super) async fn handle(
    session: &Arc<Session>,
    incoming: Incoming,
    events: &mut EventQueue,
) -> Result<(), Close> {
    let Incoming { ack_id, request } = incoming;
    let mut subscribed = None;
    let outcome = match (duplicate(session, ack_id), request) {
        (Some(fault), _) | (None, Err(fault)) => Err(fault),
        (None, Ok(Request::Event { name, message })) => {
            events.add(session, Asker::Event { ack_id }, name, message).await;
            return Ok(());
        }
        (None, Ok(Request::Invoke { invocation_id, event })) => {
            match event {
                Ok(Invocation { name, message }) => {
                    let asker = Asker::Invocation { invocation_id };
                    events.add(session, asker, name, message).await;
                }
                Err(reason) => invocation_failed(session, &invocation_id, &reason),
            }
            return Ok(());
        }
        (None, Ok(Request::SubscribeGroupState { group })) => {
            let outcome = may_see(session, &group);
            subscribed = outcome.is_ok().then_some(group);
            outcome
        }
        (None, Ok(request)) => perform(session, request),
    };
    finish(session, ack_id, outcome)?;
    // The snapshot comes after the acknowledgement.
    if let Some(group) = subscribed {
        session.hub.subscribe_group_states(&session.connection, &group);
    }
    Ok(())
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
        (Err(fault), _) => tracing::info!(
            connection = session.connection.id,
            name = fault.name.as_str(),
            reason = fault.message,
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

pub(super) fn invocation_failed(session: &Session, invocation_id: &str, message: &str) {
    tracing::info!(
        connection = session.connection.id,
        invocation_id,
        reason = message,
        "invocation failed"
    );
    session.tell(&Notice::InvokeFailed {
        invocation_id,
        name: "InvocationFailed",
        message,
    });
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
        Request::SequenceAck { sequence_id } => {
            if !session.connection.protocol.is_reliable() {
                let message = "'sequenceAck' belongs to the reliable subprotocols.";
                return Err(Fault::new(FaultName::Unknown, message));
            }
            session.connection.acknowledge(sequence_id);
        }
        Request::Stream { stream_id, request } => session.streams.handle(session, &stream_id, request),
        // The event handler has it, or gets it next; the client drops the response.
        Request::CancelInvocation => {}
        Request::SetGroupState { group, state } => {
            if !session.hub.set_group_state(&session.connection, &group, state) {
                return Err(Fault::new(
                    FaultName::Forbidden,
                    format!("The client is not in group '{group}'."),
                ));
            }
        }
        Request::UnsubscribeGroupState { group } => {
            session.hub.unsubscribe_group_states(&session.connection, &group)
        }
        // Handled elsewhere: events are queued, and a subscription begins after its acknowledgement.
        Request::Event { .. } | Request::Invoke { .. } | Request::SubscribeGroupState { .. } => {}
    }
    Ok(())
}

/// Who is in a group, or could join it, may see the states in it.
fn may_see(session: &Session, group: &str) -> Result<(), Fault> {
    match session.hub.is_member(&session.connection.id, group) {
        true => Ok(()),
        false => permit(session, Permission::JoinLeaveGroup, "see the states of", group),
    }
}

fn permit(session: &Session, permission: Permission, verb: &str, group: &str) -> Result<(), Fault> {
    match session.allows(permission, group) {
        true => Ok(()),
        false => Err(Fault::new(FaultName::Forbidden, forbidden(verb, group))),
    }
}

/// What a client is told that may not do this with a group.
pub(super) fn forbidden(verb: &str, group: &str) -> String {
    format!("The client does not have permission to {verb} group '{group}'.")
}
