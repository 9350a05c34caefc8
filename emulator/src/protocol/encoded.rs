//! A message on its way to many clients: encoded once per protocol, however many they are.

use std::sync::Arc;

use super::mqtt::Publication;
use super::{Frame, Protocol};
use crate::model::{Message, Origin};

/// The frames of one message that have been asked for so far. Copies of a frame share its bytes.
#[derive(Debug)]
pub(crate) struct Encoded<'a> {
    origin: Origin<'a>,
    message: &'a Message,
    frames: Vec<(Protocol, Frame)>,
    /// Once it has been asked for; `None` within when MQTT clients cannot receive the message.
    publication: Option<Option<Arc<Publication>>>,
}

impl<'a> Encoded<'a> {
    pub(crate) fn new(origin: Origin<'a>, message: &'a Message) -> Self {
        Self {
            origin,
            message,
            frames: Vec::new(),
            publication: None,
        }
    }

    /// The frame for clients of a protocol.
    pub(crate) fn frame(&mut self, protocol: Protocol) -> Frame {
        if let Some((_, frame)) = self.frames.iter().find(|(known, _)| *known == protocol) {
            return frame.clone();
        }
        let frame = protocol.message(self.origin, self.message);
        self.frames.push((protocol, frame.clone()));
        frame
    }

    /// The message for MQTT clients. Each of them makes its own packets of it.
    pub(crate) fn publication(&mut self) -> Option<Arc<Publication>> {
        let (origin, message) = (self.origin, self.message);
        self.publication
            .get_or_insert_with(|| Publication::new(origin, message).map(Arc::new))
            .clone()
    }
}
