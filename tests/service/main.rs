//! The async client against the emulator, and against servers that misbehave.
//!
//! In here: what every verb does to clients of the hub, and calls that fail, wait, are retried or cancelled. Not in here:
//! what is decided before anything is sent (`tests/pure`).
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails"
)]

mod cancelling;
mod client_access;
mod credentials;
mod entra;
mod errors;
mod groups;
mod headers;
mod logging;
mod paging;
mod permissions;
mod presence;
mod requests;
mod retries;
mod reverse_proxy;
mod secrets;
mod sending;
mod support;
mod tokens;
mod transport;
