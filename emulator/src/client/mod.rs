//! The WebSocket endpoint: who may connect, and what happens on a client's socket.
//!
//! `upgrade` decides whether a client may connect, `session` runs its socket, `requests` does what it asks for, `event_queue` has what
//! the event handler is to be asked. How a
//! frame looks is a matter of `protocol`; everything about other connections goes through the hub.

mod ack_ids;
mod event_queue;
mod requests;
mod session;
mod upgrade;

pub(crate) use upgrade::{connect, connect_legacy};
