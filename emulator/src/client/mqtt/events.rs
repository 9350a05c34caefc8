//! The events of one session that its handler has not answered yet.
//!
//! They reach the handler one after another, on a task of their own, also when the client has gone.

use std::sync::Arc;

use bytes::Bytes;
use mqtt_proto::QoS;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use super::session::Session;
use crate::events::MqttEvent;
use crate::protocol::mqtt::{EventReply, Publication};

/// The most bytes of events that may wait: 16 MiB. While there is no room, the client's socket is not read.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A small event takes this much room, so that at most 1,024 wait.
const MIN_BYTES: usize = MAX_BYTES / 1024;

/// An event and what its reply needs.
pub(super) struct Question {
    pub(super) event: MqttEvent,
    pub(super) correlation_data: Option<Bytes>,
    pub(super) qos: QoS,
}

struct Waiting {
    question: Question,
    _room: Option<OwnedSemaphorePermit>,
}

/// The queue of one session. It exists from the first event on.
#[derive(Default)]
pub(super) struct Questions(Option<Running>);

struct Running {
    sender: UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
    worker: JoinHandle<()>,
}

impl Questions {
    /// Adds an event, once there is room.
    pub(super) async fn add(&mut self, session: &Arc<Session>, question: Question) {
        let running = self.0.get_or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            Running {
                sender,
                room: Arc::new(Semaphore::new(MAX_BYTES)),
                worker: session.service.tasks.spawn(work(Arc::clone(session), receiver)),
            }
        });
        let size = question.event.payload.len().clamp(MIN_BYTES, MAX_BYTES);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let room = Arc::clone(&running.room).acquire_many_owned(size).await.ok();
        // Nobody works any more when the service is stopping.
        let _ = running.sender.send(Waiting {
            question,
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
    while let Some(Waiting { question, _room }) = waiting.recv().await {
        if session.service.stopping.is_cancelled() {
            return;
        }
        let reply = session.connection.events.mqtt_event(&question.event).await;
        let publication = Publication::reply(EventReply {
            event: &question.event.name,
            status: reply.status,
            content_type: reply.content_type.as_deref(),
            user_properties: reply.user_properties,
            payload: reply.payload,
            correlation_data: question.correlation_data,
            qos: question.qos,
        });
        if let Some(publication) = publication {
            session.publish_to_client(publication);
        }
    }
}
