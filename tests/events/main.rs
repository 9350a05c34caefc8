//! Webhooks, through the public face: what is let in, what is refused and with which words, what is answered.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod answered;
mod deduplication;
mod given;
mod properties;
mod routing;
mod service;
mod signatures;
