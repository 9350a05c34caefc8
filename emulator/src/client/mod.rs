//! The WebSocket endpoint: who may connect, and what happens on a client's socket.
//!
//! `upgrade` decides whether a client may connect, `session` runs its socket, `requests` does what it asks for, `event_queue` has what
//! the event handler is to be asked, `mqtt` is all of that for MQTT clients. How a
//! frame looks is a matter of `protocol`; everything about other connections goes through the hub.

mod ack_ids;
mod event_queue;
mod mqtt;
mod requests;
mod session;
mod upgrade;

pub(crate) use mqtt::connect as connect_mqtt;
pub(crate) use upgrade::{connect, connect_legacy};
