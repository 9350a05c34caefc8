//! The core: everything that this library decides.
//!
//! Text and bytes come in, text goes to one [`Sink`](sink::Sink), and errors are small values. There is no heap, no clock,
//! no I/O and no randomness in here, and no state: the same arguments always give the same result. The faces only carry:
//! the async client (`service/`), the typed events (`events/`) and the npm package (`js/`, `pkg/`).
//!
//! Functions with `inline(always)` have one or two callers in the npm package, where the compiler would not inline them by
//! itself; those with `inline(never)` have many. The wasm is measured in bytes: each is there because it makes it smaller.
//!
//! ```text
//! options, names ─► operation, url, headers, token ─► method, URL, headers, body ─► the face's fetch
//!                                                                                       │
//! result or error ◄──────────── judge: done, retry, fail ◄──────────── status, headers ◄┘
//!
//! webhook head ─► events::verdict ─► not mine, handshake, refusal, event with its context
//! user's decision ─► events::response ─► status, content type, state, body
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `sink.rs`, `text.rs`, `given.rs` | output, and the two shapes of input |
//! | `error.rs` | what can be wrong, in words |
//! | `names.rs`, `endpoint.rs`, `connection_string.rs` | who and where |
//! | `access_key.rs`, `token.rs`, `roles.rs` | signing, tokens, what tokens allow |
//! | `operation.rs`, `url.rs`, `headers.rs`, `filter.rs` | requests |
//! | `judge.rs`, `redact.rs` | what becomes of them, and what of them may be shown |
//! | `entra.rs` | Microsoft Entra ID |
//! | `events/` | webhooks |

pub mod access_key;
pub mod connection_string;
pub mod endpoint;
pub mod entra;
pub mod error;
pub mod events;
pub mod filter;
pub mod given;
pub mod headers;
pub mod judge;
pub mod names;
pub mod operation;
pub mod redact;
pub mod roles;
pub mod sink;
pub mod text;
pub mod token;
pub mod url;
