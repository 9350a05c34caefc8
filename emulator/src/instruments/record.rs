//! What readers of the journal get: a line of the traffic file, an event of the admin API's stream. Secrets are masked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its number: 1 for the first, without holes.
    pub seq: u64,
    /// When it was over, by the machine's clock, in RFC 3339 with microseconds.
    pub time: String,
    /// The hub, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<String>,
    /// The connection that it is about. Of a REST call: the one in its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The user that it is about. Of a REST call: the one in its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// A time as records have it.
pub(super) fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// What happened, by its `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum What {
    /// A REST call.
    Rest {
        /// The request.
        request: Request,
        /// The response; none when the connection was reset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<Response>,
        /// The time between the request and the response, in milliseconds.
        duration_ms: f64,
        /// The id of the fault that struck.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<u64>,
    },
    /// The handshake of a client.
    Connect {
        /// The request.
        request: Request,
        /// The response: 101 when the client is connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<Response>,
        /// The time between the request and the response, in milliseconds.
        duration_ms: f64,
        /// The id of the fault that struck.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<u64>,
    },
    /// A WebSocket frame of a client.
    Frame {
        /// From the client or to it.
        direction: Direction,
        /// `text`, `binary`, `ping`, `pong` or `close`.
        opcode: String,
        /// The subprotocol of the connection, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subprotocol: Option<String>,
        /// The payload; of a close frame its reason.
        body: Body,
        /// The code of a close frame.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u16>,
    },
    /// A reliable client, or an MQTT client with a session, has lost its socket. It may come back.
    Lost {
        /// The reason that the client gave, or why the service gave the socket up.
        reason: String,
    },
    /// A client's connection has ended.
    Disconnect {
        /// The reason, as the event handler gets it.
        reason: String,
    },
    /// One attempt to deliver an event to its handler.
    Event {
        /// The type without its common prefix, such as `sys.connect` or `user.message`; `handshake` for the request by
        /// which a handler agrees to events.
        event: String,
        /// The request.
        request: Request,
        /// The response; none when there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<Response>,
        /// Why the event was not accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// The time that the attempt took, in milliseconds.
        duration_ms: f64,
        /// The id of the fault that struck.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<u64>,
    },
    /// The reader was too slow for the ring.
    Gap {
        /// How many records were lost, whatever the filter.
        lost: u64,
    },
}

/// From a client or to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query; of an event the whole URL.
    pub url: String,
    /// The headers by their lower-case names; several of a name are joined by `, `.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Body,
}

/// An HTTP response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers, as those of the request.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Body,
}

/// A body: text when it is UTF-8, and base64 otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The length of all of it, in bytes.
    pub size: usize,
    /// The body, or its beginning, if that is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The body, or its beginning, in base64 if it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Whether only the first 16 KiB are here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}
