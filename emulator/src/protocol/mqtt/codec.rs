//! Bytes to packets and back, for both versions.

use std::sync::Arc;

use bytes::{Buf as _, Bytes, BytesMut};
use mqtt_proto::v5::{self, Packet};
use mqtt_proto::{Error, PollHeader as _, Protocol, VarBytes, v3};

use super::connect::{self, Connect, Refusal};
use super::fault::MqttFault;
use crate::model::{MAX_MESSAGE_BYTES, UserProperty, cut};
use crate::protocol::Frame;

/// The largest packet that is read: what a message may have.
pub(super) const MAX_PACKET_BYTES: usize = MAX_MESSAGE_BYTES;
/// The longest text or binary field that a packet can have.
const MAX_FIELD_BYTES: usize = u16::MAX as usize;

/// The version that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V3,
    V5,
}

/// What has been received and not been read yet. It holds at most a packet and a frame.
#[derive(Debug, Default)]
pub(crate) struct Input(BytesMut);

/// A packet that is there as a whole.
struct Whole {
    control_byte: u8,
    body: Bytes,
    total: usize,
}

impl Input {
    pub(crate) fn add(&mut self, bytes: Bytes) {
        match self.0.is_empty() {
            // A frame that nobody else has needs no copy.
            true => self.0 = bytes.into(),
            false => self.0.extend_from_slice(&bytes),
        }
    }

    /// Reads the first packet, which must be CONNECT.
    pub(crate) fn connect(&mut self) -> Result<Option<Connect>, Refusal> {
        let whole = match self.take() {
            Ok(Some(whole)) => whole,
            Ok(None) => return Ok(None),
            Err(fault) => return Err(Refusal::silent(fault)),
        };
        if whole.control_byte >> 4 != 1 {
            let fault = MqttFault::protocol("The first packet must be CONNECT.");
            return Err(Refusal::silent(fault));
        }
        let version = match Protocol::decode(&whole.body, &mut 0) {
            Ok(Protocol::V500) => Version::V5,
            Ok(Protocol::V311) => Version::V3,
            Ok(Protocol::V310) => return Err(Refusal::version(Version::V3)),
            Err(Error::InvalidProtocol(name, level)) if level > 5 && &*name == "MQTT" => {
                return Err(Refusal::version(Version::V5));
            }
            Err(Error::InvalidProtocol(..)) => return Err(Refusal::version(Version::V3)),
            Err(error) => return Err(Refusal::silent(error.into())),
        };
        match whole.decode(version) {
            Ok(Packet::Connect(packet)) => Connect::new(version, packet).map(Some),
            Ok(_) => Err(Refusal::silent(MqttFault::protocol(
                "The first packet must be CONNECT.",
            ))),
            Err(fault) => Err(Refusal::malformed(version, fault)),
        }
    }

    /// Reads the next packet, if it is there as a whole.
    pub(crate) fn packet(&mut self, version: Version) -> Result<Option<Packet>, MqttFault> {
        self.take()?.map(|whole| whole.decode(version)).transpose()
    }

    fn take(&mut self) -> Result<Option<Whole>, MqttFault> {
        let mut remaining = 0_usize;
        let mut header = 1;
        loop {
            let Some(byte) = self.0.get(header) else {
                return Ok(None);
            };
            remaining |= usize::from(byte & 0x7f) << (7 * (header - 1));
            header += 1;
            match byte & 0x80 {
                0 => break,
                _ if header > 4 => return Err(Error::InvalidVarByteInt.into()),
                _ => {}
            }
        }
        let total = header + remaining;
        if total > MAX_PACKET_BYTES {
            return Err(MqttFault::new(
                v5::DisconnectReasonCode::PacketTooLarge,
                format!("A packet of {total} bytes is larger than {MAX_PACKET_BYTES} bytes (1 MiB)."),
            ));
        }
        if self.0.len() < total {
            return Ok(None);
        }
        let mut packet = self.0.split_to(total);
        let control_byte = packet.first().copied().unwrap_or_default();
        packet.advance(header);
        Ok(Some(Whole {
            control_byte,
            body: packet.freeze(),
            total,
        }))
    }
}

impl Whole {
    fn decode(&self, version: Version) -> Result<Packet, MqttFault> {
        let (remaining, total) = (self.body.len() as u32, self.total as u32);
        let mut offset = 0;
        let packet = match version {
            Version::V5 => {
                let header = v5::Header::new_with(self.control_byte, remaining, total)?;
                match header.build_empty_packet() {
                    Some(packet) => packet,
                    None => header.decode_buffer(&self.body, &mut offset)?,
                }
            }
            Version::V3 => {
                let header = v3::Header::new_with(self.control_byte, remaining, total)?;
                let packet = match header.build_empty_packet() {
                    Some(packet) => packet,
                    None => header.decode_buffer(&self.body, &mut offset)?,
                };
                upgrade(packet)?
            }
        };
        match offset == self.body.len() {
            true => Ok(packet),
            false => Err(MqttFault::malformed("A packet is longer than its fields.")),
        }
    }
}

