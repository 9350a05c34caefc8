//! What the packets of clients do.

use std::collections::HashSet;
use std::sync::{Arc, MutexGuard, PoisonError};

use mime::Mime;
use mqtt_proto::v5::{
    DisconnectReasonCode, Packet, Puback, PubackReasonCode as Code, Pubcomp, PubcompReasonCode, Publish,
    Pubrec, PubrecReasonCode, Pubrel, PubrelReasonCode, Suback, Subscribe, SubscribeReasonCode,
    SubscriptionOptions, Unsuback, Unsubscribe, UnsubscribeReasonCode,
};
use mqtt_proto::{Pid, QosPid, TopicFilter};

use super::super::requests::forbidden;
use super::events::{Question, Questions};
use super::session::Session;
use super::socket::Stop;
use crate::events::MqttEvent;
use crate::hub::{Except, Subscription, Target};
use crate::model::permissions::Permission;
use crate::model::{Origin, names};
use crate::protocol::mqtt::{Connect, MqttFault, Topic, Version, message, text};

/// The content type of an event that has none.
const DEFAULT_CONTENT_TYPE: &str = "application/octet-stream";

/// Why a message is not published, as PUBACK or PUBREC says it.
type Refused = (Code, String);

impl Session {
    /// Does what a packet asks for. An error closes the network connection.
    pub(super) async fn handle(
        self: &Arc<Self>,
        packet: Packet,
        connect: &Connect,
        questions: &mut Questions,
    ) -> Result<Option<Stop>, MqttFault> {
        match packet {
            Packet::Publish(packet) => self.publish(&packet, connect, questions).await?,
            Packet::Puback(packet) => self.outbox.acknowledge(packet.pid),
            Packet::Pubrec(packet) => {
                let is_success = (packet.reason_code as u8) < 0x80;
                let is_known = self.outbox.receive(packet.pid, is_success);
                if is_success {
                    let code = match is_known {
                        true => PubrelReasonCode::Success,
                        false => PubrelReasonCode::PacketIdentifierNotFound,
                    };
                    self.answer(Pubrel::new(packet.pid, code), connect);
                }
            }
            Packet::Pubrel(packet) => {
                let code = match self.received().remove(&packet.pid) {
                    true => PubcompReasonCode::Success,
                    false => PubcompReasonCode::PacketIdentifierNotFound,
                };
                self.answer(Pubcomp::new(packet.pid, code), connect);
            }
            Packet::Pubcomp(packet) => self.outbox.complete(packet.pid),
            Packet::Subscribe(packet) => self.subscribe(&packet, connect)?,
            Packet::Unsubscribe(packet) => self.unsubscribe(&packet, connect)?,
            Packet::Pingreq => self.answer(Packet::Pingresp, connect),
            Packet::Disconnect(packet) => return Ok(Some(Stop::Disconnect(packet))),
            Packet::Connect(_) => return Err(MqttFault::protocol("CONNECT has come a second time.")),
            Packet::Auth(_) => return Err(MqttFault::protocol("Enhanced authentication is not supported.")),
            Packet::Connack(_) | Packet::Suback(_) | Packet::Unsuback(_) | Packet::Pingresp => {
                return Err(MqttFault::protocol("Clients do not send this packet."));
            }
        }
        Ok(None)
    }

