//! Webhooks: from the head of a request of the service to a verdict, and from what a handler decides to a response.
//!
//! In here: everything that is decided about either. Not in here: reading bodies, parsing JSON, waiting, calling handlers;
//! those are the host's.
//!
//! | file | holds |
//! | --- | --- |
//! | `head.rs` | the headers that are read, found once |
//! | `verdict.rs` | whose request it is, and what becomes of it |
//! | `origins.rs`, `signature.rs` | who may send events |
//! | `context.rs` | what an event says of itself |
//! | `response.rs`, `mqtt.rs` | what handlers may decide, and how it is sent |
//! | `refusal.rs` | everything that can be wrong with a request, in words |

pub mod context;
pub mod head;
pub mod mqtt;
mod origins;
pub mod refusal;
pub mod response;
mod signature;
pub mod verdict;
