//! The vectors of this folder, which `tests/conformance` runs in JavaScript too, so that neither face can drift.
//!
//! In here: what observes the output of a vector, through the crate's public face. README.md describes the vectors.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails"
)]

mod calls;
mod cases;
mod entra;
mod events;
mod host;
mod operations;
mod responses;
mod texts;

use cases::check;

#[tokio::test]
async fn bodies() {
    check(include_str!("bodies.json"), async |input| events::observe(&input)).await;
}

#[tokio::test]
async fn endpoints() {
    check(include_str!("endpoints.json"), calls::addresses).await;
}

#[tokio::test]
async fn entra() {
    check(include_str!("entra.json"), entra::observe).await;
}

#[tokio::test]
async fn events() {
    check(include_str!("events.json"), async |input| events::observe(&input)).await;
}

#[tokio::test]
async fn filters() {
    check(include_str!("filters.json"), async |input| texts::observe(&input)).await;
}

#[tokio::test]
async fn judge() {
    check(include_str!("judge.json"), calls::attempts).await;
}

#[tokio::test]
async fn names() {
    check(include_str!("names.json"), calls::names).await;
}

#[tokio::test]
async fn redaction() {
    check(include_str!("redaction.json"), calls::logs).await;
}

#[tokio::test]
async fn requests() {
    check(include_str!("requests.json"), calls::requests).await;
}

#[tokio::test]
async fn responses() {
    check(include_str!("responses.json"), async |input| {
        responses::observe(&input)
    })
    .await;
}

#[tokio::test]
async fn tokens() {
    check(include_str!("tokens.json"), calls::requests).await;
}
