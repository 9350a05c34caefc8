//! Messages as MQTT clients publish and receive them, and where a topic leads.

use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;
use mime::Mime;
use mqtt_proto::v5::{PubackReasonCode as Code, Publish, PublishProperties};
use mqtt_proto::{QoS, QosPid, TopicName};
use serde_json::value::RawValue;

use super::codec::{encode_user_properties, text};
use crate::model::{Message, Metadata, MqttProperties, Origin, Payload, UserProperty, names};

/// Topics of the service itself begin with this.
const SYSTEM_PREFIX: &str = "$webpubsub/";
/// A message to this topic and an event name is an event.
const EVENT_PREFIX: &str = "$webpubsub/server/events/";
/// The topic of messages to all, to a user or to a connection.
const SERVER_TOPIC: &str = "$webpubsub/server/messages";

/// Where a topic leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Group(String),
    Event(String),
}

impl Topic {
    /// Reads the topic of a PUBLISH packet.
    pub(crate) fn parse(topic: &str) -> Result<Self, (Code, String)> {
        let refuse = |message: String| (Code::TopicNameInvalid, message);
        if let Some(name) = topic.strip_prefix(EVENT_PREFIX) {
            let name = names::event(name).map_err(|error| refuse(error.to_string()))?;
            return Ok(Self::Event(name));
        }
        if topic.starts_with(SYSTEM_PREFIX) {
            return Err(refuse(format!(
                "Clients can publish to no other topic of the service than {EVENT_PREFIX}{{event}}."
            )));
        }
        names::group(topic)
            .map(Self::Group)
            .map_err(|error| refuse(error.to_string()))
    }
}

/// The message that a PUBLISH packet to a group carries. Its content type decides about its data type.
pub(crate) fn message(packet: &Publish) -> Result<Message, (Code, String)> {
    let mut properties = packet.properties.clone();
    let essence = properties
        .content_type
        .as_deref()
        .and_then(|content_type| content_type.parse::<Mime>().ok());
    let refuse = |kind: &str| {
        let message = format!("The payload is not the {kind} that its content type says.");
        (Code::PayloadFormatInvalid, message)
    };
    let utf8 = |kind| String::from_utf8(packet.payload.to_vec()).map_err(|_| refuse(kind));
    let payload = match essence.as_ref().map_or("", Mime::essence_str) {
        "text/plain" => Payload::Text(utf8("UTF-8 text")?),
        "application/json" => {
            Payload::Json(RawValue::from_string(utf8("JSON")?).map_err(|_| refuse("JSON"))?)
        }
        "application/x-protobuf" => Payload::Protobuf(packet.payload.clone()),
        _ => Payload::Binary(packet.payload.clone()),
    };
    let seconds = properties.message_expiry_interval.take();
    let time_to_live = seconds.map(|seconds| Duration::from_secs(seconds.into()));
    properties.topic_alias = None;
    properties.subscription_id = None;
    let metadata = Metadata::from_mqtt(MqttProperties {
        qos: packet.qos_pid.qos(),
        properties,
    });
    Ok(Message {
        payload,
        metadata,
        time_to_live,
    })
}

/// The answer of an event handler to a client's event.
#[derive(Debug)]
pub(crate) struct EventReply<'a> {
    pub(crate) event: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) user_properties: Vec<UserProperty>,
    pub(crate) payload: Bytes,
    /// Of the client's event.
    pub(crate) correlation_data: Option<Bytes>,
    /// Of the client's event.
    pub(crate) qos: QoS,
}

/// A message on its way to any number of MQTT clients.
#[derive(Debug)]
pub(crate) struct Publication {
    topic: TopicName,
    is_for_group: bool,
    payload: Bytes,
    qos: QoS,
    properties: PublishProperties,
    time_to_live: Option<Duration>,
}

impl Publication {
    /// A message of any client or of the REST API; `None` for the end of a stream and when its group cannot be a topic.
    pub(crate) fn new(origin: Origin<'_>, message: &Message) -> Option<Self> {
        let (topic, is_for_group) = match origin {
            Origin::Server => (SERVER_TOPIC, false),
            Origin::Stream { part, .. } if part.is_end => return None,
            Origin::Group { group, .. } | Origin::Stream { group, .. } => (group, true),
        };
        let topic = TopicName::try_from(topic).ok()?;
        let (content_type, payload) = message.payload.to_body();
        // Without the charset.
        let content_type = content_type.split(';').next().unwrap_or_default();
        let (qos, properties) = match message.metadata.mqtt() {
            Some(mqtt) => (mqtt.qos, mqtt.properties.clone()),
            None => {
                let properties = PublishProperties {
                    content_type: Some(content_type.into()),
                    ..PublishProperties::default()
                };
                (QoS::Level1, properties)
            }
        };
        Some(Self {
            topic,
            is_for_group,
            payload,
            qos,
            properties,
            time_to_live: message.time_to_live,
        })
    }

    /// The answer to an event.
    pub(crate) fn reply(reply: EventReply<'_>) -> Option<Self> {
        let outcome = match reply.status.is_success() {
            true => "succeeded",
            false => "failed",
        };
        let topic = format!("{EVENT_PREFIX}{}/{outcome}", reply.event);
        let mut user_properties = reply.user_properties;
        user_properties.push(UserProperty {
            name: "azure-status-code".to_owned(),
            value: reply.status.as_u16().to_string(),
        });
        Some(Self {
            topic: TopicName::try_from(topic.as_str()).ok()?,
            is_for_group: false,
            payload: reply.payload,
            qos: reply.qos,
            properties: PublishProperties {
                content_type: reply.content_type.map(text),
                correlation_data: reply.correlation_data,
                user_properties: encode_user_properties(&user_properties),
                ..PublishProperties::default()
            },
            time_to_live: None,
        })
    }

    /// Whether it reaches those who have subscribed, and not others.
    pub(crate) fn is_for_group(&self) -> bool {
        self.is_for_group
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    pub(crate) fn qos(&self) -> QoS {
        self.qos
    }

    /// About how many bytes it takes.
    pub(crate) fn len(&self) -> usize {
        let user_properties = self.properties.user_properties.iter();
        let user_properties: usize = user_properties.map(|p| p.name.len() + p.value.len()).sum();
        self.topic.len() + self.payload.len() + user_properties
    }

    /// How long it is of use from when it was sent.
    pub(crate) fn time_to_live(&self) -> Option<Duration> {
        self.time_to_live
    }

    /// The packet for one client, with what is left of the time to live.
    pub(crate) fn packet(
        &self,
        qos_pid: QosPid,
        dup: bool,
        subscription_id: Option<u32>,
        left: Option<Duration>,
    ) -> Publish {
        let mut properties = self.properties.clone();
        properties.subscription_id = subscription_id.and_then(|id| id.try_into().ok());
        properties.message_expiry_interval =
            left.map(|left| u32::try_from(left.as_secs()).unwrap_or(u32::MAX).max(1));
        Publish {
            dup,
            retain: false,
            qos_pid,
            topic_name: self.topic.clone(),
            payload: self.payload.clone(),
            properties,
        }
    }
}
