//! The host on wasm32: `fetch`, timers, a clock and randomness, without `window`.
//!
//! In here: [`Fetch`], a [`Transport`](crate::service::Transport) for Workers, Deno, Bun, Node and browsers. Not in here:
//! the npm package (`js/`).

mod fetch;
mod timer;

pub use fetch::{Fetch, FetchResponse};
pub use timer::Sleep;
