//! The events that a client has sent and its handler has not answered yet.
//!
//! They reach the handler one after another, on a task of their own: while the handler takes its time, the client's
//! other frames are handled. What was received is delivered even when the client goes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use super::requests;
use super::session::Session;
use crate::model::Message;
use crate::protocol::{Fault, FaultName, Notice};

/// The most bytes of events that may wait: 16 MiB. While there is no room, the client's socket is not read.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A small event takes this much room, so that at most 1,024 wait.
const MIN_BYTES: usize = MAX_BYTES / 1024;

/// What wants to know how the event handler responds.
pub(super) enum Asker {
    /// An event, which may be acknowledged; a reply is a message of the server.
    Event { ack_id: Option<u64> },
    /// An invocation, to which a reply is the response.
    Invocation { invocation_id: String },
}

/// An event in the queue.
struct Waiting {
    asker: Asker,
    name: String,
    message: Message,
    _room: Option<OwnedSemaphorePermit>,
}

/// The queue of one client. It exists from the first event on.
#[derive(Default)]
pub(super) struct EventQueue(Option<Running>);

struct Running {
    sender: UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
    worker: JoinHandle<()>,
}

impl EventQueue {
    /// Adds an event, once there is room.
    pub(super) async fn add(&mut self, session: &Arc<Session>, asker: Asker, name: String, message: Message) {
        let running = self.0.get_or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            Running {
                sender,
                room: Arc::new(Semaphore::new(MAX_BYTES)),
                worker: session.tasks.spawn(work(Arc::clone(session), receiver)),
            }
        });
        let size = message.payload.len().clamp(MIN_BYTES, MAX_BYTES);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        session.reading.store(false, Ordering::Relaxed);
        let room = Arc::clone(&running.room).acquire_many_owned(size).await.ok();
        session.reading.store(true, Ordering::Relaxed);
        // Nobody works any more after a close because of an event.
        let _ = running.sender.send(Waiting {
            asker,
            name,
            message,
            _room: room,
        });
    }

    /// Waits until all events have been answered.
    pub(super) async fn finish(self) {
        if let Some(Running { sender, worker, .. }) = self.0 {
            drop(sender);
            let _ = worker.await;
        }
    }
}

async fn work(session: Arc<Session>, mut waiting: UnboundedReceiver<Waiting>) {
    while let Some(event) = waiting.recv().await {
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
