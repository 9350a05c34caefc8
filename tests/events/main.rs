//! Webhooks, by the public API: which requests are accepted, which are refused and with which text, and the responses.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod bodies;
mod deduplication;
mod http;
mod properties;
mod responses;
mod routing;
mod service;
mod signatures;
