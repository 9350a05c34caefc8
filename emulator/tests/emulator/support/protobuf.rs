//! The protobuf subprotocols as a client sees them, written down from the published protocol on its own.

use std::collections::HashMap;

use prost::{Message, Oneof};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::Client;

/// What a client sends: only one of the fields.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Upstream {
    #[prost(message, optional, tag = "1")]
    pub(crate) send: Option<Send>,
    #[prost(message, optional, tag = "5")]
    pub(crate) event: Option<Event>,
    #[prost(message, optional, tag = "6")]
    pub(crate) join: Option<OfGroup>,
    #[prost(message, optional, tag = "7")]
    pub(crate) leave: Option<OfGroup>,
    #[prost(message, optional, tag = "8")]
    pub(crate) sequence_ack: Option<Number>,
    #[prost(message, optional, tag = "10")]
    pub(crate) invoke: Option<Invoke>,
    #[prost(message, optional, tag = "13")]
    pub(crate) stream_data: Option<StreamData>,
    #[prost(message, optional, tag = "15")]
    pub(crate) set_state: Option<SetState>,
    #[prost(message, optional, tag = "16")]
    pub(crate) subscribe: Option<OfGroup>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Send {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) ack_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
    #[prost(bool, optional, tag = "4")]
    pub(crate) no_echo: Option<bool>,
    #[prost(uint32, optional, tag = "5")]
    pub(crate) ttl_seconds: Option<u32>,
    #[prost(map = "string, string", tag = "6")]
    pub(crate) metadata: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Event {
    #[prost(string, tag = "1")]
    pub(crate) event: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) data: Option<MessageData>,
    #[prost(uint64, optional, tag = "3")]
    pub(crate) ack_id: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct OfGroup {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) ack_id: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Number {
    #[prost(uint64, tag = "1")]
    pub(crate) value: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Invoke {
    #[prost(string, tag = "1")]
    pub(crate) event: String,
    #[prost(string, tag = "2")]
    pub(crate) invocation_id: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamData {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) sequence_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct SetState {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(crate) ack_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(crate) state: Option<Entries>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Entries {
    #[prost(map = "string, string", tag = "1")]
    pub(crate) entries: HashMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct MessageData {
    #[prost(oneof = "Data", tags = "1, 2, 3, 4")]
    pub(crate) data: Option<Data>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Data {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bytes, tag = "2")]
    Binary(Vec<u8>),
    #[prost(message, tag = "3")]
    Protobuf(Any),
    #[prost(string, tag = "4")]
    Json(String),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Any {
    #[prost(string, tag = "1")]
    pub(crate) type_url: String,
    #[prost(bytes, tag = "2")]
    pub(crate) value: Vec<u8>,
}

/// What a client gets.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Downstream {
    #[prost(oneof = "Down", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10")]
    pub(crate) message: Option<Down>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Down {
    #[prost(message, tag = "1")]
    Ack(Ack),
    #[prost(message, tag = "2")]
    Data(DataMessage),
    #[prost(message, tag = "3")]
    System(System),
    #[prost(message, tag = "4")]
    Pong(Nothing),
    #[prost(message, tag = "5")]
    InvokeResponse(InvokeResponse),
    #[prost(message, tag = "6")]
    StreamAck(StreamAck),
    #[prost(message, tag = "7")]
    StreamNack(StreamNack),
    #[prost(message, tag = "8")]
    StreamClosed(StreamClosed),
    #[prost(message, tag = "9")]
    StateUpdate(States),
    #[prost(message, tag = "10")]
    StateSnapshot(States),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Nothing {}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Ack {
    #[prost(uint64, tag = "1")]
    pub(crate) ack_id: u64,
    #[prost(bool, tag = "2")]
    pub(crate) success: bool,
    #[prost(message, optional, tag = "3")]
    pub(crate) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Error {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct DataMessage {
    #[prost(string, tag = "1")]
    pub(crate) from: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) group: Option<String>,
    #[prost(message, optional, tag = "3")]
    pub(crate) data: Option<MessageData>,
    #[prost(uint64, optional, tag = "4")]
    pub(crate) sequence_id: Option<u64>,
    #[prost(map = "string, string", tag = "5")]
    pub(crate) metadata: HashMap<String, String>,
    #[prost(message, optional, tag = "6")]
    pub(crate) stream: Option<StreamInfo>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamInfo {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint64, tag = "2")]
    pub(crate) sequence_id: u64,
    #[prost(bool, optional, tag = "3")]
    pub(crate) end_of_stream: Option<bool>,
    #[prost(message, optional, tag = "4")]
    pub(crate) error: Option<StreamError>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamError {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(string, tag = "3")]
    pub(crate) user_error_code: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct System {
    #[prost(message, optional, tag = "1")]
    pub(crate) connected: Option<Connected>,
    #[prost(message, optional, tag = "2")]
    pub(crate) disconnected: Option<Disconnected>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Connected {
    #[prost(string, tag = "1")]
    pub(crate) connection_id: String,
    #[prost(string, tag = "2")]
    pub(crate) user_id: String,
    #[prost(string, optional, tag = "3")]
    pub(crate) reconnection_token: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Disconnected {
    #[prost(string, tag = "2")]
    pub(crate) reason: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct InvokeResponse {
    #[prost(string, tag = "1")]
    pub(crate) invocation_id: String,
    #[prost(bool, tag = "2")]
    pub(crate) success: bool,
    #[prost(message, optional, tag = "4")]
    pub(crate) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamAck {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(uint64, tag = "2")]
    pub(crate) expected: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamNack {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(string, tag = "2")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) message: String,
    #[prost(uint64, tag = "4")]
    pub(crate) expected: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StreamClosed {
    #[prost(string, tag = "1")]
    pub(crate) stream_id: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct States {
    #[prost(string, tag = "1")]
    pub(crate) group: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) items: Vec<StateItem>,
    #[prost(uint64, optional, tag = "3")]
    pub(crate) sequence_id: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StateItem {
    #[prost(string, tag = "1")]
    pub(crate) connection_id: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) user_id: Option<String>,
    #[prost(message, optional, tag = "3")]
    pub(crate) state: Option<Entries>,
    #[prost(int64, tag = "4")]
    pub(crate) updated_at: i64,
}

impl MessageData {
    pub(crate) fn new(data: Data) -> Option<Self> {
        Some(Self { data: Some(data) })
    }
}

impl Client {
    /// Reads the first frame of a protobuf client.
    pub(crate) async fn welcome_protobuf(&mut self) {
        match self.protobuf().await {
            Down::System(System {
                connected: Some(connected),
                disconnected: None,
            }) => {
                self.id = connected.connection_id;
                self.reconnection_token = connected.reconnection_token.unwrap_or_default();
            }
            other => panic!("not connected but {other:?}"),
        }
    }

    pub(crate) async fn send_protobuf(&mut self, message: &Upstream) {
        self.send(Frame::binary(message.encode_to_vec())).await;
    }

    /// The next frame, which must be a protobuf message.
    pub(crate) async fn protobuf(&mut self) -> Down {
        match self.next().await {
            Frame::Binary(bytes) => Downstream::decode(bytes).unwrap().message.unwrap(),
            other => panic!("no protobuf but {other:?}"),
        }
    }

    /// The next frame, which must be a message.
    pub(crate) async fn data(&mut self) -> DataMessage {
        match self.protobuf().await {
            Down::Data(data) => data,
            other => panic!("no message but {other:?}"),
        }
    }

    /// The next frame, which must be an acknowledgement.
    pub(crate) async fn ack(&mut self) -> Ack {
        match self.protobuf().await {
            Down::Ack(ack) => ack,
            other => panic!("no acknowledgement but {other:?}"),
        }
    }
}
