//! The service's own values: messages, streams, group states, metadata, names, permissions and endpoints.
//!
//! What is here knows its rules and nothing of connections, protocols or requests.

mod config_error;
mod endpoint;
mod group_state;
mod message;
mod metadata;
mod mqtt;
pub(crate) mod names;
pub(crate) mod permissions;
mod stream;
mod text;

pub use config_error::ConfigError;
pub(crate) use endpoint::Endpoint;
pub(crate) use group_state::{GroupStateItem, GroupStates};
pub(crate) use message::{BodyFault, MAX_MESSAGE_BYTES, Message, MessageFault, Origin, Payload};
pub(crate) use metadata::{InvalidMetadata, Metadata};
pub(crate) use mqtt::{DisconnectPacket, MqttConnect, MqttDisconnect, MqttProperties, UserProperty};
pub(crate) use stream::{StreamError, StreamPart};
pub(crate) use text::cut;
