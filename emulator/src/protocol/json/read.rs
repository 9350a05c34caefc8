//! What clients send.

use std::collections::BTreeMap;

use axum::extract::ws::close_code;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::{Message, Metadata, Payload, names};
use crate::protocol::request::{Invocation, StreamRequest, UserError, idle_timeout, time_to_live};
use crate::protocol::{Close, Fault, FaultName, Frame, Incoming, Request};

/// Reads a frame.
pub(in crate::protocol) fn read(frame: Frame) -> Result<Option<Incoming>, Close> {
    let text = match frame {
        Frame::Text(text) => text,
        Frame::Binary(_) => {
            return Err(Close::new(
                close_code::UNSUPPORTED,
                "Binary frames are not part of the JSON subprotocols.",
            ));
        }
        _ => return Ok(None),
    };
    let (ack_id, request) = match serde_json::from_str::<Upstream>(&text) {
        Ok(frame) => (frame.ack_id, frame.request()),
        // The ack id or stream id is looked for by itself: an error is told, where it can be.
        Err(error) => {
            let reason = format!("The message cannot be read: {error}.");
            match serde_json::from_str(&text) {
                Ok(value) => salvage(&value, reason),
                Err(_) => return Err(Close::new(close_code::INVALID, reason)),
            }
        }
    };
    Ok(Some(Incoming { ack_id, request }))
}

/// Whom the error of a frame with members of wrong types is for.
fn salvage(frame: &Value, reason: String) -> (Option<u64>, Result<Request, Fault>) {
    let ack_id = frame.get("ackId").and_then(Value::as_u64);
    let stream = |frame: &Value| frame.get("streamId").and_then(Value::as_str).map(str::to_owned);
    let kind = frame.get("type").and_then(Value::as_str).unwrap_or_default();
    let stream_id = match kind.to_ascii_lowercase().as_str() {
        "streamdata" | "streamend" => stream(frame),
        "sendtogroup" if ack_id.is_none() => frame.get("stream").and_then(stream),
        _ => None,
    };
    match stream_id {
        Some(stream_id) => (None, Ok(invalid_stream(stream_id, reason))),
        None => (ack_id, Err(bad(reason))),
    }
}

