//! MQTT 3.1.1 and 5.0: bytes to packets and back, who may connect, and messages as publications.
//!
//! The crate `mqtt-proto` reads and writes the packets. Here a packet of either version has the form that it has in
//! MQTT 5, and only `codec` knows the difference; `fault` has the reasons for closing a connection, `connect` the
//! rules for CONNECT packets and their answers, `publication` what is published. Which packet may come when is a
//! matter of the session.

mod codec;
mod connect;
mod fault;
mod publication;

pub(crate) use codec::{Input, Version, text};
pub(crate) use connect::{Accepted, Connect, Refusal};
pub(crate) use fault::{MqttFault, disconnect_code};
pub(crate) use publication::{EventReply, Publication, Topic, message};

/// The name of the subprotocol.
pub(crate) const SUBPROTOCOL: &str = "mqtt";
