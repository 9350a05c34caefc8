//! A local Azure Web PubSub service: REST, WebSocket clients and webhooks on one loopback port.
//!
//! It exists so that clients, webhook handlers and whole apps can be tried without an Azure account,
//! and it is strict on purpose: tokens are really verified, names really checked, and every refusal says
//! which rule was broken. It knows the service from its published behaviour only and shares no code with
//! the client library, so that each checks the other.
//!
//! ```text
//!   emulator                  options, listening, routes, the end
//!   client  rest  admin       the doors: WebSocket handshakes and sessions; REST operations; the admin API and its page
//!   control                   looking into the service and steering it
//!   service                   what all requests share: keys, hubs, event handlers
//!   hub                       connections and what waits for them, groups, permissions; delivery
//!   protocol      events      frames to requests and back; webhooks: delivery, retries, answers
//!   http          auth        query parameters and refusals; keys and tokens
//!   filter  model             the filter language; messages, names, permissions
//!   instruments               the journal of the traffic, faults, the clock
//! ```
//!
//! Each row knows only the rows below it, and no folder knows its neighbours: a test reads the `use` lines and
//! fails otherwise. So a call comes in at a door, finds its hub through `service`, and goes down:
//!
//! ```text
//!   REST call ───► rest ───┐                  ┌──► protocol ──► queue of each connection ──► client's socket
//!                          ├──► hub ──────────┤
//!   client's frame ► client┘                  └──► events ──► the app's webhook (its answer goes back up)
//! ```
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

mod admin;
mod auth;
mod client;
pub mod control;
mod emulator;
mod events;
pub mod filter;
mod http;
mod hub;
mod instruments;
mod model;
mod protocol;
mod rest;
mod service;

pub use emulator::{Builder, ConfigError, Emulator};
