//! The WebSocket endpoint: who may connect, and what happens on a client's socket.
//!
//! `upgrade` decides whether a client may connect, and `identity` as whom; `recovery` whether it may come back;
//! `unserved` has the endpoints that refuse everyone. `session` is the life of its connection, `socket` of one socket of
//! it; `requests` does what the client asks for, with its `streams`, the `ack_ids` of what is done, and the
//! `event_queue` of what the event handler is to be asked, which is a `backlog`; `mqtt` is all of that for MQTT clients. How a frame looks is a matter of `protocol`; everything about other connections goes through the hub.

mod ack_ids;
mod backlog;
mod event_queue;
mod identity;
mod mqtt;
mod recovery;
mod requests;
mod session;
mod socket;
mod streams;
mod unserved;
mod upgrade;

pub(crate) use mqtt::connect as connect_mqtt;
pub(crate) use unserved::socket_io;
pub(crate) use upgrade::{connect, connect_legacy};
