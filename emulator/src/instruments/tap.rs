//! The frames of one connection, as the journal sees them.

use std::sync::Arc;

use axum::extract::ws::Message as Frame;

use super::entry::{Content, Kept, Peer};
use super::journal::Journal;
use super::record::Direction;

/// Notes the frames of one connection. Without a recording journal every call is one comparison.
#[derive(Clone)]
pub(crate) struct Tap(Option<(Arc<Journal>, Arc<Peer>)>);

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap").field("peer", &self.peer()).finish()
    }
}

impl Tap {
    pub(crate) fn new(journal: &Arc<Journal>, peer: impl FnOnce() -> Peer) -> Self {
        Self(
            journal
                .is_recording()
                .then(|| (Arc::clone(journal), Arc::new(peer()))),
        )
    }

    /// Whom it is about.
    pub(crate) fn peer(&self) -> Option<Arc<Peer>> {
        self.0.as_ref().map(|(_, peer)| Arc::clone(peer))
    }

    /// Notes a frame from the client.
    pub(crate) fn received(&self, frame: &Frame) {
        self.frame(Direction::In, frame);
    }

    /// Notes a frame to the client.
    pub(crate) fn sent(&self, frame: &Frame) {
        self.frame(Direction::Out, frame);
    }

    /// Notes that a client has lost its socket and may come back.
    pub(crate) fn lost(&self, reason: &str) {
        if let Some((journal, peer)) = &self.0 {
            let reason = reason.to_owned();
            journal.add(Arc::clone(peer), Content::Lost { reason });
        }
    }

    /// Notes that the connection has ended.
    pub(crate) fn ended(&self, reason: &str) {
        if let Some((journal, peer)) = &self.0 {
            let reason = reason.to_owned();
            journal.add(Arc::clone(peer), Content::Disconnect { reason });
        }
    }

    fn frame(&self, direction: Direction, frame: &Frame) {
        let Some((journal, peer)) = &self.0 else { return };
        // What is received lies in the socket's buffer; what is sent may go to many.
        let keep = match direction {
            Direction::In => |body: &bytes::Bytes| Kept::copied(body),
            Direction::Out => Kept::shared,
        };
        let (opcode, body, code) = match frame {
            Frame::Text(text) => ("text", keep(&text.clone().into()), None),
            Frame::Binary(bytes) => ("binary", keep(bytes), None),
            Frame::Ping(bytes) => ("ping", keep(bytes), None),
            Frame::Pong(bytes) => ("pong", keep(bytes), None),
            Frame::Close(None) => ("close", Kept::default(), None),
            Frame::Close(Some(close)) => {
                let reason = Kept::copied(close.reason.as_bytes());
                ("close", reason, Some(close.code))
            }
        };
        journal.add(
            Arc::clone(peer),
            Content::Frame {
                direction,
                opcode,
                body,
                code,
            },
        );
    }
}
