//! CONNECT packets: the service's rules for them, and CONNACK packets as the answer.

use std::time::Duration;

use axum::extract::ws::close_code;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mqtt_proto::v3::{self, ConnectReturnCode};
use mqtt_proto::v5::{self, Connack, ConnectReasonCode as Code, LastWill};
use mqtt_proto::{Error, Protocol};
use rand::distr::{Alphanumeric, SampleString as _};

use super::codec::{MAX_PACKET_BYTES, Version, encode_user_properties, text};
use super::fault::MqttFault;
use crate::model::{MqttConnect, UserProperty, names};
use crate::protocol::{Close, Frame};

/// The longest client id.
const MAX_CLIENT_ID: usize = 128;
/// The longest keep-alive interval, in seconds. MQTT 5 clients are told so, others are refused.
const MAX_KEEP_ALIVE: u16 = 180;
/// The largest payload of a will.
const MAX_WILL_BYTES: usize = 2000;
/// How long a session waits for its client at most.
const MAX_SESSION_EXPIRY: Duration = Duration::from_secs(30);
/// How many packets of QoS 2 a client may have under way.
const RECEIVE_MAXIMUM: u16 = 1000;

/// A CONNECT packet that keeps the rules.
#[derive(Debug)]
pub(crate) struct Connect {
    pub(crate) version: Version,
    /// The client's own id, or one that the service has made.
    pub(crate) client_id: String,
    pub(crate) clean_start: bool,
    /// How long the session waits for the client after a network connection.
    pub(crate) session_expiry: Duration,
    /// Seconds.
    pub(crate) keep_alive: u16,
    /// How many packets of QoS 1 and 2 the client takes before it acknowledges one.
    pub(crate) receive_maximum: usize,
    /// The largest packet that the client takes.
    pub(crate) max_packet_bytes: usize,
    /// Whether the client wants reasons and user properties in other packets than CONNACK, PUBLISH and DISCONNECT.
    pub(crate) wants_reasons: bool,
    pub(crate) will: Option<LastWill>,
    /// What the event handler learns.
    pub(crate) details: MqttConnect,
    /// What CONNACK must say because it differs from what the client has asked for.
    changed: Changed,
}

#[derive(Debug, Default)]
struct Changed {
    client_id: bool,
    keep_alive: bool,
    session_expiry: bool,
}

/// What CONNACK says beside the packet's own answers.
#[derive(Debug)]
pub(crate) struct Accepted<'a> {
    pub(crate) session_present: bool,
    pub(crate) user_properties: &'a [UserProperty],
}

impl Connect {
    /// Checks a packet.
    pub(super) fn new(version: Version, packet: v5::Connect) -> Result<Self, Refusal> {
        let refuse = |code, message: &str| Err(Refusal::new(version, code, message));
        let properties = &packet.properties;
        if properties.auth_method.is_some() {
            return refuse(
                Code::BadAuthMethod,
                "Enhanced authentication is not supported: connect without an authentication method.",
            );
        }
        if properties.auth_data.is_some()
            || properties.receive_max == Some(0)
            || properties.max_packet_size == Some(0)
        {
            return refuse(
                Code::ProtocolError,
                "A property of CONNECT has a value that MQTT 5 forbids.",
            );
        }
        let mut changed = Changed::default();
        let client_id = match (&*packet.client_id, version) {
            ("", Version::V5) => {
                changed.client_id = true;
                Alphanumeric.sample_string(&mut rand::rng(), 32)
            }
            (id, _) if (1..=MAX_CLIENT_ID).contains(&id.len()) && is_alphanumeric(id) => id.to_owned(),
            _ => {
                return refuse(
                    Code::ClientIdentifierNotValid,
                    "The client id must have 1 to 128 of the characters 0-9, a-z, A-Z.",
                );
            }
        };
        let mut keep_alive = packet.keep_alive;
        if !(1..=MAX_KEEP_ALIVE).contains(&keep_alive) {
            if version == Version::V3 {
                return refuse(
                    Code::ImplementationSpecificError,
                    "The keep-alive interval must be 1 to 180 seconds.",
                );
            }
            changed.keep_alive = true;
            keep_alive = MAX_KEEP_ALIVE;
        }
        if let Some(will) = &packet.last_will {
            check_will(version, will)?;
        }
        let wanted = Duration::from_secs(properties.session_expiry_interval.unwrap_or_default().into());
        let session_expiry = wanted.min(MAX_SESSION_EXPIRY);
        changed.session_expiry = wanted != session_expiry;
        let details = MqttConnect {
            protocol_version: version.level(),
            clean_start: packet.clean_start,
            username: packet.username.as_deref().map(str::to_owned),
            password: packet.password.as_ref().map(|password| STANDARD.encode(password)),
            user_properties: (version == Version::V5)
                .then(|| properties.user_properties.iter().map(Into::into).collect()),
        };
        Ok(Self {
            version,
            client_id,
            clean_start: packet.clean_start,
            session_expiry,
            keep_alive,
            receive_maximum: properties.receive_max.unwrap_or(u16::MAX).into(),
            max_packet_bytes: properties.max_packet_size.map_or(usize::MAX, |max| max as usize),
            wants_reasons: properties.request_problem_info.unwrap_or(true),
            will: packet.last_will,
            details,
            changed,
        })
    }

