//! Webhooks: the events that the service sends, and the responses to them.
//!
//! In here: the head of a request becomes an [`EventResponse`] or an [`Event`]; your decision becomes an [`EventResponse`].
//! Not in here: what is decided of requests and responses (`core/events/`); reading a body, waiting, HTTP itself, which
//! are the host's.
//!
//! ```text
//! Head ──► Handler::receive ──► NotMine                          a request for another route
//!                           ├─► Response                         handshake, refusal, unknown kind
//!                           └─► Event ──► your code ──► ConnectResponse, Refusal, Reply ──► EventResponse
//! ```
//!
//! With the feature `http`, `Handler::respond` goes this whole way, from an `http::Request` to an `http::Response`.
//!
//! # What the signature proves
//! `ce-signature` is the HMAC of the connection id with each access key. It proves that the sender knows a key. It does not
//! cover the body, the kind of the event or the time: a request can be replayed for as long as its connection id is in use,
//! and an MQTT client chooses that id itself. So serve over TLS only, and add a second check where that is not enough: a
//! secret in the path, or the bearer token that the service sends when it is set up with a managed identity.
//!
//! # Example
//! ```
//! use webpubsub_edge::events::{
//!     ConnectResponse, Event, EventResponse, Handler, Head, Kind, Received, Refusal, Reply, StateChange,
//! };
//!
//! # fn run() -> webpubsub_edge::Result<()> {
//! let handler = Handler::builder("chat")
//!     .connection_string("Endpoint=https://contoso.webpubsub.azure.com;AccessKey=key;Version=1.0;")
//!     .build()?;
//!
//! // Method, path and headers, as an HTTP server has them.
//! let headers: [(&str, &[u8]); 1] = [("WebHook-Request-Origin", b"contoso.webpubsub.azure.com")];
//! let response = match handler.receive(Head::new("OPTIONS", "/api/webpubsub/hubs/chat/", headers)) {
//!     Received::Response(response) => response,
//!     Received::Event(event) => decide(&event)?,
//!     _ => EventResponse::not_found("chat"),
//! };
//! assert_eq!(response.header("WebHook-Allowed-Origin"), Some("*"));
//! # Ok(()) }
//!
//! fn decide(event: &Event) -> webpubsub_edge::Result<EventResponse> {
//!     match event.kind() {
//!         Kind::Connect if event.user_id().is_none() => Refusal::status(401).response(None),
//!         Kind::Connect => ConnectResponse::new().groups(&["room"]).response(&StateChange::Keep),
//!         Kind::User(_) => Reply::Text("thanks".into()).response(&StateChange::Keep),
//!         _ => Ok(EventResponse::empty()),
//!     }
//! }
//! # run().unwrap();
//! ```

#[cfg(feature = "json")]
mod bodies;
mod builder;
mod connect;
mod deduplicator;
mod event;
mod handler;
mod head;
#[cfg(feature = "http")]
mod http;
mod refusal;
mod reply;
mod response;
mod state;

#[cfg(feature = "json")]
pub use bodies::{
    Certificate, Connect, Data, Disconnected, GroupChange, MqttConnect, MqttDisconnect, MqttDisconnected,
};
pub use builder::Builder;
pub use connect::ConnectResponse;
pub use deduplicator::EventDeduplicator;
pub use event::{DataType, Event, Kind};
pub use handler::{Handler, Received};
pub use head::Head;
pub use refusal::Refusal;
pub use reply::Reply;
pub use response::EventResponse;
pub use state::StateChange;

pub use crate::core::events::mqtt;
