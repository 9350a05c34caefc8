//! The host on wasm32: `fetch`, timers, a clock and dice, without `window`.
//!
//! In here: [`Fetch`], a [`Transport`](crate::service::Transport) for Workers, Deno, Bun, Node and browsers.
//! Not in here: anything that knows the npm package (`js/`).

mod fetch;
mod timer;

pub use fetch::{Fetch, FetchAnswer};
pub use timer::Sleep;
