//! What is different for MQTT clients: ids of network connections and sessions, user properties as headers, and answers
//! whose status, headers and body reach the client.

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use serde::Deserialize;

use super::ConnectionEvents;
use super::connection::Event;
use super::delivery::{Answer, EventFailure};
use crate::model::{MqttDisconnect, UserProperty};

/// User properties are headers with this before their name.
const PROPERTY_PREFIX: &str = "mqtt-";

/// The ids that only the events of MQTT clients have.
pub(super) struct MqttIds {
    pub(super) physical_connection_id: String,
    /// `None` in the connect event.
    pub(super) session_id: Option<String>,
}

/// An event that an MQTT client has published.
#[derive(Debug)]
pub(crate) struct MqttEvent {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) user_properties: Vec<UserProperty>,
    pub(crate) payload: Bytes,
}

/// What the client is answered.
#[derive(Debug)]
pub(crate) struct MqttReply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<String>,
    pub(crate) user_properties: Vec<UserProperty>,
    pub(crate) payload: Bytes,
}

/// How the connect event handler refuses an MQTT client.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MqttRefusal {
    pub(crate) code: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) user_properties: Option<Vec<UserProperty>>,
}

#[derive(Deserialize)]
struct RefusalBody {
    mqtt: Option<MqttRefusal>,
}

impl ConnectionEvents {
    /// Sets the ids for the events to come.
    pub(crate) fn identify_mqtt(&self, physical_connection_id: &str, session_id: Option<&str>) {
        self.set_mqtt_ids(MqttIds {
            physical_connection_id: physical_connection_id.to_owned(),
            session_id: session_id.map(str::to_owned),
        });
    }

    /// Takes over the state that the answer to the connect event of a client that comes back has set.
    pub(crate) fn take_state(&self, connect: &ConnectionEvents) {
        if let Some(state) = connect.state() {
            self.set_state(Some(state));
        }
    }

    /// Tells that the session is over.
    pub(crate) fn session_ended(self: &Arc<Self>, reason: &str, last: MqttDisconnect) {
        self.ended(reason, Some(last));
    }

    /// Sends a client's event and waits for the reply. There is one in any case.
    pub(crate) async fn mqtt_event(&self, event: &MqttEvent) -> MqttReply {
        let mut headers = HeaderMap::new();
        for UserProperty { name, value } in &event.user_properties {
            let header = HeaderName::try_from(format!("{PROPERTY_PREFIX}{name}"));
            match (header, HeaderValue::from_bytes(value.as_bytes())) {
                (Ok(header), Ok(value)) => {
                    headers.append(header, value);
                }
                _ => tracing::debug!(name, "a user property cannot be a header: left out of the event"),
            }
        }
        let event = Event {
            r#type: format!("azure.webpubsub.user.{}", event.name),
            name: &event.name,
            content_type: event.content_type.as_str().into(),
            body: event.payload.clone(),
            headers,
        };
        let sent = match self.user_handler(event.name) {
            Ok(handler) => self.send(&handler, event).await,
            Err(failure) => Err(failure),
        };
        match sent {
            Ok(answer) => {
                self.keep_state(&answer.headers);
                MqttReply::new(&answer)
            }
            Err(EventFailure::Status(answer)) => MqttReply::new(&answer),
            Err(failure) => MqttReply {
                status: failure.status_for_client(),
                content_type: Some("text/plain".to_owned()),
                user_properties: Vec::new(),
                payload: failure.to_string().into(),
            },
        }
    }
}

impl MqttReply {
    fn new(answer: &Answer) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let property = |(name, value): (&HeaderName, &HeaderValue)| {
            Some(UserProperty {
                name: name.as_str().strip_prefix(PROPERTY_PREFIX)?.to_owned(),
                value: text(value),
            })
        };
        Self {
            status: answer.status,
            content_type: answer.headers.get(CONTENT_TYPE).map(text),
            user_properties: answer.headers.iter().filter_map(property).collect(),
            payload: answer.body.clone(),
        }
    }
}

impl Answer {
    /// The `mqtt` member of the body; empty when the body has none.
    pub(crate) fn mqtt(&self) -> MqttRefusal {
        serde_json::from_slice::<RefusalBody>(&self.body)
            .ok()
            .and_then(|body| body.mqtt)
            .unwrap_or_default()
    }
}
