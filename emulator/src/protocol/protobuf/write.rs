//! What clients get.

use axum::extract::ws::close_code;
use bytes::{Bytes, BytesMut};
use prost::Message as _;
use prost::encoding::{self, WireType};

use super::wire::{self, DataKind, Downstream, DownstreamMessage, MessageData};
use crate::model::{GroupStateItem, GroupStates, Message, Origin, Payload, StreamPart};
use crate::protocol::{Close, Connected, Fault, FaultName, Frame, Notice, Reply};

/// Acknowledges a request. Without an ack id, one that makes no sense closes the connection: nobody could be told of it
/// otherwise.
pub(in crate::protocol) fn reply(ack_id: Option<u64>, outcome: Result<(), Fault>) -> Reply {
    let fault = outcome.err();
    let Some(ack_id) = ack_id else {
        return match fault {
            Some(fault) if fault.name == FaultName::BadRequest => {
                Reply::Close(Close::new(close_code::INVALID, fault.message))
            }
            _ => Reply::Nothing,
        };
    };
    Reply::Frame(frame(Downstream::Ack(wire::Ack {
        ack_id,
        success: fault.is_none(),
        error: fault.map(|fault| error(fault.name.as_str(), &fault.message)),
    })))
}

pub(in crate::protocol) fn pong() -> Frame {
    frame(Downstream::Pong(wire::Empty {}))
}

pub(in crate::protocol) fn connected(connected: &Connected<'_>) -> Frame {
    system(wire::System::Connected(wire::Connected {
        connection_id: connected.connection_id.to_owned(),
        user_id: connected.user_id.unwrap_or_default().to_owned(),
        reconnection_token: connected.reconnection_token.map(str::to_owned),
    }))
}

pub(in crate::protocol) fn disconnected(reason: &str) -> Frame {
    system(wire::System::Disconnected(wire::Disconnected {
        reason: reason.to_owned(),
    }))
}

fn system(message: wire::System) -> Frame {
    let message = Some(message);
    frame(Downstream::System(wire::SystemMessage { message }))
}

pub(in crate::protocol) fn notice(notice: &Notice<'_>) -> Frame {
    frame(match *notice {
        Notice::StreamAck { stream_id, expected } => Downstream::StreamAck(wire::StreamAck {
            stream_id: stream_id.to_owned(),
            expected_sequence_id: expected,
        }),
        Notice::StreamNack {
            stream_id,
            name,
            message,
            expected,
        } => Downstream::StreamNack(wire::StreamNack {
            stream_id: stream_id.to_owned(),
            name: name.to_owned(),
            message: message.to_owned(),
            expected_sequence_id: expected,
        }),
        Notice::StreamClosed {
            stream_id,
            error: fault,
        } => Downstream::StreamClosed(wire::StreamClosed {
            stream_id: stream_id.to_owned(),
            error: fault.map(|(name, message)| error(name, message)),
        }),
        // No invocation of this format gets to the event handler, so that there is no reply.
        Notice::InvokeDone { invocation_id, .. } => Downstream::InvokeResponse(wire::InvokeResponse {
            invocation_id: invocation_id.to_owned(),
            success: true,
            error: None,
        }),
        Notice::InvokeFailed {
            invocation_id,
            name,
            message,
        } => Downstream::InvokeResponse(wire::InvokeResponse {
            invocation_id: invocation_id.to_owned(),
            success: false,
            error: Some(error(name, message)),
        }),
    })
}

fn error(name: &str, message: &str) -> wire::Error {
    wire::Error {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}

/// The frame that carries a message. It has no user: the service's message has no field for it.
pub(in crate::protocol) fn message(origin: Origin<'_>, message: &Message) -> Frame {
    let (from, group, stream) = match origin {
        Origin::Server => ("server", None, None),
        Origin::Group { group, .. } => ("group", Some(group), None),
        Origin::Stream { group, part, .. } => ("group", Some(group), Some(part)),
    };
    let data = match &message.payload {
        Payload::Text(text) => DataKind::Text(text.clone()),
        Payload::Json(json) => DataKind::Json(json.get().to_owned()),
        Payload::Binary(bytes) => DataKind::Binary(bytes.clone()),
        // Nobody could read a message around something else, so that travels as bytes.
        Payload::Protobuf(any) => match wire::Any::decode(any.clone()) {
            Ok(_) => DataKind::Protobuf(any.clone()),
            Err(_) => DataKind::Binary(any.clone()),
        },
    };
    frame(Downstream::Data(wire::Data {
        from: from.to_owned(),
        group: group.map(str::to_owned),
        data: Some(MessageData { data: Some(data) }),
        metadata: message.metadata.items().cloned().unwrap_or_default(),
        stream: stream.map(stream_info),
    }))
}

fn stream_info(part: &StreamPart) -> wire::StreamInfo {
    wire::StreamInfo {
        stream_id: part.stream_id.clone(),
        stream_sequence_id: part.sequence_id,
        end_of_stream: part.is_end.then_some(true),
        error: part.error.as_ref().map(|error| wire::StreamError {
            name: error.name.to_owned(),
            message: error.message.clone(),
            user_error_code: error.user_error_code.clone().unwrap_or_default(),
        }),
    }
}

pub(in crate::protocol) fn group_states(states: &GroupStates) -> Frame {
    let item = |item: &GroupStateItem| wire::GroupStateItem {
        connection_id: item.connection_id.clone(),
        user_id: item.user_id.clone(),
        state: item.state.clone().map(|entries| wire::GroupState { entries }),
        updated_at: item.updated_at,
    };
    let message = wire::GroupStates {
        group: states.group.clone(),
        items: states.items.iter().map(item).collect(),
    };
    frame(match states.is_snapshot {
        true => Downstream::GroupStateSnapshot(message),
        false => Downstream::GroupStateUpdate(message),
    })
}

/// The frame of a message with its sequence id as one more field of the message inside.
pub(in crate::protocol) fn numbered(frame: &Bytes, sequence_id: u64) -> Frame {
    let mut inside = frame.clone();
    let (Ok((outer_field, _)), Ok(_)) = (
        encoding::decode_key(&mut inside),
        encoding::decode_varint(&mut inside),
    ) else {
        // No frame that was written here.
        return Frame::Binary(frame.clone());
    };
    let sequence_field = match outer_field {
        2 => wire::DATA_SEQUENCE_ID,
        _ => wire::GROUP_STATES_SEQUENCE_ID,
    };
    let length = inside.len() + encoding::uint64::encoded_len(sequence_field, &sequence_id);
    let mut bytes = BytesMut::with_capacity(length + 16);
    encoding::encode_key(outer_field, WireType::LengthDelimited, &mut bytes);
    encoding::encode_varint(length as u64, &mut bytes);
    bytes.extend_from_slice(&inside);
    encoding::uint64::encode(sequence_field, &sequence_id, &mut bytes);
    Frame::Binary(bytes.freeze())
}

fn frame(message: Downstream) -> Frame {
    let message = Some(message);
    Frame::Binary(DownstreamMessage { message }.encode_to_vec().into())
}
