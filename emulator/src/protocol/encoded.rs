//! A message on its way to many clients: encoded once per protocol, however many they are.

use super::{Frame, Protocol};
use crate::model::{Message, Origin};

/// The frames of one message that have been asked for so far. Copies of a frame share its bytes.
#[derive(Debug)]
pub(crate) struct Encoded<'a> {
    origin: Origin<'a>,
    message: &'a Message,
    frames: Vec<(Protocol, Frame)>,
}

impl<'a> Encoded<'a> {
    pub(crate) fn new(origin: Origin<'a>, message: &'a Message) -> Self {
        Self {
            origin,
            message,
            frames: Vec::new(),
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
}
