//! The messages on the wire, package `azure.webpubsub` in proto3: the names and numbers are the service's.

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::{Message, Oneof};

/// What a client sends.
#[derive(Clone, PartialEq, Message)]
pub(super) struct UpstreamMessage {
    #[prost(oneof = "Upstream", tags = "1, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17")]
    pub(super) message: Option<Upstream>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Upstream {
    #[prost(message, tag = "1")]
    SendToGroup(SendToGroup),
    #[prost(message, tag = "5")]
    Event(Event),
    #[prost(message, tag = "6")]
    JoinGroup(OfGroup),
    #[prost(message, tag = "7")]
    LeaveGroup(OfGroup),
    #[prost(message, tag = "8")]
    SequenceAck(SequenceAck),
    #[prost(message, tag = "9")]
    Ping(Empty),
    #[prost(message, tag = "10")]
    Invoke(Invoke),
    #[prost(message, tag = "11")]
    CancelInvocation(Empty),
    #[prost(message, tag = "13")]
    StreamData(StreamData),
    #[prost(message, tag = "14")]
    StreamEnd(StreamEnd),
    #[prost(message, tag = "15")]
    SetGroupState(SetGroupState),
    #[prost(message, tag = "16")]
    SubscribeGroupState(OfGroup),
    #[prost(message, tag = "17")]
    UnsubscribeGroupState(OfGroup),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SendToGroup {
    #[prost(string, tag = "1")]
    pub(super) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(super) ack_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(super) data: Option<MessageData>,
    #[prost(bool, optional, tag = "4")]
    pub(super) no_echo: Option<bool>,
    #[prost(uint32, optional, tag = "5")]
    pub(super) ttl_seconds: Option<u32>,
    #[prost(btree_map = "string, string", tag = "6")]
    pub(super) metadata: BTreeMap<String, String>,
    #[prost(message, optional, tag = "7")]
    pub(super) stream: Option<StreamStart>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Event {
    #[prost(string, tag = "1")]
    pub(super) event: String,
    #[prost(message, optional, tag = "2")]
    pub(super) data: Option<MessageData>,
    #[prost(uint64, optional, tag = "3")]
    pub(super) ack_id: Option<u64>,
    #[prost(btree_map = "string, string", tag = "4")]
    pub(super) metadata: BTreeMap<String, String>,
}

/// The requests that have a group and an ack id.
#[derive(Clone, PartialEq, Message)]
pub(super) struct OfGroup {
    #[prost(string, tag = "1")]
    pub(super) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(super) ack_id: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SequenceAck {
    #[prost(uint64, tag = "1")]
    pub(super) sequence_id: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Empty {}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Invoke {
    #[prost(string, tag = "2")]
    pub(super) invocation_id: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamStart {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(uint32, optional, tag = "2")]
    pub(super) idle_timeout_ms: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamData {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(uint64, optional, tag = "2")]
    pub(super) stream_sequence_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(super) data: Option<MessageData>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamEnd {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) error: Option<StreamEndError>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamEndError {
    #[prost(string, optional, tag = "1")]
    pub(super) message: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub(super) user_error_code: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SetGroupState {
    #[prost(string, tag = "1")]
    pub(super) group: String,
    #[prost(uint64, optional, tag = "2")]
    pub(super) ack_id: Option<u64>,
    #[prost(message, optional, tag = "3")]
    pub(super) state: Option<GroupState>,
}

/// What a client gets.
#[derive(Clone, PartialEq, Message)]
pub(super) struct DownstreamMessage {
    #[prost(oneof = "Downstream", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10")]
    pub(super) message: Option<Downstream>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Downstream {
    #[prost(message, tag = "1")]
    Ack(Ack),
    #[prost(message, tag = "2")]
    Data(Data),
    #[prost(message, tag = "3")]
    System(SystemMessage),
    #[prost(message, tag = "4")]
    Pong(Empty),
    #[prost(message, tag = "5")]
    InvokeResponse(InvokeResponse),
    #[prost(message, tag = "6")]
    StreamAck(StreamAck),
    #[prost(message, tag = "7")]
    StreamNack(StreamNack),
    #[prost(message, tag = "8")]
    StreamClosed(StreamClosed),
    #[prost(message, tag = "9")]
    GroupStateUpdate(GroupStates),
    #[prost(message, tag = "10")]
    GroupStateSnapshot(GroupStates),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Ack {
    #[prost(uint64, tag = "1")]
    pub(super) ack_id: u64,
    #[prost(bool, tag = "2")]
    pub(super) success: bool,
    #[prost(message, optional, tag = "3")]
    pub(super) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Error {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) message: String,
}

/// A message; for reliable clients it has a sequence id too, which `write` appends.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Data {
    #[prost(string, tag = "1")]
    pub(super) from: String,
    #[prost(string, optional, tag = "2")]
    pub(super) group: Option<String>,
    #[prost(message, optional, tag = "3")]
    pub(super) data: Option<MessageData>,
    #[prost(btree_map = "string, string", tag = "5")]
    pub(super) metadata: BTreeMap<String, String>,
    #[prost(message, optional, tag = "6")]
    pub(super) stream: Option<StreamInfo>,
}

/// The field of the sequence id in [`Data`].
pub(super) const DATA_SEQUENCE_ID: u32 = 4;

#[derive(Clone, PartialEq, Message)]
pub(super) struct SystemMessage {
    #[prost(oneof = "System", tags = "1, 2")]
    pub(super) message: Option<System>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum System {
    #[prost(message, tag = "1")]
    Connected(Connected),
    #[prost(message, tag = "2")]
    Disconnected(Disconnected),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Connected {
    #[prost(string, tag = "1")]
    pub(super) connection_id: String,
    #[prost(string, tag = "2")]
    pub(super) user_id: String,
    #[prost(string, optional, tag = "3")]
    pub(super) reconnection_token: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Disconnected {
    #[prost(string, tag = "2")]
    pub(super) reason: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct InvokeResponse {
    #[prost(string, tag = "1")]
    pub(super) invocation_id: String,
    #[prost(bool, tag = "2")]
    pub(super) success: bool,
    #[prost(message, optional, tag = "4")]
    pub(super) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamAck {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(uint64, tag = "2")]
    pub(super) expected_sequence_id: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamNack {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(string, tag = "2")]
    pub(super) name: String,
    #[prost(string, tag = "3")]
    pub(super) message: String,
    #[prost(uint64, tag = "4")]
    pub(super) expected_sequence_id: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamClosed {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) error: Option<Error>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct GroupStates {
    #[prost(string, tag = "1")]
    pub(super) group: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) items: Vec<GroupStateItem>,
}

/// The field of the sequence id in [`GroupStates`].
pub(super) const GROUP_STATES_SEQUENCE_ID: u32 = 3;

#[derive(Clone, PartialEq, Message)]
pub(super) struct GroupStateItem {
    #[prost(string, tag = "1")]
    pub(super) connection_id: String,
    #[prost(string, optional, tag = "2")]
    pub(super) user_id: Option<String>,
    #[prost(message, optional, tag = "3")]
    pub(super) state: Option<GroupState>,
    #[prost(int64, tag = "4")]
    pub(super) updated_at: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct GroupState {
    #[prost(btree_map = "string, string", tag = "1")]
    pub(super) entries: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamInfo {
    #[prost(string, tag = "1")]
    pub(super) stream_id: String,
    #[prost(uint64, tag = "2")]
    pub(super) stream_sequence_id: u64,
    #[prost(bool, optional, tag = "3")]
    pub(super) end_of_stream: Option<bool>,
    #[prost(message, optional, tag = "4")]
    pub(super) error: Option<StreamError>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamError {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) message: String,
    #[prost(string, tag = "3")]
    pub(super) user_error_code: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct MessageData {
    #[prost(oneof = "DataKind", tags = "1, 2, 3, 4")]
    pub(super) data: Option<DataKind>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum DataKind {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bytes = "bytes", tag = "2")]
    Binary(Bytes),
    /// A `google.protobuf.Any`, which on the wire is the same as its serialized bytes.
    #[prost(bytes = "bytes", tag = "3")]
    Protobuf(Bytes),
    #[prost(string, tag = "4")]
    Json(String),
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Any {
    #[prost(string, tag = "1")]
    pub(super) type_url: String,
    #[prost(bytes = "bytes", tag = "2")]
    pub(super) value: Bytes,
}
