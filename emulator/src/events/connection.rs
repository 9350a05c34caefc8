//! The events of one connection: numbering, headers, connection state, and their order.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;

use super::connect::{ConnectAnswer, ConnectRequest};
use super::delivery::{Answer, EventFailure, Outbound, deliver};
use super::handler::{Kind, SystemEvent};
use super::mqtt::MqttIds;
use super::notices::{Added, Notice, Notices, Taken};
use super::{Events, Handler};
use crate::model::{Message, MqttDisconnect};

/// The header that carries the state which handlers keep at a connection.
const STATE_HEADER: &str = "ce-connectionstate";
const JSON: &str = "application/json; charset=utf-8";

/// What event handlers hear about one connection. What no handler takes is accepted, but for user events.
pub(crate) struct ConnectionEvents {
    events: Arc<Events>,
    hub: String,
    connection_id: String,
    /// The next `ce-id`: 0 is the connect event.
    next_id: AtomicU64,
    known: Mutex<Known>,
    notices: Notices,
}

impl fmt::Debug for ConnectionEvents {
    /// Prints no key and no URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionEvents")
            .field("next_id", &self.next_id)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Known {
    user_id: Option<String>,
    subprotocol: Option<String>,
    state: Option<String>,
    mqtt: Option<MqttIds>,
}

/// One event, before it has headers.
pub(super) struct Event<'a> {
    pub(super) r#type: String,
    pub(super) name: &'a str,
    pub(super) content_type: Cow<'a, str>,
    pub(super) body: Bytes,
    /// Headers besides those that all events have.
    pub(super) headers: HeaderMap,
}

impl ConnectionEvents {
    pub(super) fn new(events: Arc<Events>, hub: &str, connection_id: &str) -> Self {
        let (hub, connection_id) = (hub.to_owned(), connection_id.to_owned());
        Self {
            events,
            hub,
            connection_id,
            next_id: AtomicU64::new(0),
            known: Mutex::default(),
            notices: Notices::default(),
        }
    }

    /// Sets what the headers of the events to come say about the client.
    pub(crate) fn identify(&self, user_id: Option<&str>, subprotocol: Option<&str>) {
        let mut known = self.known();
        known.user_id = user_id.map(str::to_owned);
        known.subprotocol = subprotocol.map(str::to_owned);
    }

    /// Asks whether the client may connect, and as whom.
    pub(crate) async fn connect(&self, request: &ConnectRequest) -> Result<ConnectAnswer, EventFailure> {
        let Some(handler) = self.handler(Kind::System(SystemEvent::Connect)) else {
            return Ok(ConnectAnswer::default());
        };
        let body = serde_json::to_vec(request).map_err(|error| EventFailure::Request(error.to_string()))?;
        let answer = self
            .send(&handler, Event::json("sys", "connect", body.into()))
            .await?;
        let decision =
            ConnectAnswer::parse(&answer.body).map_err(|error| EventFailure::Answer(error.to_string()))?;
        self.keep_state(&answer.headers);
        Ok(decision)
    }

    /// Tells, without waiting for answers, that the client is connected, and from then on what happens to it.
    pub(crate) fn connected(self: &Arc<Self>) {
        let added = self.notices.open(self.taken(Notice::Connected));
        self.tell(added);
    }

    /// Tells that the client is in a group now.
    pub(crate) fn joined(self: &Arc<Self>, group: &str) {
        self.note(Notice::Joined {
            group: group.to_owned(),
        });
    }

    /// Tells that the client is in a group no more.
    pub(crate) fn left(self: &Arc<Self>, group: &str) {
        self.note(Notice::Left {
            group: group.to_owned(),
        });
    }

    /// Tells that the client is gone: the last of all. Of a client that was never there nothing else is told.
    pub(crate) fn disconnected(self: &Arc<Self>, reason: &str) {
        self.ended(reason, None);
    }

    /// Tells that the client is gone, and of an MQTT client how it went.
    pub(super) fn ended(self: &Arc<Self>, reason: &str, mqtt: Option<MqttDisconnect>) {
        self.notices.forget_unopened();
        self.note(Notice::Disconnected {
            reason: reason.to_owned(),
            mqtt,
        });
    }

    fn note(self: &Arc<Self>, notice: Notice) {
        if let Some(taken) = self.taken(notice) {
            let added = self.notices.add(taken);
            self.tell(added);
        }
    }

    fn taken(&self, notice: Notice) -> Option<Taken> {
        let handler = self.handler(notice.kind())?;
        Some(Taken { handler, notice })
    }

    fn tell(self: &Arc<Self>, added: Added) {
        match added {
            Added::Waits => {}
            Added::Dropped => tracing::warn!(
                connection = self.connection_id,
                "the event handler is too slow: event dropped"
            ),
            Added::Tell => {
                let this = Arc::clone(self);
                self.events.tasks.spawn(async move {
                    while let Some(Taken { handler, notice }) = this.notices.next() {
                        let (kind, name, body) = notice.parts();
                        // A failure has been logged, and nobody is waiting to hear of it.
                        let _ = this.send(&handler, Event::json(kind, name, body)).await;
                    }
                });
            }
        }
    }

