//! The webhook side: the events that the service sends, and what is answered to them.
//!
//! In here: values in, values out. The head of a request becomes an [`Answer`] or an [`Event`]; what your code
//! decides becomes an [`Answer`]. Not in here: reading a body, waiting, HTTP itself; those are the host's.
//!
//! ```text
//! Head ──► Handler::receive ──► NotMine                          another route's request
//!                           ├─► Answer                           handshake, refusal, unknown kind
//!                           └─► Event ──► your code ──► ConnectAnswer, Refusal, Reply ──► Answer
//! ```
//!
//! # What the signature proves
//! `ce-signature` is the HMAC of the connection id with each access key. It proves that whoever made it knows
//! a key, and nothing of the body, the kind of the event or the time: one that was seen can be sent again for
//! as long as its connection id is in use, and an MQTT client chooses that id itself. So serve over TLS only,
//! and add a second lock where that is not enough: a secret in the path, or the bearer token that the service
//! sends when it is set up with a managed identity.
//!
//! # Example
//! ```
//! use webpubsub_edge::events::{Answer, ConnectAnswer, Event, Handler, Head, Kind, Received, Refusal, Reply, StateChange};
//!
//! # fn run() -> webpubsub_edge::Result<()> {
//! let handler = Handler::builder("chat")
//!     .connection_string("Endpoint=https://contoso.webpubsub.azure.com;AccessKey=key;Version=1.0;")
//!     .build()?;
//!
//! // What an HTTP server gives.
//! let headers: [(&str, &[u8]); 1] = [("WebHook-Request-Origin", b"contoso.webpubsub.azure.com")];
//! let answer = match handler.receive(Head::new("OPTIONS", "/api/webpubsub/hubs/chat/", headers)) {
//!     Received::Answer(answer) => answer,
//!     Received::Event(event) => decide(&event)?,
//!     _ => Answer::not_found(),
//! };
//! assert_eq!(answer.header("WebHook-Allowed-Origin"), Some("*"));
//! # Ok(()) }
//!
//! fn decide(event: &Event) -> webpubsub_edge::Result<Answer> {
//!     match event.kind() {
//!         Kind::Connect if event.user_id().is_none() => Ok(Refusal::status(401)?.answer(None)),
//!         Kind::Connect => Ok(ConnectAnswer::new().groups(&["room"])?.answer(&StateChange::Keep)),
//!         Kind::User(_) => Ok(Reply::Text("thanks".into()).answer(&StateChange::Keep)),
//!         _ => Ok(Answer::empty()),
//!     }
//! }
//! # run().unwrap();
//! ```

mod answer;
#[cfg(feature = "json")]
mod bodies;
mod builder;
mod connect;
mod deduplicator;
mod event;
mod handler;
mod head;
pub mod mqtt;
mod origins;
mod refusal;
mod reply;
mod signature;
mod state;

pub use answer::Answer;
#[cfg(feature = "json")]
pub use bodies::{
    Certificate, Connect, Data, Disconnected, GroupChange, MqttConnect, MqttDisconnect, MqttDisconnected,
};
pub use builder::Builder;
pub use connect::ConnectAnswer;
pub use deduplicator::EventDeduplicator;
pub use event::{DataType, Event, Kind};
#[cfg(all(target_arch = "wasm32", feature = "js"))]
pub(crate) use handler::Verdict;
pub use handler::{Handler, Received};
pub use head::Head;
pub use refusal::Refusal;
pub use reply::Reply;
pub use state::StateChange;
