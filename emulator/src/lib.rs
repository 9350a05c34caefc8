//! A local Azure Web PubSub service: REST, WebSocket clients and webhooks on one port.
//!
//! It exists so that clients, webhook handlers and whole apps can be tried without an Azure account,
//! and it is strict on purpose: tokens are really verified, names really checked, and every refusal says
//! which rule was broken. It knows the service from its published behaviour only and shares no code with
//! the client library, so that each checks the other.
//!
//! ```text
//!   emulator                  options, listening, routes, the end
//!   client  rest  config      the two doors: WebSocket handshakes and sessions, REST operations; config files
//!   service                   what all requests share: keys, hubs, event handlers
//!   hub                       connections and what waits for them, groups, permissions; delivery
//!   protocol      events      frames to requests and back; webhooks: delivery, retries, answers
//!   http          auth        query parameters and refusals; keys and tokens
//!   filter        model       the filter language; messages, names, permissions
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
//! Options come from a [`Builder`], a config file that is followed while the service runs, or both; `config` knows what
//! the file may say.
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
//! - Of a hub's event handlers the first that takes an event gets it; a hub without handlers of its own has those of
//!   the hub `*`. A handler without a list of events takes all, which in Azure it would take none. Event names are
//!   compared ignoring letter case.
//! - Events of groups are told only to handlers that take them, and `groupFilters` are unknown here.
//! - A hub that takes anonymous clients refuses bad tokens all the same.
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
mod config;
mod emulator;
mod events;
pub mod filter;
mod http;
mod hub;
mod model;
mod protocol;
mod rest;
mod service;

pub use emulator::{Builder, Emulator, StartError};
pub use events::{EventHandler, GroupEvent, SystemEvent};
pub use model::ConfigError;
