//! The pure parts of the crate by its public API: connection strings, tokens, operations, filters, retries.
//!
//! In here: what is decided before anything is sent, checked against independent code: `jsonwebtoken`
//! and the emulator's filter parser. Not in here: tests that need a service (`tests/service`), properties of the core (`tests/properties`).
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails"
)]

mod connection_string;
mod filter;
mod message;
mod operation;
mod retry;
mod token;
mod urls;

use std::fmt::Debug;

use webpubsub_edge::Error;

/// The code of the error for invalid input, and whether it is out of range.
fn refused<T: Debug>(result: Result<T, Error>) -> (&'static str, bool) {
    match result {
        Err(Error::InvalidInput(e)) => (e.code(), e.is_out_of_range()),
        other => panic!("not refused as invalid input: {other:?}"),
    }
}

/// Its message.
fn message<T: Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(error @ Error::InvalidInput(_)) => error.to_string(),
        other => panic!("not refused as invalid input: {other:?}"),
    }
}
