//! What MQTT adds to the service's values: user properties, message properties, and how a session began and ended.

use mqtt_proto::QoS;
use mqtt_proto::v5::PublishProperties;
use serde::{Deserialize, Serialize};

/// A named text that an MQTT 5 packet carries. Names may repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserProperty {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl From<&mqtt_proto::v5::UserProperty> for UserProperty {
    fn from(property: &mqtt_proto::v5::UserProperty) -> Self {
        Self {
            name: property.name.to_string(),
            value: property.value.to_string(),
        }
    }
}

/// What only MQTT clients see of a message that an MQTT client has published.
#[derive(Debug)]
pub(crate) struct MqttProperties {
    /// The quality of service that the sender chose.
    pub(crate) qos: QoS,
    /// Without the expiry interval, which is the message's time to live.
    pub(crate) properties: PublishProperties,
}

/// What a CONNECT packet says about the client, for the event handler.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MqttConnect {
    /// 4 (MQTT 3.1.1) or 5.
    pub(crate) protocol_version: u8,
    pub(crate) clean_start: bool,
    pub(crate) username: Option<String>,
    /// In base64.
    pub(crate) password: Option<String>,
    /// `None` for MQTT 3.1.1, which has none.
    pub(crate) user_properties: Option<Vec<UserProperty>>,
}

/// How the last network connection of a session ended, for the event handler.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MqttDisconnect {
    /// Whether the client has sent a DISCONNECT packet.
    pub(crate) initiated_by_client: bool,
    /// The DISCONNECT packet that either side has sent.
    pub(crate) disconnect_packet: Option<DisconnectPacket>,
}

/// The parts of a DISCONNECT packet that the event handler learns.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisconnectPacket {
    pub(crate) code: u8,
    /// `None` unless an MQTT 5 client has sent the packet.
    pub(crate) user_properties: Option<Vec<UserProperty>>,
}
