//! The server-side client of Azure Web PubSub for code that runs at the edge.
//!
//! In scope: sending to hubs, groups, users and connections; managing groups, connections and permissions;
//! client access tokens; the webhooks of the service. Out of scope: being a client of a hub (that is a
//! WebSocket), managing Azure resources, an async runtime: the host brings its own HTTP.
//!
//! ```text
//! a call ──► service client ──► operation ──► Request (a plain value)
//!                                                 │ signed: its audience is that exact URL
//! a result ◄── judged by its status ◄── Transport (the host's fetch, or yours)
//!
//! a webhook ──► events: version, origin, signature, hub ──► a typed event ──► your handler
//! a response ◄── events: a typed answer ◄───────────────────────────────────────┘
//! ```
//!
//! # Example
//!
//! A host brings its own HTTP, clock, timer and dice: reqwest's and tokio's here. On wasm32 they come with
//! [`web::Fetch`](https://docs.rs/webpubsub-edge/latest/wasm32-unknown-unknown/webpubsub_edge/web/struct.Fetch.html).
//!
//! ```ignore-wasm32
//! use std::hash::{BuildHasher, RandomState};
//! use std::sync::Arc;
//! use std::time::{Duration, SystemTime, UNIX_EPOCH};
//!
//! use webpubsub_edge::error::TransportError;
//! use webpubsub_edge::operation::Request;
//! use webpubsub_edge::service::{Response, Transport};
//! use webpubsub_edge::{ErrorKind, Filter, Message, WebPubSubServiceClient, roles};
//!
//! struct Host(reqwest::Client);
//!
//! impl Transport for Host {
//!     type Body = Vec<u8>;
//!     type Answer = Response;
//!
//!     async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, TransportError> {
//!         let failed = |error: reqwest::Error| TransportError::network("no answer", Some(Arc::new(error)));
//!         let method = request.method.as_str().parse().expect("a method of HTTP");
//!         let mut sent = self.0.request(method, request.url).body(request.body.unwrap_or_default());
//!         for (name, value) in &request.headers {
//!             sent = sent.header(&**name, value);
//!         }
//!         let answer = sent.send().await.map_err(failed)?;
//!         let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
//!         let headers = answer.headers().iter();
//!         Ok(Response {
//!             status: answer.status().as_u16(),
//!             headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
//!             body: answer.bytes().await.map_err(failed)?.to_vec(),
//!         })
//!     }
//!
//!     async fn sleep(&self, time: Duration) {
//!         tokio::time::sleep(time).await;
//!     }
//!
//!     fn now(&self) -> Duration {
//!         SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
//!     }
//!
//!     fn random(&self) -> u64 {
//!         RandomState::new().hash_one(0)
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = emulator.connection_string();
//! let host = Host(reqwest::Client::new());
//! let service = WebPubSubServiceClient::from_connection_string(&connection_string, "chat", host)?;
//!
//! // A browser that connects to `access.url` is Ada, and may join the room.
//! let may_join = roles::join_leave_group("room")?;
//! let access = service.get_client_access_token().user_id("ada").roles([may_join]).await?;
//! assert!(access.base_url.ends_with("/client/hubs/chat"));
//!
//! let room = service.group("room")?;
//! room.send_to_all(Message::json(&["hello"])?).filter(Filter::user_id().ne("ada")).await?;
//! match room.add_user("bob").await {
//!     Err(error) if error.kind() == ErrorKind::NotFound => println!("{error}"),
//!     done => done?,
//! }
//! # emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # The map
//!
//! | file | what is in it |
//! | --- | --- |
//! | `names.rs` | hubs, groups, users, connections: checked once, encoded in one place |
//! | `endpoint.rs`, `connection_string.rs` | where the service is |
//! | `access_key.rs`, `token.rs`, `roles.rs` | signing, tokens, what tokens allow |
//! | `operation.rs`, `message.rs`, `filter.rs` | every REST operation as a value |
//! | `retry.rs`, `error.rs` | what is worth another attempt, and what went wrong |
//! | `json.rs`, `cell.rs` | JSON in as little code as will do; a value that many share |
//! | `service/` | the async client over a [`Transport`](service::Transport) |
//! | `events/` | webhooks |
//! | `web/` | the transport over `fetch`, on wasm32 |
//! | `js/` | the exports of the npm package |
//!
//! Nothing here reads a clock, waits or draws lots by itself; `service::Transport` brings those in.
#![no_std]
#![cfg_attr(
    target_arch = "wasm32",
    allow(
        clippy::arc_with_non_send_sync,
        reason = "there is one thread; elsewhere the same code shares between them"
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(not(all(target_arch = "wasm32", feature = "js")))]
extern crate std;

mod access_key;
mod cell;
mod connection_string;
mod endpoint;
pub mod error;
pub mod events;
pub mod filter;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
mod js;
pub mod json;
mod message;
mod names;
pub mod operation;
pub mod retry;
pub mod roles;
pub mod service;
pub mod token;
#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub mod web;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use access_key::AccessKey;
pub use connection_string::ConnectionString;
pub use endpoint::{Endpoint, ReverseProxy};
pub use error::{Error, ErrorKind, Result};
pub use filter::Filter;
pub use message::{ContentType, Message};
pub use names::{ConnectionId, Group, Hub, Permission, UserId};
pub use retry::RetryOptions;
pub use service::{AzureKeyCredential, ClientOptions, WebPubSubGroup, WebPubSubServiceClient};
pub use token::{ClientAccess, ClientAccessToken, ClientProtocol};