    /// How long a client may be silent: one and a half times its keep-alive interval.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.keep_alive.into()) * 3 / 2
    }

    /// How long the session is kept when the client asks for another expiry as it goes.
    pub(crate) fn new_expiry(&self, seconds: u32) -> Result<Duration, MqttFault> {
        match self.session_expiry.is_zero() && seconds > 0 {
            true => Err(MqttFault::protocol(
                "A session that was to end with the connection cannot be kept.",
            )),
            false => Ok(Duration::from_secs(seconds.into()).min(MAX_SESSION_EXPIRY)),
        }
    }

    /// How many packets of QoS 2 the client may have under way.
    pub(crate) fn max_received(&self) -> usize {
        match self.version {
            Version::V5 => RECEIVE_MAXIMUM.into(),
            // It has no such limit but the number of packet ids.
            Version::V3 => u16::MAX.into(),
        }
    }

    /// The CONNACK packet that lets the client in.
    pub(crate) fn accept(&self, accepted: &Accepted<'_>) -> Option<Frame> {
        let session_present = accepted.session_present;
        if self.version == Version::V3 {
            return connack_v3(session_present, ConnectReturnCode::Accepted);
        }
        let mut packet = Connack::new(session_present, Code::Success);
        let properties = &mut packet.properties;
        properties.receive_max = Some(RECEIVE_MAXIMUM);
        properties.max_packet_size = Some(MAX_PACKET_BYTES as u32);
        properties.retain_available = Some(false);
        properties.wildcard_subscription_available = Some(false);
        properties.shared_subscription_available = Some(false);
        properties.assigned_client_id = self.changed.client_id.then(|| self.client_id.as_str().into());
        properties.server_keep_alive = self.changed.keep_alive.then_some(self.keep_alive);
        properties.session_expiry_interval = self
            .changed
            .session_expiry
            .then_some(self.session_expiry.as_secs() as u32);
        properties.user_properties = encode_user_properties(accepted.user_properties);
        Version::V5.encode(&packet.into())
    }
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check_will(version: Version, will: &LastWill) -> Result<(), Refusal> {
    let refuse = |code, message: &str| Err(Refusal::new(version, code, message));
    if will.retain {
        return refuse(Code::RetainNotSupported, "Retained messages are not supported.");
    }
    if names::group(&will.topic_name).is_err() || will.topic_name.starts_with('$') {
        return refuse(
            Code::TopicNameInvalid,
            "The topic of a will must have 1 to 1024 characters, not all blank, and not begin with '$'.",
        );
    }
    if will.payload.len() > MAX_WILL_BYTES {
        return refuse(
            Code::PacketTooLarge,
            "The message of a will can have at most 2000 bytes.",
        );
    }
    Ok(())
}

