//! The frames of `json.webpubsub.azure.v1`: reading what clients send, writing what they get.

use std::collections::BTreeMap;

use axum::extract::ws::close_code;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::{Close, Fault, FaultName, Frame, Incoming, Reply, Request};
use crate::model::{Message, Metadata, Origin, Payload, names};

/// The name of the subprotocol.
pub(super) const SUBPROTOCOL: &str = "json.webpubsub.azure.v1";

/// Reads a frame.
pub(super) fn read(frame: Frame) -> Result<Option<Incoming>, Close> {
    let text = match frame {
        Frame::Text(text) => text,
        Frame::Binary(_) => {
            let reason = format!("Binary frames are not part of {SUBPROTOCOL}.");
            return Err(Close::new(close_code::UNSUPPORTED, reason));
        }
        _ => return Ok(None),
    };
    let (ack_id, request) = match serde_json::from_str::<Upstream>(&text) {
        Ok(frame) => match frame.unsupported() {
            Some(answer) => return Ok(Some(Incoming::Unsupported(answer))),
            None => (frame.ack_id, frame.request()),
        },
        // The ack id is looked for by itself: an error is acknowledged too, where it can be.
        Err(error) => {
            let ack_id = serde_json::from_str::<OnlyAckId>(&text)
                .ok()
                .and_then(|frame| frame.ack_id);
            (ack_id, Err(format!("The message cannot be read: {error}.")))
        }
    };
    let request = request.map_err(|reason| Fault::new(FaultName::BadRequest, reason));
    Ok(Some(Incoming::Request { ack_id, request }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upstream {
    r#type: String,
    ack_id: Option<u64>,
    group: Option<String>,
    event: Option<String>,
    no_echo: Option<bool>,
    data_type: Option<String>,
    data: Option<Box<RawValue>>,
    ttl_seconds: Option<u32>,
    metadata: Option<BTreeMap<String, String>>,
    invocation_id: Option<String>,
    stream_id: Option<String>,
    stream: Option<Stream>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stream {
    stream_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnlyAckId {
    ack_id: Option<u64>,
}

impl Upstream {
    /// The answer to a frame of a kind that is not served, in the words of its kind: the connection stays.
    ///
    /// A request with an ack id is answered by its acknowledgement instead.
    fn unsupported(&self) -> Option<Frame> {
        let kind = self.r#type.to_ascii_lowercase();
        let error = |message: String| json!({"name": FaultName::BadRequest.as_str(), "message": message});
        let closed = |stream: Option<&str>| {
            let error = error("Streams are not supported here.".to_owned());
            Some(frame(
                &json!({"type": "streamClosed", "streamId": stream, "error": error}),
            ))
        };
        match kind.as_str() {
            "invoke" => Some(frame(&json!({
                "type": "invokeResponse", "invocationId": self.invocation_id, "success": false,
                "error": error("Invocations are not supported here.".to_owned()),
            }))),
            "streamdata" | "streamend" => closed(self.stream_id.as_deref()),
            "sendtogroup" => closed(self.stream.as_ref()?.stream_id.as_deref()),
            "ping" | "joingroup" | "leavegroup" | "event" => None,
            _ if self.ack_id.is_some() => None,
            _ => Some(frame(&json!({
                "type": "ack", "ackId": null, "success": false, "error": error(self.unknown_type()),
            }))),
        }
    }

    fn unknown_type(&self) -> String {
        format!("Unknown 'type': {}.", self.r#type)
    }

    fn request(self) -> Result<Request, String> {
        // Type names are compared ignoring letter case.
        match self.r#type.to_ascii_lowercase().as_str() {
            "ping" => Ok(Request::Ping),
            "joingroup" => Ok(Request::JoinGroup { group: self.group()? }),
            "leavegroup" => Ok(Request::LeaveGroup { group: self.group()? }),
            "sendtogroup" => {
                if self.ttl_seconds.is_some_and(|ttl| ttl > 300) {
                    return Err("'ttlSeconds' is out of range. Allowed range is [0,300].".to_owned());
                }
                let (group, no_echo) = (self.group()?, self.no_echo.unwrap_or(false));
                Ok(Request::SendToGroup {
                    group,
                    no_echo,
                    message: self.message()?,
                })
            }
            "event" => {
                let name = self
                    .event
                    .as_deref()
                    .ok_or("Missing required property 'event'.")?;
                let name = names::event(name).map_err(|error| error.to_string())?;
                Ok(Request::Event {
                    name,
                    message: self.message()?,
                })
            }
            _ => Err(self.unknown_type()),
        }
    }

    fn group(&self) -> Result<String, String> {
        let group = self
            .group
            .as_deref()
            .ok_or("Missing required property 'group'.")?;
        names::group(group).map_err(|error| error.to_string())
    }

    fn message(self) -> Result<Message, String> {
        let metadata = Metadata::new(self.metadata.unwrap_or_default()).map_err(|error| error.to_string())?;
        let data = self.data.ok_or("Missing required property 'data'.")?;
        let text = |data: &RawValue| serde_json::from_str::<String>(data.get());
        let bytes = |data: &RawValue| text(data).ok().and_then(|encoded| STANDARD.decode(encoded).ok());
        let data_type = self.data_type.as_deref().unwrap_or("json").to_ascii_lowercase();
        let payload = match data_type.as_str() {
            "json" => Payload::Json(data),
            "text" => Payload::Text(
                text(&data).map_err(|_| "'data' should be a string when 'dataType' is 'text'.".to_owned())?,
            ),
            "binary" => Payload::Binary(
                bytes(&data)
                    .ok_or("'data' is not a valid base64 encoded string.")?
                    .into(),
            ),
            "protobuf" => Payload::Protobuf(
                bytes(&data)
                    .ok_or("'data' is not a valid base64 encoded string.")?
                    .into(),
            ),
            _ => return Err(format!("Unknown 'dataType': {data_type}.")),
        };
        Ok(Message { payload, metadata })
    }
}

/// Acknowledges a request.
pub(super) fn reply(ack_id: Option<u64>, outcome: Result<(), Fault>) -> Reply {
    match (ack_id, outcome) {
        (Some(id), Ok(())) => Reply::Frame(frame(&json!({"type": "ack", "ackId": id, "success": true}))),
        (Some(id), Err(Fault { name, message })) => Reply::Frame(frame(&json!({
            "type": "ack", "ackId": id, "success": false, "error": {"name": name.as_str(), "message": message},
        }))),
        // Without an ack id nobody can be told what was wrong with a message but by closing.
        (None, Err(fault)) if fault.name == FaultName::BadRequest => {
            Reply::Close(Close::new(close_code::INVALID, fault.message))
        }
        (None, _) => Reply::Nothing,
    }
}

pub(super) fn pong() -> Frame {
    frame(&json!({"type": "pong"}))
}

pub(super) fn connected(connection_id: &str, user_id: Option<&str>) -> Frame {
    frame(&json!({"type": "system", "event": "connected", "userId": user_id, "connectionId": connection_id}))
}

pub(super) fn disconnected(reason: &str) -> Frame {
    frame(&json!({"type": "system", "event": "disconnected", "message": reason}))
}

/// The frame that carries a message.
pub(super) fn message(origin: Origin<'_>, message: &Message) -> Frame {
    let (from, group, from_user_id) = match origin {
        Origin::Server => ("server", None, None),
        Origin::Group { group, from_user } => ("group", Some(group), from_user),
    };
    let encoded;
    let (data_type, data) = match &message.payload {
        Payload::Text(text) => ("text", Data::Text(text)),
        Payload::Json(json) => ("json", Data::Json(json)),
        Payload::Binary(bytes) | Payload::Protobuf(bytes) => {
            encoded = STANDARD.encode(bytes);
            let protobuf = matches!(message.payload, Payload::Protobuf(_));
            (if protobuf { "protobuf" } else { "binary" }, Data::Text(&encoded))
        }
    };
    let metadata = message.metadata.items();
    frame(&Downstream {
        r#type: "message",
        from,
        group,
        from_user_id,
        data_type,
        data,
        metadata,
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
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Text(&'a str),
    Json(&'a RawValue),
}

fn frame(value: &impl Serialize) -> Frame {
    Frame::text(serde_json::to_string(value).expect("text-keyed values always serialize"))
}
