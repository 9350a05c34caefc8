//! What clients get.

use std::collections::BTreeMap;

use axum::extract::ws::close_code;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_json::value::RawValue;

use crate::model::{GroupStateItem, GroupStates, Message, Origin, Payload, StreamPart};
use crate::protocol::{Close, Connected, Fault, FaultName, Frame, Notice, Reply};

/// Acknowledges a request. Without an ack id, a request of an unknown kind is answered all the same, and one that makes
/// no sense closes the connection: nobody could be told of it otherwise.
pub(in crate::protocol) fn reply(ack_id: Option<u64>, outcome: Result<(), Fault>) -> Reply {
    match (ack_id, outcome) {
        (Some(id), Ok(())) => Reply::Frame(frame(&json!({"type": "ack", "ackId": id, "success": true}))),
        (None, Err(fault)) if fault.name == FaultName::BadRequest => {
            Reply::Close(Close::new(close_code::INVALID, fault.message))
        }
        (None, outcome) if !matches!(&outcome, Err(fault) if fault.name == FaultName::Unknown) => {
            Reply::Nothing
        }
        (_, Ok(())) => Reply::Nothing,
        (ack_id, Err(Fault { name, message })) => Reply::Frame(frame(&json!({
            "type": "ack", "ackId": ack_id, "success": false, "error": error(name.as_str(), &message),
        }))),
    }
}

pub(in crate::protocol) fn pong() -> Frame {
    frame(&json!({"type": "pong"}))
}

pub(in crate::protocol) fn connected(connected: &Connected<'_>) -> Frame {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct System<'a> {
        r#type: &'static str,
        event: &'static str,
        user_id: Option<&'a str>,
        connection_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reconnection_token: Option<&'a str>,
    }
    frame(&System {
        r#type: "system",
        event: "connected",
        user_id: connected.user_id,
        connection_id: connected.connection_id,
        reconnection_token: connected.reconnection_token,
    })
}

pub(in crate::protocol) fn disconnected(reason: &str) -> Frame {
    frame(&json!({"type": "system", "event": "disconnected", "message": reason}))
}

pub(in crate::protocol) fn notice(notice: &Notice<'_>) -> Frame {
    frame(&match notice {
        Notice::InvokeDone { invocation_id, reply } => return invoke_response(invocation_id, *reply),
        Notice::StreamAck { stream_id, expected } => {
            json!({"type": "streamAck", "streamId": stream_id, "expectedSequenceId": expected})
        }
        Notice::StreamNack {
            stream_id,
            name,
            message,
            expected,
        } => json!({
            "type": "streamNack", "streamId": stream_id, "name": name, "message": message, "expectedSequenceId": expected,
        }),
        Notice::StreamClosed {
            stream_id,
            error: None,
        } => {
            json!({"type": "streamClosed", "streamId": stream_id})
        }
        Notice::StreamClosed {
            stream_id,
            error: Some((name, message)),
        } => json!({"type": "streamClosed", "streamId": stream_id, "error": error(name, message)}),
        Notice::InvokeFailed {
            invocation_id,
            name,
            message,
        } => json!({
            "type": "invokeResponse", "invocationId": invocation_id, "success": false, "error": error(name, message),
        }),
    })
}

fn invoke_response(invocation_id: &str, reply: Option<&Message>) -> Frame {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct InvokeResponse<'a> {
        r#type: &'static str,
        invocation_id: &'a str,
        success: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        data_type: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<Data<'a>>,
    }
    let (data_type, data) = reply.map(|reply| data(&reply.payload)).unzip();
    frame(&InvokeResponse {
        r#type: "invokeResponse",
        invocation_id,
        success: true,
        data_type,
        data,
    })
}

fn error(name: &str, message: &str) -> serde_json::Value {
    json!({"name": name, "message": message})
}

/// The frame that carries a message.
pub(in crate::protocol) fn message(origin: Origin<'_>, message: &Message) -> Frame {
    let (from, group, from_user_id, stream) = match origin {
        Origin::Server => ("server", None, None, None),
        Origin::Group { group, from_user } => ("group", Some(group), from_user, None),
        Origin::Stream {
            group,
            from_user,
            part,
        } => ("group", Some(group), from_user, Some(part)),
    };
    let (data_type, data) = data(&message.payload);
    frame(&Downstream {
        r#type: "message",
        from,
        group,
        from_user_id,
        data_type,
        data,
        metadata: message.metadata.items(),
        stream,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Downstream<'a> {
    r#type: &'static str,
    from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_user_id: Option<&'a str>,
    data_type: &'static str,
    data: Data<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stream")]
    stream: Option<&'a StreamPart>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Text(&'a str),
    Json(&'a RawValue),
    Base64(String),
}

/// The name of a payload's data type, and the data.
fn data(payload: &Payload) -> (&'static str, Data<'_>) {
    match payload {
        Payload::Text(text) => ("text", Data::Text(text)),
        Payload::Json(json) => ("json", Data::Json(json)),
        Payload::Binary(bytes) => ("binary", Data::Base64(STANDARD.encode(bytes))),
        Payload::Protobuf(bytes) => ("protobuf", Data::Base64(STANDARD.encode(bytes))),
    }
}

fn stream<S: Serializer>(part: &Option<&StreamPart>, serializer: S) -> Result<S::Ok, S::Error> {
    part.map(|part| {
        let mut value = json!({"streamId": part.stream_id, "streamSequenceId": part.sequence_id});
        if part.is_end {
            value["endOfStream"] = true.into();
        }
        if let Some(error) = &part.error {
            value["error"] = json!({"name": error.name, "message": error.message});
            if let Some(code) = &error.user_error_code {
                value["error"]["userErrorCode"] = code.as_str().into();
            }
        }
        value
    })
    .serialize(serializer)
}

pub(in crate::protocol) fn group_states(states: &GroupStates) -> Frame {
    let item = |item: &GroupStateItem| {
        let mut value = json!({"connectionId": item.connection_id, "updatedAt": item.updated_at});
        if let Some(user) = &item.user_id {
            value["userId"] = user.as_str().into();
        }
        if let Some(state) = &item.state {
            value["state"] = json!(state);
        }
        value
    };
    let kind = if states.is_snapshot {
        "groupStateSnapshot"
    } else {
        "groupStateUpdate"
    };
    let items: Vec<_> = states.items.iter().map(item).collect();
    frame(&json!({"type": kind, "group": states.group, "items": items}))
}

/// The frame of a message with its sequence id as one more member.
pub(in crate::protocol) fn numbered(frame: &str, sequence_id: u64) -> Frame {
    let members = frame.strip_prefix('{').unwrap_or(frame);
    Frame::text(format!("{{\"sequenceId\":{sequence_id},{members}"))
}

fn frame(value: &impl Serialize) -> Frame {
    Frame::text(serde_json::to_string(value).expect("text-keyed values always serialize"))
}
