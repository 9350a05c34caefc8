//! The frames of `protobuf.webpubsub.azure.v1` and its reliable form: reading what clients send, writing what they get.

mod read;
mod wire;
mod write;

pub(super) use read::read;
pub(super) use write::{connected, disconnected, group_states, message, notice, numbered, pong, reply};

/// The name of the subprotocol.
pub(super) const SUBPROTOCOL: &str = "protobuf.webpubsub.azure.v1";
/// The name of its reliable form.
pub(super) const RELIABLE_SUBPROTOCOL: &str = "protobuf.reliable.webpubsub.azure.v1";