/// A CONNECT packet of MQTT 3.1.1 in the form of MQTT 5.
pub(super) fn upgrade(packet: v3::Connect) -> Result<v5::Connect, MqttFault> {
    if packet.username.is_none() && packet.password.is_some() {
        return Err(MqttFault::malformed(
            "CONNECT has a password without a user name.",
        ));
    }
    Ok(v5::Connect {
        protocol: Protocol::V500,
        clean_start: packet.clean_session,
        keep_alive: packet.keep_alive,
        properties: v5::ConnectProperties {
            // Kept until the service forgets it; the interval is cut to what that is.
            session_expiry_interval: (!packet.clean_session).then_some(u32::MAX),
            ..v5::ConnectProperties::default()
        },
        client_id: packet.client_id,
        last_will: packet.last_will.map(|will| LastWill {
            qos: will.qos,
            retain: will.retain,
            topic_name: will.topic_name,
            payload: will.message,
            properties: v5::WillProperties::default(),
        }),
        username: packet.username,
        password: packet.password,
    })
}

/// Why a client is not let in, and how it is told.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// `None` when the client gets no CONNACK packet.
    answer: Option<(Version, ConnectReturnCode, Code)>,
    pub(crate) message: String,
    user_properties: Vec<UserProperty>,
    close_code: u16,
}

impl Refusal {
    pub(crate) fn new(version: Version, code: Code, message: impl Into<String>) -> Self {
        let return_code = match code {
            Code::UnsupportedProtocolVersion => ConnectReturnCode::UnacceptableProtocolVersion,
            Code::ClientIdentifierNotValid => ConnectReturnCode::IdentifierRejected,
            Code::BadUserNameOrPassword => ConnectReturnCode::BadUserNameOrPassword,
            Code::NotAuthorized | Code::Banned => ConnectReturnCode::NotAuthorized,
            _ => ConnectReturnCode::ServerUnavailable,
        };
        Self {
            answer: Some((version, return_code, code)),
            message: message.into(),
            user_properties: Vec::new(),
            close_code: close_code::POLICY,
        }
    }

    /// A code that the event handler has chosen, for a client of this version. One that the version does not have
    /// counts as an unspecified error.
    pub(crate) fn chosen(
        version: Version,
        code: u8,
        message: impl Into<String>,
        user_properties: Vec<UserProperty>,
    ) -> Self {
        let is_failure = |code: &Code| *code != Code::Success;
        let reason = Code::from_u8(code)
            .filter(is_failure)
            .unwrap_or(Code::UnspecifiedError);
        let is_failure = |code: &ConnectReturnCode| *code != ConnectReturnCode::Accepted;
        let return_code = ConnectReturnCode::from_u8(code).ok().filter(is_failure);
        let return_code = return_code.unwrap_or(ConnectReturnCode::ServerUnavailable);
        Self {
            answer: Some((version, return_code, reason)),
            message: message.into(),
            user_properties,
            close_code: close_code::POLICY,
        }
    }

    pub(super) fn version(version: Version) -> Self {
        Self::new(
            version,
            Code::UnsupportedProtocolVersion,
            "The protocol version must be 3.1.1 or 5.0.",
        )
    }

    /// MQTT 5 tells the client what was wrong with a packet, MQTT 3.1.1 only closes.
    pub(super) fn malformed(version: Version, fault: MqttFault) -> Self {
        let code = Code::from_u8(fault.code as u8).unwrap_or(Code::MalformedPacket);
        match version {
            Version::V5 => Self::new(version, code, fault.message),
            Version::V3 => Self::silent(fault),
        }
    }

    /// Nobody knows what the client would understand.
    pub(crate) fn silent(fault: MqttFault) -> Self {
        Self {
            answer: None,
            close_code: fault.close().code,
            message: fault.message,
            user_properties: Vec::new(),
        }
    }

    /// The WebSocket close that follows it.
    pub(crate) fn close(&self) -> Close {
        Close::new(self.close_code, self.message.clone())
    }

    /// The CONNACK packet.
    pub(crate) fn frame(&self) -> Option<Frame> {
        let (version, return_code, code) = self.answer?;
        if version == Version::V3 {
            return connack_v3(false, return_code);
        }
        let mut packet = Connack::new(false, code);
        packet.properties.reason_string = Some(text(&self.message));
        packet.properties.user_properties = encode_user_properties(&self.user_properties);
        Version::V5.encode(&packet.into())
    }
}

fn connack_v3(session_present: bool, code: ConnectReturnCode) -> Option<Frame> {
    let packet = v3::Packet::Connack(v3::Connack::new(session_present, code));
    let bytes: Result<_, Error> = packet.encode();
    bytes
        .ok()
        .map(|bytes| Frame::Binary(bytes.as_ref().to_vec().into()))
}
