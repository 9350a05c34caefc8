//! What clients send.

use std::collections::BTreeMap;

use axum::extract::ws::close_code;
use prost::Message as _;
use serde_json::value::RawValue;

use super::wire::{DataKind, MessageData, SendToGroup, StreamData, StreamStart, Upstream, UpstreamMessage};
use crate::model::{Message, Metadata, Payload, names};
use crate::protocol::request::{StreamRequest, UserError, idle_timeout, time_to_live};
use crate::protocol::{Close, Fault, FaultName, Frame, Incoming, Request};

/// Reads a frame.
pub(in crate::protocol) fn read(frame: Frame) -> Result<Option<Incoming>, Close> {
    let bytes = match frame {
        Frame::Binary(bytes) => bytes,
        Frame::Text(_) => {
            return Err(Close::new(
                close_code::UNSUPPORTED,
                "Text frames are not part of the protobuf subprotocols.",
            ));
        }
        _ => return Ok(None),
    };
    let frame = UpstreamMessage::decode(bytes).map_err(|error| {
        Close::new(
            close_code::INVALID,
            format!("The message cannot be read: {error}."),
        )
    })?;
    let Some(frame) = frame.message else {
        let fault = Fault::new(
            FaultName::Unknown,
            "The message is none that this subprotocol has.",
        );
        return Ok(Some(Incoming {
            ack_id: None,
            request: Err(fault),
        }));
    };
    let (ack_id, request) = request(frame);
    let request = request.map_err(|reason| Fault::new(FaultName::BadRequest, reason));
    Ok(Some(Incoming { ack_id, request }))
}

fn request(frame: Upstream) -> (Option<u64>, Result<Request, String>) {
    match frame {
        Upstream::SendToGroup(mut frame) => match frame.stream.take() {
            Some(stream) => (frame.ack_id, open_stream(&frame, stream)),
            None => (frame.ack_id, send_to_group(frame)),
        },
        Upstream::Event(frame) => {
            let name = names::event(&frame.event).map_err(|error| error.to_string());
            let message = || message(frame.data, frame.metadata);
            let request = name.and_then(|name| message().map(|message| Request::Event { name, message }));
            (frame.ack_id, request)
        }
        Upstream::JoinGroup(frame) => (
            frame.ack_id,
            group(&frame.group).map(|group| Request::JoinGroup { group }),
        ),
        Upstream::LeaveGroup(frame) => (
            frame.ack_id,
            group(&frame.group).map(|group| Request::LeaveGroup { group }),
        ),
        Upstream::SetGroupState(frame) => {
            let state = frame.state.map(|state| state.entries);
            let request = group(&frame.group).map(|group| Request::SetGroupState { group, state });
            (frame.ack_id, request)
        }
        Upstream::SubscribeGroupState(frame) => (
            frame.ack_id,
            group(&frame.group).map(|group| Request::SubscribeGroupState { group }),
        ),
        Upstream::UnsubscribeGroupState(frame) => (
            frame.ack_id,
            group(&frame.group).map(|group| Request::UnsubscribeGroupState { group }),
        ),
        Upstream::Ping(_) => (None, Ok(Request::Ping)),
        Upstream::SequenceAck(frame) => {
            let sequence_id = frame.sequence_id;
            (None, Ok(Request::SequenceAck { sequence_id }))
        }
        Upstream::Invoke(frame) => {
            let invocation_id = frame.invocation_id;
            // The fields of an invocation's event are not published.
            let event = Err("The local service takes invocations in the JSON subprotocols only.".to_owned());
            (None, Ok(Request::Invoke { invocation_id, event }))
        }
        Upstream::CancelInvocation(_) => (None, Ok(Request::CancelInvocation)),
        Upstream::StreamData(mut frame) => {
            let stream_id = std::mem::take(&mut frame.stream_id);
            let request = stream_data(frame).unwrap_or_else(StreamRequest::Invalid);
            (None, Ok(Request::Stream { stream_id, request }))
        }
        Upstream::StreamEnd(frame) => {
            let request = StreamRequest::End(frame.error.map(|error| UserError {
                message: error.message.unwrap_or_default(),
                code: error.user_error_code,
            }));
            let stream_id = frame.stream_id;
            (None, Ok(Request::Stream { stream_id, request }))
        }
    }
}

fn send_to_group(frame: SendToGroup) -> Result<Request, String> {
    let time_to_live = time_to_live(frame.ttl_seconds, "ttl_seconds")?;
    let mut message = message(frame.data, frame.metadata)?;
    message.time_to_live = time_to_live;
    Ok(Request::SendToGroup {
        group: group(&frame.group)?,
        no_echo: frame.no_echo.unwrap_or(false),
        message,
    })
}

fn open_stream(frame: &SendToGroup, stream: StreamStart) -> Result<Request, String> {
    if frame.ack_id.is_some() {
        return Err("A stream is opened without ack_id: it has acknowledgements of its own.".to_owned());
    }
    let opened = || {
        if frame.data.is_some() {
            return Err("A stream is opened without data: send it by stream_data_message.".to_owned());
        }
        Ok(StreamRequest::Open {
            group: group(&frame.group)?,
            no_echo: frame.no_echo.unwrap_or(false),
            idle_timeout: idle_timeout(stream.idle_timeout_ms, "idle_timeout_ms")?,
        })
    };
    Ok(Request::Stream {
        request: opened().unwrap_or_else(StreamRequest::Invalid),
        stream_id: stream.stream_id,
    })
}

fn stream_data(frame: StreamData) -> Result<StreamRequest, String> {
    match (frame.stream_sequence_id, &frame.data) {
        (None, None) => Ok(StreamRequest::KeepAlive),
        (None, Some(_)) => Err("stream_sequence_id is required.".to_owned()),
        (Some(sequence_id), _) => Ok(StreamRequest::Data {
            sequence_id,
            message: message(frame.data, BTreeMap::new())?,
        }),
    }
}

fn group(name: &str) -> Result<String, String> {
    names::group(name).map_err(|error| error.to_string())
}

fn message(data: Option<MessageData>, metadata: BTreeMap<String, String>) -> Result<Message, String> {
    let metadata = Metadata::new(metadata).map_err(|error| error.to_string())?;
    let data = data.and_then(|data| data.data);
    let payload = match data {
        Some(DataKind::Text(text)) => Payload::Text(text),
        Some(DataKind::Binary(bytes)) => Payload::Binary(bytes),
        Some(DataKind::Protobuf(any)) => Payload::Protobuf(any),
        Some(DataKind::Json(json)) => RawValue::from_string(json)
            .map(Payload::Json)
            .map_err(|error| format!("json_data is not valid JSON: {error}."))?,
        None => {
            return Err(
                "data is required: one of text_data, binary_data, protobuf_data, json_data.".to_owned(),
            );
        }
    };
    Ok(Message {
        payload,
        metadata,
        time_to_live: None,
    })
}
