//! The events of one session that its handler has not answered yet.

use std::sync::Arc;

use bytes::Bytes;
use mqtt_proto::QoS;
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::backlog::{Backlog, Waiting};
use super::session::Session;
use crate::events::MqttEvent;
use crate::protocol::mqtt::{EventReply, Publication};

/// An event and what its reply needs.
pub(super) struct Question {
    pub(super) event: MqttEvent,
    pub(super) correlation_data: Option<Bytes>,
    pub(super) qos: QoS,
}

/// The queue of one session.
#[derive(Default)]
pub(super) struct Questions(Backlog<Question>);

impl Questions {
    /// Adds an event, once there is room.
    pub(super) async fn add(&mut self, session: &Arc<Session>, question: Question) {
        let size = question.event.payload.len();
        self.0
            .add(question, size, |questions| {
                session.service.tasks.spawn(work(Arc::clone(session), questions))
            })
            .await;
    }

    /// Waits until all events have been answered.
    pub(super) async fn finish(self) {
        self.0.finish().await;
    }
}

async fn work(session: Arc<Session>, mut questions: UnboundedReceiver<Waiting<Question>>) {
    while let Some(Waiting {
        piece: question,
        _room,
    }) = questions.recv().await
    {
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
