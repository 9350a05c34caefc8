//! A message on its way to many clients: encoded once per format, however many they are.

use std::sync::Arc;

use super::mqtt::Publication;
use super::{Format, Frame, Protocol, json, protobuf, simple};
use crate::model::{GroupStates, Message, Origin};

/// What is on its way.
#[derive(Debug, Clone, Copy)]
enum Content<'a> {
    Message(Origin<'a>, &'a Message),
    GroupStates(&'a GroupStates),
}

/// The frames of one message that have been asked for so far. Copies of a frame share its bytes.
#[derive(Debug)]
pub(crate) struct Encoded<'a> {
    content: Content<'a>,
    frames: Vec<(Format, Option<Frame>)>,
    /// Once it has been asked for; `None` within when MQTT clients cannot receive this.
    publication: Option<Option<Arc<Publication>>>,
}

impl<'a> Encoded<'a> {
    pub(crate) fn new(origin: Origin<'a>, message: &'a Message) -> Self {
        Self::of(Content::Message(origin, message))
    }

    pub(crate) fn group_states(states: &'a GroupStates) -> Self {
        Self::of(Content::GroupStates(states))
    }

    fn of(content: Content<'a>) -> Self {
        Self {
            content,
            frames: Vec::new(),
            publication: None,
        }
    }

    /// The frame for clients of a protocol, where it has one for this.
    pub(crate) fn frame(&mut self, protocol: Protocol) -> Option<Frame> {
        let format = protocol.format();
        if let Some((_, frame)) = self.frames.iter().find(|(known, _)| *known == format) {
            return frame.clone();
        }
        let frame = match (format, self.content) {
            (Format::Simple, Content::Message(origin, message)) => simple::message(origin, message),
            (Format::Simple, Content::GroupStates(_)) => None,
            (Format::Json, Content::Message(origin, message)) => Some(json::message(origin, message)),
            (Format::Json, Content::GroupStates(states)) => Some(json::group_states(states)),
            (Format::Protobuf, Content::Message(origin, message)) => Some(protobuf::message(origin, message)),
            (Format::Protobuf, Content::GroupStates(states)) => Some(protobuf::group_states(states)),
        };
        self.frames.push((format, frame.clone()));
        frame
    }

    /// The frame for one client of a reliable protocol, with the message's sequence id.
    pub(crate) fn numbered(&mut self, protocol: Protocol, sequence_id: u64) -> Option<Frame> {
        self.frame(protocol).map(|frame| match &frame {
            Frame::Text(text) => json::numbered(text, sequence_id),
            Frame::Binary(bytes) => protobuf::numbered(bytes, sequence_id),
            _ => frame,
        })
    }

    /// The message for MQTT clients. Each of them makes its own packets of it.
    pub(crate) fn publication(&mut self) -> Option<Arc<Publication>> {
        let content = self.content;
        self.publication
            .get_or_insert_with(|| match content {
                Content::Message(origin, message) => Publication::new(origin, message).map(Arc::new),
                Content::GroupStates(_) => None,
            })
            .clone()
    }
}
