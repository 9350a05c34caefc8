//! The server-side client of Azure Web PubSub for code that runs at the edge.
//!
//! In scope: sending to hubs, groups, users and connections; managing groups, connections and permissions; client access
//! tokens; the webhooks of the service. Out of scope: being a client of a hub (that is a WebSocket), managing Azure
//! resources, an async runtime: the host brings its own HTTP.
//!
//! One core decides, and faces carry: this crate for Rust, and the npm package for JavaScript.
//!
//! ```text
//! options, names ─► core: check, build ─► Request (a plain value), signed for its exact URL ─► Transport (fetch, or yours)
//!                                                                                                  │
//! result or error ◄──────────────── core: done, retry, fail ◄──────────────── status, headers ◄────┘
//!
//! webhook head ─► core: path, version, hub, origin, signature ─► response, or a typed event ─► your handler
//! response ◄──────────────── core: check, encode ◄──────────────── your decision ◄──────────────────┘
//! ```
//!
//! # Example
//!
//! With the feature `reqwest`, on any server with tokio. On wasm32 the transport is
//! [`web::Fetch`](https://docs.rs/webpubsub-edge/latest/wasm32-unknown-unknown/webpubsub_edge/web/struct.Fetch.html); for
//! another HTTP client, implement [`Transport`](service::Transport).
//!
//! ```ignore-wasm32
//! use webpubsub_edge::reqwest::Http;
//! use webpubsub_edge::{ErrorKind, Filter, Message, WebPubSubServiceClient, roles};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = webpubsub_emulator::Emulator::builder().start().await?;
//! # let connection_string = emulator.connection_string();
//! let service = WebPubSubServiceClient::from_connection_string(&connection_string, "chat", Http::new()?)?;
//!
//! // A browser that connects to `access.url` has the user id "ada" and may join the room.
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
//! | file | holds |
//! | --- | --- |
//! | `core/` | every decision, without heap, clock, I/O or randomness; its `mod.rs` has a map of its own |
//! | `bridge.rs` | the list that the core reads, the buffer that it writes to |
//! | `names.rs`, `endpoint.rs`, `connection_string.rs`, `access_key.rs` | owned, checked values |
//! | `token.rs`, `roles.rs`, `filter.rs`, `message.rs` | tokens, roles, filters, messages |
//! | `operation.rs`, `request.rs` | operations, and requests as plain values |
//! | `error.rs`, `retry.rs` | errors, and options for retries |
//! | `json.rs` | JSON of the service, typed |
//! | `service/` | the async client over a [`Transport`](service::Transport) |
//! | `events/` | webhooks |
//! | `web/` | the transport over `fetch`, on wasm32 |
//! | `reqwest.rs` | the transport over reqwest, elsewhere |
//! | `js/` | the entry of the npm package |
//!
//! The core reads no clock, never sleeps and uses no randomness; the transport provides them.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `service` | by `json` and `web` | the async client; needs serde |
//! | `json` | yes | [`Message::json`], typed bodies of events, [`service::Response`]; needs serde_json |
//! | `web` | yes | on wasm32, the transport over `fetch` |
//! | `reqwest` | no | on other targets, the transport over reqwest, with rustls; needs tokio |
//! | `http` | no | [`events::Handler::respond`]: webhooks in the types of the crate `http`, for axum and workers-rs |
//! | `js` | no | on wasm32, the entry of the npm package; not for other crates |
#![no_std]
#![cfg_attr(
    target_arch = "wasm32",
    allow(
        clippy::arc_with_non_send_sync,
        reason = "there is one thread; on other hosts the same code shares between threads"
    )
)]
#![cfg_attr(
    not(feature = "service"),
    allow(dead_code, reason = "the client uses what is unused without it")
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(not(all(target_arch = "wasm32", feature = "js")))]
extern crate std;

mod access_key;
mod bridge;
mod connection_string;
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each face uses a part of the core, and publishes little of it"
)]
mod core;
mod endpoint;
pub mod error;
pub mod events;
pub mod filter;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
mod js;
#[cfg(feature = "service")]
mod json;
mod message;
mod names;
pub mod operation;
mod request;
#[cfg(all(not(target_arch = "wasm32"), feature = "reqwest"))]
pub mod reqwest;
pub mod retry;
pub mod roles;
#[cfg(feature = "service")]
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
#[cfg(feature = "service")]
pub use service::{AzureKeyCredential, ClientOptions, WebPubSubGroup, WebPubSubServiceClient};
pub use token::{ClientAccess, ClientAccessToken, ClientProtocol};
