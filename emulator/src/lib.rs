//! A local Azure Web PubSub service: REST, WebSocket clients and webhooks on one port.
//!
//! It exists so that clients, webhook handlers and whole apps can be tried without an Azure account,
//! and it is strict on purpose: tokens are really verified, names really checked, and every refusal says
//! which rule was broken. It knows the service from its published behaviour only and shares no code with
//! the client library, so that each checks the other.
//!
//! ```text
//!   emulator                      options, listening, routes, shutdown
//!   client  rest  config  admin   WebSocket clients; the REST API; config files; the admin API and its page
//!   control                       inspecting and controlling the service
//!   service                       shared by all requests: keys, hubs, event handlers
//!   hub                           connections and their queues, groups, permissions; delivery
//!   protocol  events              frames to requests and back; webhooks: delivery, retries, responses
//!   http  auth                    parameters, errors, WebSockets; keys and tokens
//!   filter  model                 the filter language; messages, names, permissions
//!   instruments                   the journal of the traffic, faults, the clock
//! ```
//!
//! Each row knows only the rows below it, and no folder knows its neighbours: a test reads the `use` lines and
//! fails otherwise. So a call enters through `client` or `rest`, finds its hub through `service`, and goes down:
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
//! Clients may be simple WebSocket clients, speak `json.webpubsub.azure.v1`, `protobuf.webpubsub.azure.v1` or the
//! reliable form of either, or be MQTT clients of version 3.1.1 or 5.0 over WebSocket. Nothing is kept on disk, and
//! delivery is immediate. Socket.IO is not served.
//!
//! # Where the service's behaviour is not known for certain
//! The strict or the more telling choice was made:
//! - A REST token's audience must be the URL requested, with its query or without one. Letter case and which
//!   characters are escaped do not matter, except for slashes; the host may be the one that the request names or our
//!   own, so that calls through a reverse proxy work. Clocks may differ by 5 minutes.
//! - Health needs no token, but refuses a bad one.
//! - Every call must say its `api-version`, and gets 400 for an operation or parameter that this version does not have.
//! - `:generateToken` takes Entra tokens only: an HS256 token for `https://webpubsub.azure.com` signed with an
//!   access key, or an opaque one given to [`Builder::entra_token`].
//! - `targetName` is required for both permissions; a revocation beats every role for that group.
//! - Bodies over 1 MiB get 400, unknown content types 415, a grant beyond 1,000 groups 409.
//! - A user event in a hub without event handler fails: simple clients are closed (1011), JSON clients get an
//!   `InternalServerError`. A request that makes no sense is acknowledged as `BadRequest`; without an ack id it
//!   closes the connection (1007). A frame of an unknown kind leaves it open: JSON clients get an `ack` whose `ackId` is
//!   null. A frame of a stream that makes no sense closes the stream only.
//! - A client's events reach the handler one after another; its other frames do not wait for them. What was sent before
//!   the client went is still delivered, then `disconnected`. At most 16 MiB or 1,024 events wait; then the client's
//!   socket is not read until there is room.
//! - At most 1,000 frames or 16 MiB wait for a client. One more closes it (1008, `SlowClient`): what waited is dropped.
//! - Clients are pinged every 20 seconds; two pings in a row without any frame from the client close it (1008,
//!   `PingTimeout`). MQTT clients have 1.5 times their keep-alive interval instead (141).
//! - A reliable client that loses its socket has 30 seconds to come back; so has one that closes it with any code but
//!   1000, and one that answers no pings. Only then it is disconnected. More than 1,000 messages or 16 MiB that it has
//!   not acknowledged drop the connection for good (1008, `SlowClient`), whether it is away or not.
//! - A message with a time to live is not sent again after it. Others are kept as long as the connection. Earlier
//!   reconnection tokens of a connection stay valid, for a week.
//! - Protobuf clients get JSON as `json_data`. What is said to be an `Any` and is none reaches them as `binary_data`.
//! - A stream belongs to the connection that opened it, at most 1,000 to each. Its end reaches the group as a message
//!   without text; receivers see a stream that was cut off as `Cancelled`. Simple and MQTT clients see only the pieces.
//! - Members of a group have a state in it; who is a member, or may join, can subscribe to the states. Leaving and the
//!   end of a connection clear them. Reliable clients get them numbered like messages.
//! - An invocation in JSON goes to the event handler as a user event of its name, and the reply is the response; in
//!   protobuf it fails, as its fields are not published.
//! - Of a connection the last 1,000 ack ids are remembered.
//! - A client that offers only subprotocols that are not served gets 400, unless the connect event handler chooses one
//!   of the app's own.
//! - Of a hub's event handlers the first that takes an event gets it; a hub without handlers of its own has those of
//!   the hub `*`. A handler without a list of events takes all, which in Azure it would take none. Event names are
//!   compared ignoring letter case.
//! - Events of groups are told only to handlers that take them, and `groupFilters` are unknown here.
//! - A hub that takes anonymous clients refuses bad tokens all the same.
//! - Joining and leaving a group is told, by whomever, with the groups of the token and of the connect answer after
//!   `connected`; the end of a connection leaves no group by itself. What is only told is told in its order.
//! - MQTT clients: a client id has 1 to 128 of the characters `0-9a-zA-Z`, as the service documents it, so that the default
//!   ids of some libraries are refused; without one, MQTT 5 clients get one, others are refused. Enhanced authentication is
//!   refused. A connection must send CONNECT within 10 seconds.
//! - A will needs the permission to send to its topic, else the client is refused (135, in MQTT 3.1.1 5); wills have no
//!   topics that begin with `$`. What else is wrong with a CONNECT packet is return code 3 in MQTT 3.1.1.
//! - Where MQTT has no way to refuse a request (a message of QoS 0; in MQTT 3.1.1 any message, and unsubscribing), the
//!   connection is closed: with DISCONNECT in MQTT 5, then with a WebSocket close that says why. A retained message and a
//!   topic alias close it in any case. The session is kept as if the connection was lost.
//! - An event is acknowledged when it is accepted for delivery. Its answer comes as a message in any case, with the QoS of
//!   the event; without an answer of the handler it is a failure with the status 500. Content types that events may have
//!   are those that can be parsed. An event needs no permission.
//! - Messages to all, to a user or to a connection come with QoS 1, unless the client has subscribed to
//!   `$webpubsub/server/messages`. Groups joined by others than the client (token, connect answer, REST) have QoS 0.
//! - A message of an MQTT client with a content type of another protocol's data type must be such data (153); other content
//!   types are binary. A lost client's messages of QoS 0 are dropped; at most 1,000 messages or 16 MiB wait for a client,
//!   and as many may be unacknowledged: one more ends the session (151, `SlowClient`).
//! - The time to live of a REST send is the expiry interval of its message for MQTT clients; that of an MQTT client's
//!   message is the time to live for reliable clients.
//! - A session lives 30 seconds without its client at most, and 30 seconds in MQTT 3.1.1 without "clean session". Who
//!   resumes it keeps its user, groups and roles. A client that connects twice loses the first connection (142); with a
//!   clean start the earlier session ends.
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
mod config;
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

pub use emulator::{Builder, Emulator, StartError};
pub use events::{EventHandler, GroupEvent, SystemEvent};
pub use model::ConfigError;

/// The Rust code in the documentation of the admin API compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../docs/admin.md")]
struct AdminDocs;
