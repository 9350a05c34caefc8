//! The async service client, over any transport.
//!
//! In here: the client with the verbs of the Python client (`client.rs`, `group.rs`), what a call may be told
//! (`call.rs`), requests without a verb (`request.rs`), who a client is (`credential.rs`, `entra.rs`), how a
//! request is signed, sent and repeated (`exchange.rs`), and what a host provides (`transport.rs`). Not in here:
//! what an operation is on the wire (`operation.rs`), any host (`web/`).

mod call;
mod client;
mod client_access;
mod credential;
mod entra;
mod exchange;
mod group;
mod observe;
mod paging;
mod request;
mod transport;

pub use call::{
    AddsOrRemoves, Asks, AsksPermission, Call, ClosesMany, ClosesOne, Kind, Permits, Plain, Raw,
    SendsToConnection, SendsToMany, SendsToUser,
};
pub use client::{ClientOptions, WebPubSubServiceClient};
pub use client_access::GetClientAccessToken;
pub use credential::{AccessToken, AzureKeyCredential, Credential, SCOPE, TokenCredential};
pub use entra::{AUTHORITY, ClientAssertionCredential, ClientSecretCredential};
pub use group::WebPubSubGroup;
pub use observe::{Attempt, LogOptions, Shown};
pub use paging::{Connection, Connections, Page};
pub use request::SendRequest;
pub use transport::{Answer, BoxFuture, MaybeSend, MaybeSync, Response, Transport};

#[cfg(all(target_arch = "wasm32", feature = "js"))]
pub(crate) use {credential::freshness, exchange::check_header, paging::continuation_token};
