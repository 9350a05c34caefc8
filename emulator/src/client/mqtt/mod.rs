//! MQTT clients: `upgrade` lets a WebSocket in, `arrival` reads the CONNECT packet, asks the event handler, and begins a
//! session or finds the one that exists; `session` is its life over one network connection after another, `socket` one
//! such connection; `requests` does what the packets ask for, `outbox` has what is under way to the client, `events`
//! what the event handler is to be asked, `journal` what is seen of CONNECT packets.

mod arrival;
mod events;
mod journal;
mod outbox;
mod requests;
mod session;
mod socket;
mod upgrade;

pub(crate) use upgrade::connect;
