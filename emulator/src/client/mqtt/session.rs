//! The life of a session: one network connection after another, the time between them, the will, and the end.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mqtt_proto::v5::{LastWill, Publish, PublishProperties};
use mqtt_proto::{Pid, QoS, QosPid};
use rand::distr::{Alphanumeric, SampleString as _};

use super::arrival::settle;
use super::events::Questions;
use super::outbox::Outbox;
use crate::hub::{Arrival, Call, Connection, Hub, MqttSide};
use crate::instruments::Tap;
use crate::model::MqttDisconnect;
use crate::model::permissions::Permission;
use crate::protocol::mqtt::Publication;
use crate::service::Service;

/// A session, which is a connection to everyone else.
pub(super) struct Session {
    pub(super) service: Arc<Service>,
    pub(super) hub: Arc<Hub>,
    pub(super) connection: Arc<Connection>,
    pub(super) side: Arc<MqttSide>,
    /// The id that the event handler learns.
    pub(super) id: String,
    pub(super) outbox: Outbox,
    /// Where the journal sees the frames.
    pub(super) tap: Tap,
    /// The ids of messages of QoS 2 that the client has not released yet.
    pub(super) received: Mutex<HashSet<Pid>>,
}

/// How a network connection ended.
pub(super) struct Departure {
    pub(super) reason: String,
    pub(super) last: MqttDisconnect,
    pub(super) next: Next,
    /// `None` once the client has said good-bye or the will has been published.
    pub(super) will: Option<LastWill>,
}

/// What becomes of the session after a network connection.
pub(super) enum Next {
    /// The client is already back.
    Attach(Box<Arrival>),
    /// It waits for the client.
    Wait(Duration),
    End,
}

impl Session {
    pub(super) fn new(
        service: Arc<Service>,
        hub: Arc<Hub>,
        connection: Arc<Connection>,
        side: Arc<MqttSide>,
        tap: Tap,
    ) -> Self {
        Self {
            tap,
            service,
            hub,
            connection,
            side,
            id: Alphanumeric.sample_string(&mut rand::rng(), 32),
            outbox: Outbox::default(),
            received: Mutex::default(),
        }
    }

    /// Runs the session to its end, then tells the event handler.
    pub(super) async fn run(self, first: Box<Arrival>) {
        let session = Arc::new(self);
        let mut questions = Questions::default();
        let mut arrival = first;
        let mut is_new = true;
        let mut departure = loop {
            let mut departure = session.serve(*arrival, is_new, &mut questions).await;
            is_new = false;
            match session.return_after(&mut departure).await {
                Some(back) => arrival = back,
                None => break departure,
            }
        };
        session.publish_will(&mut departure.will);
        session.hub.remove(&session.connection);
        if let Some(Call::Attach(late)) = session.side.shut() {
            session.service.tasks.spawn(settle_late(&session, late));
        }
        let Departure { reason, last, .. } = departure;
        session.tap.ended(&reason);
        tracing::info!(connection = session.connection.id, reason, "MQTT session over");
        questions.finish().await;
        session.connection.events.session_ended(&reason, last);
    }

    /// Waits for the client to come back; `None` when the session ends.
    async fn return_after(&self, departure: &mut Departure) -> Option<Box<Arrival>> {
        let delay = |will: &Option<LastWill>| {
            let seconds = will.as_ref().and_then(|will| will.properties.delay_interval);
            Duration::from_secs(seconds.unwrap_or_default().into())
        };
        let expiry = match std::mem::replace(&mut departure.next, Next::End) {
            Next::Attach(arrival) => {
                if delay(&departure.will).is_zero() {
                    self.publish_will(&mut departure.will);
                }
                return Some(arrival);
            }
            Next::Wait(expiry) if !expiry.is_zero() => expiry,
            Next::Wait(_) | Next::End => return None,
        };
        tracing::info!(
            connection = self.connection.id,
            reason = departure.reason,
            "MQTT client away"
        );
        self.tap.lost(&departure.reason);
        let clock = &self.service.instruments.clock;
        let will_is_due = clock.moment() + delay(&departure.will).min(expiry);
        let expires = clock.moment() + expiry;
        loop {
            tokio::select! {
                call = self.side.called() => match call {
                    Call::Attach(arrival) => return Some(arrival),
                    Call::GiveWay => return None,
                },
                close = self.connection.queue.closing() => {
                    departure.reason = close.reason;
                    return None;
                }
                () = clock.sleep_until(will_is_due), if departure.will.is_some() => {
                    self.publish_will(&mut departure.will);
                }
                () = clock.sleep_until(expires) => return None,
                // There is no socket to cut.
                () = self.connection.cut_off() => {}
            }
        }
    }

    /// Publishes what the client wanted to be published when it goes without saying so. That it may was checked when
    /// it connected.
    fn publish_will(&self, will: &mut Option<LastWill>) {
        let Some(LastWill {
            qos,
            topic_name,
            payload,
            properties,
            ..
        }) = will.take()
        else {
            return;
        };
        let packet = Publish {
            dup: false,
            retain: false,
            qos_pid: match qos {
                QoS::Level0 => QosPid::Level0,
                QoS::Level1 => QosPid::Level1(Pid::default()),
                QoS::Level2 => QosPid::Level2(Pid::default()),
            },
            topic_name,
            payload,
            properties: PublishProperties {
                payload_is_utf8: properties.payload_is_utf8,
                message_expiry_interval: properties.message_expiry_interval,
                response_topic: properties.response_topic,
                correlation_data: properties.correlation_data,
                user_properties: properties.user_properties,
                content_type: properties.content_type,
                ..PublishProperties::default()
            },
        };
        let topic = packet.topic_name.to_string();
        if let Err((_, reason)) = self.send_to_group(&topic, &packet) {
            tracing::warn!(connection = self.connection.id, reason, "will not published");
        }
    }

    /// Queues a message for the client.
    pub(super) fn publish_to_client(&self, publication: Publication) {
        self.connection.publish(&self.side, Arc::new(publication));
    }

    /// Whether this connection may do this with a group now.
    pub(super) fn allows(&self, permission: Permission, group: &str) -> bool {
        self.hub
            .allows(&self.connection.id, permission, group)
            .unwrap_or(false)
    }
}

/// The next life of a client that came back just as its session ended.
fn settle_late(session: &Session, arrival: Box<Arrival>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let (service, hub) = (Arc::clone(&session.service), Arc::clone(&session.hub));
    Box::pin(settle(service, hub, *arrival))
}
