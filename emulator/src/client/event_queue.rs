//! The events and invocations that a client has sent and its handler has not answered yet.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc::UnboundedReceiver;

use super::backlog::{Backlog, Waiting};
use super::requests;
use super::session::Session;
use crate::model::Message;
use crate::protocol::{Fault, FaultName, Notice};

/// What wants to know how the event handler responds.
pub(super) enum Asker {
    /// An event, which may be acknowledged; a reply is a message of the server.
    Event { ack_id: Option<u64> },
    /// An invocation, to which a reply is the response.
    Invocation { invocation_id: String },
}

/// An event in the queue.
struct Event {
    asker: Asker,
    name: String,
    message: Message,
}

/// The queue of one client.
#[derive(Default)]
pub(super) struct EventQueue(Backlog<Event>);

impl EventQueue {
    /// Adds an event, once there is room.
    pub(super) async fn add(&mut self, session: &Arc<Session>, asker: Asker, name: String, message: Message) {
        let size = message.payload.len();
        let event = Event { asker, name, message };
        session.reading.store(false, Ordering::Relaxed);
        self.0
            .add(event, size, |events| {
                session.tasks.spawn(work(Arc::clone(session), events))
            })
            .await;
        session.reading.store(true, Ordering::Relaxed);
    }

    /// Waits until all events have been answered.
    pub(super) async fn finish(self) {
        self.0.finish().await;
    }
}

async fn work(session: Arc<Session>, mut events: UnboundedReceiver<Waiting<Event>>) {
    while let Some(Waiting { piece: event, _room }) = events.recv().await {
        if session.stopping.is_cancelled() {
            return;
        }
        let ack_id = match event.asker {
            Asker::Event { ack_id } => ack_id,
            Asker::Invocation { invocation_id } => {
                invoke(&session, &invocation_id, &event.name, event.message).await;
                continue;
            }
        };
        let outcome = match requests::duplicate(&session, ack_id) {
            Some(fault) => Err(fault),
            None => session
                .user_event(&event.name, event.message)
                .await
                .map_err(|failure| Fault::new(FaultName::InternalServerError, failure.to_string())),
        };
        if let Err(close) = requests::finish(&session, ack_id, outcome) {
            session.connection.close(close);
            return;
        }
    }
}

async fn invoke(session: &Session, invocation_id: &str, name: &str, message: Message) {
    match session.connection.events.user_event(name, message).await {
        Ok(reply) => session.tell(&Notice::InvokeDone {
            invocation_id,
            reply: reply.as_ref(),
        }),
        Err(failure) => requests::invocation_failed(session, invocation_id, &failure.to_string()),
    }
}
