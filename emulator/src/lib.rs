//! A local Azure Web PubSub service: REST, WebSocket clients and webhooks on one loopback port.
//!
//! It exists so that clients, webhook handlers and whole apps can be tried without an Azure account,
//! and it is strict on purpose: tokens are really verified, names really checked, and every refusal says
//! which rule was broken. It knows the service from its published behaviour only and shares no code with
//! the client library, so that each checks the other.
//!
//! ```text
//!   REST call ──► rest/ ──────┐                     ┌──► client/ ──► WebSocket clients
//!                  auth       ├──► hub (connections, groups, permissions)
//!   client frame ► client/ ───┘                     └──► events/ ──► the app's webhook (and its answer back)
//! ```
//!
//! | module | what belongs there |
//! | --- | --- |
//! | [`Emulator`], [`Builder`] | options, start, stop |
//! | `service` | what all requests share |
//! | `auth` | keys, verifying and signing tokens |
//! | `names` | which hub, group and event names are valid, decoding of path segments |
//! | `permissions` | roles, wildcard patterns, grants and revocations |
//! | `message` | payloads, content types, metadata |
//! | `hub`, `connection` | who is connected, in which groups; delivery |
//! | [`filter`] | the OData filter language |
//! | `rest` | the 25 REST operations |
//! | `client` | the WebSocket endpoint and its two protocols |
//! | `events` | webhooks |
//!
//! Nothing is kept on disk, delivery is immediate, and only what is listed here is imitated: no MQTT, no
//! protobuf, no reliable subprotocols, no Socket.IO.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = webpubsub_emulator::Emulator::builder()
//!     .port(0)
//!     .event_handler("chat", "http://127.0.0.1:8787/api/webpubsub/hubs/{hub}/")?
//!     .start()
//!     .await?;
//! println!("{}", emulator.connection_string());
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```

mod auth;
mod client;
mod connection;
mod emulator;
mod error;
mod events;
pub mod filter;
mod hub;
mod message;
mod names;
mod permissions;
mod rest;
mod service;

pub use emulator::{Builder, ConfigError, Emulator};