/// A packet of MQTT 3.1.1 in the form of MQTT 5.
fn upgrade(packet: v3::Packet) -> Result<Packet, MqttFault> {
    Ok(match packet {
        v3::Packet::Connect(packet) => connect::upgrade(packet)?.into(),
        v3::Packet::Publish(packet) => v5::Publish {
            dup: packet.dup,
            retain: packet.retain,
            qos_pid: packet.qos_pid,
            topic_name: packet.topic_name,
            payload: packet.payload,
            properties: v5::PublishProperties::default(),
        }
        .into(),
        v3::Packet::Puback(pid) => v5::Puback::new_success(pid).into(),
        v3::Packet::Pubrec(pid) => v5::Pubrec::new_success(pid).into(),
        v3::Packet::Pubrel(pid) => v5::Pubrel::new_success(pid).into(),
        v3::Packet::Pubcomp(pid) => v5::Pubcomp::new_success(pid).into(),
        v3::Packet::Subscribe(packet) => {
            let topics = packet.topics.into_iter();
            let topics = topics.map(|(filter, qos)| (filter, v5::SubscriptionOptions::new(qos)));
            v5::Subscribe::new(packet.pid, topics.collect()).into()
        }
        v3::Packet::Unsubscribe(packet) => v5::Unsubscribe::new(packet.pid, packet.topics).into(),
        v3::Packet::Pingreq => Packet::Pingreq,
        v3::Packet::Disconnect => v5::Disconnect::new_normal().into(),
        v3::Packet::Connack(_) | v3::Packet::Suback(_) | v3::Packet::Unsuback(_) | v3::Packet::Pingresp => {
            return Err(MqttFault::protocol("Clients do not send this packet."));
        }
    })
}

/// A packet for a client of MQTT 3.1.1, where that has one.
fn downgrade(packet: &Packet) -> Option<v3::Packet> {
    Some(match packet {
        Packet::Publish(packet) => v3::Packet::Publish(v3::Publish {
            dup: packet.dup,
            retain: packet.retain,
            qos_pid: packet.qos_pid,
            topic_name: packet.topic_name.clone(),
            payload: packet.payload.clone(),
        }),
        Packet::Puback(packet) => v3::Packet::Puback(packet.pid),
        Packet::Pubrec(packet) => v3::Packet::Pubrec(packet.pid),
        Packet::Pubrel(packet) => v3::Packet::Pubrel(packet.pid),
        Packet::Pubcomp(packet) => v3::Packet::Pubcomp(packet.pid),
        Packet::Unsuback(packet) => v3::Packet::Unsuback(packet.pid),
        Packet::Pingresp => v3::Packet::Pingresp,
        _ => return None,
    })
}

/// SUBACK of MQTT 3.1.1. The library (0.4.0) writes a refusal as 3 instead of 128.
fn suback_v3(packet: &v5::Suback) -> Result<VarBytes, Error> {
    let total = mqtt_proto::total_len(2 + packet.topics.len())?;
    let mut bytes = Vec::with_capacity(total);
    bytes.push(0x90);
    let mut remaining = 2 + packet.topics.len();
    while remaining >= 0x80 {
        bytes.push((remaining & 0x7f) as u8 | 0x80);
        remaining >>= 7;
    }
    bytes.push(remaining as u8);
    bytes.extend(packet.pid.value().to_be_bytes());
    bytes.extend(packet.topics.iter().map(|code| match *code as u8 {
        granted @ 0..=2 => granted,
        _ => 0x80,
    }));
    Ok(VarBytes::Dynamic(bytes))
}

impl Version {
    /// The number in CONNECT packets.
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::V3 => 4,
            Self::V5 => 5,
        }
    }

    /// The frame that carries a packet; `None` where the version has no such packet.
    pub(crate) fn encode(self, packet: &Packet) -> Option<Frame> {
        let bytes = match (self, packet) {
            (Self::V5, _) => packet.encode(),
            (Self::V3, Packet::Suback(packet)) => suback_v3(packet),
            (Self::V3, _) => downgrade(packet)?.encode(),
        };
        match bytes {
            Ok(VarBytes::Dynamic(bytes)) => Some(Frame::Binary(bytes.into())),
            Ok(bytes) => Some(Frame::Binary(Bytes::copy_from_slice(bytes.as_ref()))),
            Err(error) => {
                tracing::warn!(%error, "an MQTT packet cannot be written");
                None
            }
        }
    }
}

/// A text that a packet can carry: without null characters, and cut to the longest that fits.
pub(crate) fn text(text: &str) -> Arc<str> {
    let clean: String = text.chars().filter(|c| *c != '\0').collect();
    cut(&clean, MAX_FIELD_BYTES).into()
}

/// User properties of a packet. Those that no packet can carry are left out.
pub(super) fn encode_user_properties(properties: &[UserProperty]) -> Vec<v5::UserProperty> {
    let fits = |text: &str| text.len() <= MAX_FIELD_BYTES && !text.contains('\0');
    properties
        .iter()
        .filter(|property| fits(&property.name) && fits(&property.value))
        .map(|property| v5::UserProperty {
            name: property.name.as_str().into(),
            value: property.value.as_str().into(),
        })
        .collect()
}