    async fn publish(
        self: &Arc<Self>,
        packet: &Publish,
        connect: &Connect,
        questions: &mut Questions,
    ) -> Result<(), MqttFault> {
        check(packet)?;
        if let QosPid::Level2(id) = packet.qos_pid {
            let received = self.received();
            if received.contains(&id) {
                drop(received);
                self.answer(Pubrec::new_success(id), connect);
                return Ok(());
            }
            if received.len() >= connect.max_received() {
                return Err(MqttFault::new(
                    DisconnectReasonCode::ReceiveMaximumExceeded,
                    "More messages of QoS 2 are under way than the service takes.",
                ));
            }
        }
        let refused = self.route(packet, connect, questions).await.err();
        if let Some((code, message)) = &refused {
            tracing::info!(
                connection = self.connection.id,
                reason = message,
                "message not published"
            );
            // Neither QoS 0 nor MQTT 3.1.1 has another way to say no.
            if packet.qos_pid == QosPid::Level0 || connect.version == Version::V3 {
                let code = DisconnectReasonCode::from_u8(*code as u8);
                let code = code.unwrap_or(DisconnectReasonCode::UnspecifiedError);
                return Err(MqttFault::new(code, message.clone()));
            }
        }
        let code = refused.as_ref().map_or(Code::Success, |(code, _)| *code);
        let reason = refused
            .filter(|_| connect.wants_reasons)
            .map(|(_, reason)| text(&reason));
        match packet.qos_pid {
            QosPid::Level0 => {}
            QosPid::Level1(id) => {
                let mut answer = Puback::new(id, code);
                answer.properties.reason_string = reason;
                self.answer(answer, connect);
            }
            QosPid::Level2(id) => {
                let code =
                    PubrecReasonCode::from_u8(code as u8).unwrap_or(PubrecReasonCode::UnspecifiedError);
                if code == PubrecReasonCode::Success {
                    self.received().insert(id);
                }
                let mut answer = Pubrec::new(id, code);
                answer.properties.reason_string = reason;
                self.answer(answer, connect);
            }
        }
        Ok(())
    }

    async fn route(
        self: &Arc<Self>,
        packet: &Publish,
        connect: &Connect,
        questions: &mut Questions,
    ) -> Result<(), Refused> {
        match Topic::parse(&packet.topic_name)? {
            Topic::Group(group) => {
                if !self.allows(Permission::SendToGroup, &group) {
                    return Err((Code::NotAuthorized, forbidden("send to", &group)));
                }
                self.send_to_group(&group, packet)
            }
            Topic::Event(name) => {
                let content_type = packet.properties.content_type.as_deref();
                let content_type = content_type.unwrap_or(DEFAULT_CONTENT_TYPE);
                if content_type.parse::<Mime>().is_err() {
                    let message = format!("The content type '{content_type}' of an event is no MIME type.");
                    return Err((Code::PayloadFormatInvalid, message));
                }
                let user_properties = packet.properties.user_properties.iter().map(Into::into).collect();
                tracing::debug!(connection = self.connection.id, name, version = ?connect.version, "event");
                let question = Question {
                    event: MqttEvent {
                        name,
                        content_type: content_type.to_owned(),
                        user_properties,
                        payload: packet.payload.clone(),
                    },
                    correlation_data: packet.properties.correlation_data.clone(),
                    qos: packet.qos_pid.qos(),
                };
                questions.add(self, question).await;
                Ok(())
            }
        }
    }

    /// Sends a message to all in a group, the sender too unless it does not want that.
    pub(super) fn send_to_group(&self, group: &str, packet: &Publish) -> Result<(), Refused> {
        let message = message(packet)?;
        let own = [self.connection.id.clone()];
        let excluded: &[String] = if self.side.is_no_local(group) { &own } else { &[] };
        let except = Except {
            excluded,
            filter: None,
        };
        let origin = Origin::Group {
            group,
            from_user: self.connection.user_id.as_deref(),
        };
        self.hub.send(Target::Group(group), except, origin, &message);
        Ok(())
    }

    fn subscribe(&self, packet: &Subscribe, connect: &Connect) -> Result<(), MqttFault> {
        let id = packet.properties.subscription_id.map(|id| id.value());
        if id == Some(0) {
            return Err(MqttFault::protocol("A subscription identifier must not be 0."));
        }
        let mut codes = Vec::new();
        let mut reasons = Vec::new();
        for (filter, options) in &packet.topics {
            match self.subscribe_one(filter, options, id) {
                Ok(code) => codes.push(code),
                Err((code, reason)) => {
                    codes.push(code);
                    reasons.push(reason);
                }
            }
        }
        let mut answer = Suback::new(packet.pid, codes);
        answer.properties.reason_string = reason_string(&reasons, connect);
        self.answer(answer, connect);
        Ok(())
    }