fn invalid_stream(stream_id: String, reason: String) -> Request {
    let request = StreamRequest::Invalid(reason);
    Request::Stream { stream_id, request }
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
    sequence_id: Option<u64>,
    stream: Option<StreamStart>,
    stream_id: Option<String>,
    stream_sequence_id: Option<u64>,
    error: Option<StreamEndError>,
    invocation_id: Option<String>,
    target: Option<String>,
    state: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamStart {
    stream_id: String,
    idle_timeout_ms: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamEndError {
    message: Option<String>,
    user_error_code: Option<String>,
}

impl Upstream {
    fn request(self) -> Result<Request, Fault> {
        let unknown = Fault::new(FaultName::Unknown, format!("Unknown 'type': {}.", self.r#type));
        self.known_request().map_err(bad)?.ok_or(unknown)
    }

    /// `None` when the type is not known.
    fn known_request(mut self) -> Result<Option<Request>, String> {
        // Type names are compared ignoring letter case.
        let request = match self.r#type.to_ascii_lowercase().as_str() {
            "ping" => Request::Ping,
            "joingroup" => Request::JoinGroup { group: self.group()? },
            "leavegroup" => Request::LeaveGroup { group: self.group()? },
            "sendtogroup" => match self.stream.take() {
                Some(stream) => self.open_stream(stream)?,
                None => Request::SendToGroup {
                    group: self.group()?,
                    no_echo: self.no_echo.unwrap_or(false),
                    message: self.message()?,
                },
            },
            "event" => {
                let name = required(self.event.take(), "event")?;
                let name = names::event(&name).map_err(|error| error.to_string())?;
                Request::Event {
                    name,
                    message: self.message()?,
                }
            }
            "sequenceack" => Request::SequenceAck {
                sequence_id: required(self.sequence_id, "sequenceId")?,
            },
            "streamdata" => {
                let stream_id = required(self.stream_id.take(), "streamId")?;
                let request = self.stream_data().unwrap_or_else(StreamRequest::Invalid);
                Request::Stream { stream_id, request }
            }
            "streamend" => {
                let error = self.error.take().map(|error| UserError {
                    message: error.message.unwrap_or_default(),
                    code: error.user_error_code,
                });
                Request::Stream {
                    stream_id: required(self.stream_id, "streamId")?,
                    request: StreamRequest::End(error),
                }
            }
            "invoke" => Request::Invoke {
                invocation_id: required(self.invocation_id.take(), "invocationId")?,
                event: self.invocation(),
            },
            "cancelinvocation" => Request::CancelInvocation,
            "setgroupstate" => Request::SetGroupState {
                group: self.group()?,
                state: self.state,
            },
            "subscribegroupstate" => Request::SubscribeGroupState { group: self.group()? },
            "unsubscribegroupstate" => Request::UnsubscribeGroupState { group: self.group()? },
            _ => return Ok(None),
        };
        Ok(Some(request))
    }

    fn invocation(mut self) -> Result<Invocation, String> {
        match self.target.as_deref() {
            Some("event") => {}
            Some(other) => return Err(format!("Unknown 'target': {other}. Use 'event'.")),
            None => return Err(missing("target")),
        }
        let name = required(self.event.take(), "event")?;
        let name = names::event(&name).map_err(|error| error.to_string())?;
        Ok(Invocation {
            name,
            message: self.message()?,
        })
    }

    fn open_stream(self, stream: StreamStart) -> Result<Request, String> {
        if self.ack_id.is_some() {
            return Err("A stream is opened without 'ackId': it has acknowledgements of its own.".to_owned());
        }
        let opened = || {
            if self.data.is_some() {
                return Err("A stream is opened without 'data': send it by 'streamData'.".to_owned());
            }
            Ok(StreamRequest::Open {
                group: self.group()?,
                no_echo: self.no_echo.unwrap_or(false),
                idle_timeout: idle_timeout(stream.idle_timeout_ms, "idleTimeoutMs")?,
            })
        };
        Ok(Request::Stream {
            request: opened().unwrap_or_else(StreamRequest::Invalid),
            stream_id: stream.stream_id,
        })
    }

    fn stream_data(self) -> Result<StreamRequest, String> {
        match (self.stream_sequence_id, &self.data) {
            (None, None) => Ok(StreamRequest::KeepAlive),
            (None, Some(_)) => Err(missing("streamSequenceId")),
            (Some(sequence_id), _) => Ok(StreamRequest::Data {
                sequence_id,
                message: self.message()?,
            }),
        }
    }

    fn group(&self) -> Result<String, String> {
        let group = self.group.as_deref().ok_or_else(|| missing("group"))?;
        names::group(group).map_err(|error| error.to_string())
    }

    fn message(self) -> Result<Message, String> {
        let time_to_live = time_to_live(self.ttl_seconds, "ttlSeconds")?;
        let metadata = Metadata::new(self.metadata.unwrap_or_default()).map_err(|error| error.to_string())?;
        let data = required(self.data, "data")?;
        let text = |data: &RawValue| serde_json::from_str::<String>(data.get());
        let bytes = |data: &RawValue| {
            let decoded = text(data).ok().and_then(|encoded| STANDARD.decode(encoded).ok());
            decoded.ok_or("'data' is not a valid base64 encoded string.")
        };
        let data_type = self.data_type.as_deref().unwrap_or("json").to_ascii_lowercase();
        let payload = match data_type.as_str() {
            "json" => Payload::Json(data),
            "text" => Payload::Text(
                text(&data).map_err(|_| "'data' should be a string when 'dataType' is 'text'.".to_owned())?,
            ),
            "binary" => Payload::Binary(bytes(&data)?.into()),
            "protobuf" => Payload::Protobuf(bytes(&data)?.into()),
            _ => return Err(format!("Unknown 'dataType': {data_type}.")),
        };
        Ok(Message {
            payload,
            metadata,
            time_to_live,
        })
    }
}

fn bad(reason: String) -> Fault {
    Fault::new(FaultName::BadRequest, reason)
}

fn required<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> String {
    format!("Missing required property '{name}'.")
}
