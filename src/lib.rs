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
//! | file | what is in it |
//! | --- | --- |
//! | `names.rs` | hubs, groups, users, connections: checked once, encoded in one place |
//! | `endpoint.rs`, `connection_string.rs` | where the service is |
//! | `access_key.rs`, `token.rs`, `roles.rs` | signing, tokens, what tokens allow |
//! | `operation.rs`, `message.rs`, `filter.rs` | every REST operation as a value |
//! | `retry.rs`, `error.rs` | what is worth another attempt, and what went wrong |
//! | `service/` | the async client over a [`Transport`](service::Transport) |
//! | `events/` | webhooks |
//! | `web/` | the transport over `fetch`, on wasm32 |
//! | `js/` | the exports of the npm package |
//!
//! Nothing here reads a clock, waits or draws lots by itself; `service::Transport` brings those in.
#![no_std]
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
