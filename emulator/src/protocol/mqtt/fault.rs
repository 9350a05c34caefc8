//! Why the service closes the connection of an MQTT client.

use axum::extract::ws::close_code;
use mqtt_proto::Error;
use mqtt_proto::v5::{Disconnect, DisconnectReasonCode as Code, ErrorV5};

use super::codec::text;
use super::connect::Connect;
use crate::protocol::{Close, Frame};

/// What a client has done against the protocol, or what the service refuses without another way to say so.
#[derive(Debug, Clone)]
pub(crate) struct MqttFault {
    /// The reason code of the DISCONNECT packet that an MQTT 5 client gets.
    pub(crate) code: Code,
    /// Its reason string, and the reason in the close frame.
    pub(crate) message: String,
}

impl MqttFault {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(Code::MalformedPacket, message)
    }

    pub(crate) fn protocol(message: impl Into<String>) -> Self {
        Self::new(Code::ProtocolError, message)
    }

    pub(crate) fn text_frame() -> Self {
        Self::protocol("MQTT packets must be in binary frames.")
    }

    /// The DISCONNECT packet; MQTT 3.1.1 has none for the service to send.
    pub(crate) fn frame(&self, connect: &Connect) -> Option<Frame> {
        let mut packet = Disconnect::new(self.code);
        packet.properties.reason_string = Some(text(&self.message)).filter(|_| !self.message.is_empty());
        let fits = |frame: &Frame| match frame {
            Frame::Binary(bytes) => bytes.len() <= connect.max_packet_bytes,
            _ => false,
        };
        let plain = Disconnect::new(self.code);
        let encode = |packet: Disconnect| connect.version.encode(&packet.into());
        encode(packet).filter(fits).or_else(|| encode(plain))
    }

    /// The WebSocket close that follows the DISCONNECT packet.
    pub(crate) fn close(&self) -> Close {
        let code = match self.code {
            Code::MalformedPacket | Code::ProtocolError => close_code::PROTOCOL,
            Code::PacketTooLarge => close_code::SIZE,
            _ => close_code::POLICY,
        };
        Close::new(code, self.message.clone())
    }
}

impl From<Error> for MqttFault {
    fn from(error: Error) -> Self {
        let code = match error {
            Error::InvalidTopicName(_) => Code::TopicNameInvalid,
            Error::InvalidTopicFilter(_) => Code::TopicFilterInvalid,
            Error::EmptySubscription | Error::ZeroPid => Code::ProtocolError,
            _ => Code::MalformedPacket,
        };
        let message = match &error {
            Error::IoError(_) => "A packet is shorter than its fields.".to_owned(),
            Error::InvalidTopicName(_) => "A topic name has a wildcard or a null character.".to_owned(),
            Error::InvalidTopicFilter(_) => "A topic filter is not valid.".to_owned(),
            _ => format!("A packet cannot be read: {error}."),
        };
        Self::new(code, message)
    }
}

impl From<ErrorV5> for MqttFault {
    fn from(error: ErrorV5) -> Self {
        let code = match &error {
            ErrorV5::Common(error) => return error.clone().into(),
            ErrorV5::InvalidPayloadFormat => Code::PayloadFormatInvalid,
            ErrorV5::InvalidResponseTopic
            | ErrorV5::DuplicatedProperty(_)
            | ErrorV5::InvalidByteProperty(..)
            | ErrorV5::InvalidSubscriptionOption(_) => Code::ProtocolError,
            _ => Code::MalformedPacket,
        };
        Self::new(code, format!("A packet cannot be read: {error}."))
    }
}

/// The reason code for a close that did not come from the client's own packets.
pub(crate) fn disconnect_code(close: &Close) -> Code {
    match close.code {
        close_code::AWAY => Code::ServerShuttingDown,
        close_code::POLICY => Code::QuotaExceeded,
        _ => Code::AdministrativeAction,
    }
}
