//! The service's own values: messages, metadata, names and permissions.
//!
//! What is here knows its rules and nothing of connections, protocols or requests.

mod message;
mod metadata;
mod mqtt;
pub(crate) mod names;
pub(crate) mod permissions;

pub(crate) use message::{BodyFault, MAX_MESSAGE_BYTES, Message, MessageFault, Origin, Payload};
pub(crate) use metadata::{InvalidMetadata, Metadata};
pub(crate) use mqtt::{DisconnectPacket, MqttConnect, MqttDisconnect, MqttProperties, UserProperty};