    fn subscribe_one(
        &self,
        filter: &TopicFilter,
        options: &SubscriptionOptions,
        id: Option<u32>,
    ) -> Result<SubscribeReasonCode, (SubscribeReasonCode, String)> {
        if filter.is_shared() {
            let reason = "Shared subscriptions are not supported.".to_owned();
            return Err((SubscribeReasonCode::SharedSubscriptionNotSupported, reason));
        }
        if filter.contains(['+', '#']) {
            let reason = "Subscriptions with wildcards are not supported.".to_owned();
            return Err((SubscribeReasonCode::WildcardSubscriptionsNotSupported, reason));
        }
        let group = names::group(filter)
            .map_err(|error| (SubscribeReasonCode::TopicFilterInvalid, error.to_string()))?;
        if !self.allows(Permission::JoinLeaveGroup, &group) {
            return Err((SubscribeReasonCode::NotAuthorized, forbidden("join", &group)));
        }
        let subscription = Subscription {
            max_qos: options.max_qos,
            no_local: options.no_local,
            id,
        };
        self.side.subscribe(&group, subscription);
        self.hub.join(
            Target::Connection(&self.connection.id),
            Except::default(),
            &[group],
        );
        let granted = SubscribeReasonCode::from_u8(options.max_qos as u8);
        Ok(granted.unwrap_or(SubscribeReasonCode::GrantedQoS0))
    }

    fn unsubscribe(&self, packet: &Unsubscribe, connect: &Connect) -> Result<(), MqttFault> {
        let own = self.connection.id.as_str();
        let mut codes = Vec::new();
        let mut reasons = Vec::new();
        for filter in &packet.topics {
            let group: &str = filter;
            if !self.hub.is_member(own, group) {
                codes.push(UnsubscribeReasonCode::NoSubscriptionExisted);
            } else if self.allows(Permission::JoinLeaveGroup, group) {
                let groups = [group.to_owned()];
                self.hub
                    .leave(Target::Connection(own), Except::default(), &groups);
                codes.push(UnsubscribeReasonCode::Success);
            } else if connect.version == Version::V3 {
                // It has no other way to say no.
                let code = DisconnectReasonCode::NotAuthorized;
                return Err(MqttFault::new(code, forbidden("leave", group)));
            } else {
                codes.push(UnsubscribeReasonCode::NotAuthorized);
                reasons.push(forbidden("leave", group));
            }
        }
        let mut answer = Unsuback::new(packet.pid, codes);
        answer.properties.reason_string = reason_string(&reasons, connect);
        self.answer(answer, connect);
        Ok(())
    }

    fn answer(&self, packet: impl Into<Packet>, connect: &Connect) {
        if let Some(frame) = connect.version.encode(&packet.into()) {
            self.connection.write(frame);
        }
    }

    fn received(&self) -> MutexGuard<'_, HashSet<Pid>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a PUBLISH packet must not have, whatever its topic.
fn check(packet: &Publish) -> Result<(), MqttFault> {
    if packet.retain {
        return Err(MqttFault::new(
            DisconnectReasonCode::RetainNotSupported,
            "Retained messages are not supported.",
        ));
    }
    if packet.properties.topic_alias.is_some() {
        return Err(MqttFault::new(
            DisconnectReasonCode::TopicAliasInvalid,
            "Topic aliases are not supported.",
        ));
    }
    if packet.properties.subscription_id.is_some() {
        return Err(MqttFault::protocol(
            "Clients publish without subscription identifiers.",
        ));
    }
    if packet.topic_name.is_empty() {
        return Err(MqttFault::protocol("A topic name is empty."));
    }
    if packet.dup && packet.qos_pid == QosPid::Level0 {
        return Err(MqttFault::malformed("A message of QoS 0 has the DUP flag."));
    }
    Ok(())
}

/// All reasons in one text, if the client wants any.
fn reason_string(reasons: &[String], connect: &Connect) -> Option<Arc<str>> {
    (connect.wants_reasons && !reasons.is_empty()).then(|| text(&reasons.join(" ")))
}
