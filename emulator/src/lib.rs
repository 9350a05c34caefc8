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
//! # Where the service's behaviour is not known for certain
//! The strict or the more telling choice was made:
//! - A REST token's audience must equal the URL requested byte for byte, query included; the host may be the one
//!   that the request names or our own, so that calls through a reverse proxy work. No clock skew is allowed.
//! - Health needs no token, but refuses a bad one.
//! - Every call must say its `api-version`; all operations answer in all versions.
//! - `:generateToken` takes Entra tokens only: an HS256 token for `https://webpubsub.azure.com` signed with an
//!   access key, or an opaque one given to [`Builder::entra_token`].
//! - `targetName` is required for both permissions; a revocation beats every role for that group.
//! - Bodies over 1 MiB get 400, unknown content types 415, a grant beyond 1,000 groups 409.
//! - A user event in a hub without event handler fails: simple clients are closed (1011), JSON clients get an
//!   `InternalServerError`. A request that makes no sense is acknowledged as `BadRequest`; without an ack id it
//!   closes the connection (1007).
//! - Joining and leaving a group is told, by whomever, with the groups of the token and of the connect answer after
//!   `connected`; the end of a connection leaves no group by itself. What is only told is told in its order.
//! - `ce-id` stays the same when an event is tried again. User ids in headers are raw UTF-8.
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