    /// Sends a client's event and waits for the reply, if the handler has one.
    pub(crate) async fn user_event(
        &self,
        name: &str,
        message: Message,
    ) -> Result<Option<Message>, EventFailure> {
        let handler = self.user_handler(name)?;
        let answer = self.send(&handler, Event::user(name, message)).await?;
        let reply = reply(&answer)?;
        self.keep_state(&answer.headers);
        Ok(reply)
    }

    fn handler(&self, kind: Kind<'_>) -> Option<Arc<Handler>> {
        self.events.rules().handler(&self.hub, kind)
    }

    /// The handler of a client's event.
    pub(super) fn user_handler(&self, name: &str) -> Result<Arc<Handler>, EventFailure> {
        self.handler(Kind::User(name))
            .ok_or_else(|| match self.events.rules().has_handlers(&self.hub) {
                true => EventFailure::NotTaken,
                false => EventFailure::NoHandler,
            })
    }

    pub(super) async fn send(&self, handler: &Handler, event: Event<'_>) -> Result<Answer, EventFailure> {
        let headers = self.headers(&event)?;
        let outbound = Outbound {
            hub: &self.hub,
            event: event.name,
            headers,
            body: event.body,
        };
        deliver(&self.events, handler, &outbound).await
    }

    fn headers(&self, event: &Event<'_>) -> Result<HeaderMap, EventFailure> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed).to_string();
        let time = self
            .events
            .instruments
            .clock
            .now()
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string();
        let mut source = format!("/hubs/{}/client/{}", self.hub, self.connection_id);
        let signature = self.events.keys.signature(&self.connection_id);
        let known = self.known();
        let mqtt = known.mqtt.as_ref();
        if let Some(ids) = mqtt {
            source = format!("{source}/{}", ids.physical_connection_id);
        }
        let mut headers = HeaderMap::new();
        let values = [
            ("content-type", Some(&*event.content_type)),
            ("webhook-request-origin", Some(self.events.origin.as_str())),
            ("ce-specversion", Some("1.0")),
            ("ce-awpsversion", Some("1.0")),
            ("ce-type", Some(event.r#type.as_str())),
            ("ce-source", Some(source.as_str())),
            ("ce-id", Some(id.as_str())),
            ("ce-time", Some(time.as_str())),
            ("ce-signature", Some(signature.as_str())),
            ("ce-hub", Some(self.hub.as_str())),
            ("ce-connectionid", Some(self.connection_id.as_str())),
            ("ce-eventname", Some(event.name)),
            ("ce-userid", known.user_id.as_deref()),
            ("ce-subprotocol", known.subprotocol.as_deref()),
            (
                "ce-physicalconnectionid",
                mqtt.map(|ids| ids.physical_connection_id.as_str()),
            ),
            ("ce-sessionid", mqtt.and_then(|ids| ids.session_id.as_deref())),
            (STATE_HEADER, known.state.as_deref()),
        ];
        for (name, value) in values {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
                    EventFailure::Request(format!("{name} has characters that no header can carry."))
                })?;
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers.extend(event.headers.clone());
        Ok(headers)
    }

    /// Absent keeps the state, empty clears it, anything else replaces it; of a repeated header the last counts.
    pub(super) fn keep_state(&self, headers: &HeaderMap) {
        if let Some(state) = headers.get_all(STATE_HEADER).iter().next_back() {
            let state = String::from_utf8_lossy(state.as_bytes()).into_owned();
            self.known().state = Some(state).filter(|state| !state.is_empty());
        }
    }

    pub(super) fn set_mqtt_ids(&self, ids: MqttIds) {
        self.known().mqtt = Some(ids);
    }

    /// The state that the handler keeps at the connection.
    pub(super) fn state(&self) -> Option<String> {
        self.known().state.clone()
    }

    pub(super) fn set_state(&self, state: Option<String>) {
        self.known().state = state;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Event<'a> {
    fn json(kind: &str, name: &'a str, body: Bytes) -> Self {
        Self {
            r#type: format!("azure.webpubsub.{kind}.{name}"),
            name,
            content_type: JSON.into(),
            body,
            headers: HeaderMap::new(),
        }
    }

    fn user(name: &'a str, message: Message) -> Self {
        let (content_type, body) = message.payload.to_body();
        let r#type = format!("azure.webpubsub.user.{name}");
        let mut headers = HeaderMap::new();
        message.metadata.to_headers(&mut headers);
        Self {
            r#type,
            name,
            content_type: content_type.into(),
            body,
            headers,
        }
    }
}

/// What a handler sends back: nothing, or a message by its content type.
fn reply(answer: &Answer) -> Result<Option<Message>, EventFailure> {
    let mut headers = answer.headers.clone();
    if answer.body.is_empty() {
        // No body is no JSON either; metadata alone still makes an (empty) message.
        headers.remove(CONTENT_TYPE);
    }
    let message = Message::from_http(&headers, answer.body.clone())
        .map_err(|error| EventFailure::Answer(error.to_string()))?;
    Ok((!answer.body.is_empty() || message.metadata.items().is_some()).then_some(message))
}
