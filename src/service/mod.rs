//! The async service client, over any transport.
//!
//! In here: the client and its calls. Not in here: what an operation is on the wire, what is retried, what an error means
//! (`core/`); any host (`web/`). Imports go one way, down this list:
//!
//! | file | holds |
//! | --- | --- |
//! | `verbs.rs`, `client.rs` | the client, with the verbs of the Python client |
//! | `group.rs` | the verbs of a group |
//! | `call.rs`, `client_access.rs`, `paging.rs`, `send_request.rs` | calls with their options |
//! | `operations.rs` | which options an operation accepts |
//! | `pipeline.rs` | the loop: sign, send, judge, retry |
//! | `options.rs`, `log.rs` | options of clients and of calls |
//! | `entra.rs`, `credential.rs`, `shared.rs` | credentials |
//! | `transport.rs` | what a host provides |

mod call;
mod client;
mod client_access;
mod credential;
mod entra;
mod group;
mod log;
pub mod operations;
mod options;
mod paging;
mod pipeline;
mod send_request;
mod shared;
mod tokens;
mod transport;
mod verbs;

pub use call::Call;
pub use client::WebPubSubServiceClient;
pub use client_access::GetClientAccessToken;
pub use credential::{AccessToken, AzureKeyCredential, Credential, SCOPE, TokenCredential};
pub use entra::{AUTHORITY, ClientAssertionCredential, ClientSecretCredential};
pub use group::WebPubSubGroup;
pub use log::{Attempt, LogOptions, Shown};
pub use operations::{CallKind, Raw};
pub use options::ClientOptions;
pub use paging::{Connection, Connections, Page};
pub use send_request::SendRequest;
pub use transport::{BoxFuture, MaybeSend, MaybeSync, Response, Transport, TransportResponse};
