//! The messages of QoS 1 and 2 that have been sent to a client and are not acknowledged yet.
//!
//! They outlive the network connection: on the next one they are sent again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mqtt_proto::v5::{Packet, Pubrel};
use mqtt_proto::{Pid, QoS, QosPid};
use tokio::sync::Notify;

use crate::hub::{Delivery, MqttSide};
use crate::protocol::Frame;
use crate::protocol::mqtt::Connect;

/// The most messages under way to a client, whatever it allows.
const MAX_IN_FLIGHT: usize = 1000;
/// The most bytes under way to a client; one larger message may be under way alone.
const MAX_BYTES: usize = 16 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    state: Mutex<State>,
    /// There is room for another message.
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// In the order of their first sending.
    in_flight: VecDeque<InFlight>,
    last_id: Pid,
    bytes: usize,
    /// How many have been sent on this network connection.
    sent: usize,
}

#[derive(Debug)]
struct InFlight {
    id: Pid,
    delivery: Delivery,
    /// Whether the client has acknowledged the message, so that only its release is under way. (QoS 2)
    is_received: bool,
    is_sent: bool,
}

impl InFlight {
    fn packet(&self, dup: bool) -> Packet {
        match (self.is_received, self.delivery.qos) {
            (true, _) => Pubrel::new_success(self.id).into(),
            (false, QoS::Level2) => publish(&self.delivery, QosPid::Level2(self.id), dup),
            (false, _) => publish(&self.delivery, QosPid::Level1(self.id), dup),
        }
    }
}

fn publish(delivery: &Delivery, qos_pid: QosPid, dup: bool) -> Packet {
    let (subscription_id, left) = (delivery.subscription_id, delivery.time_left());
    delivery
        .publication
        .packet(qos_pid, dup, subscription_id, left)
        .into()
}

impl Outbox {
    /// There is a new network connection: everything is to be sent again.
    pub(super) fn restart(&self) {
        let mut state = self.lock();
        state.sent = 0;
        for message in &mut state.in_flight {
            message.is_sent = false;
        }
    }

    /// The next packet that the client may be sent.
    pub(super) fn next(&self, side: &MqttSide, connect: &Connect) -> Option<Frame> {
        let mut state = self.lock();
        let limit = connect.receive_maximum.min(MAX_IN_FLIGHT);
        loop {
            if state.sent >= limit {
                return None;
            }
            let packet = match state.again() {
                Some(packet) => packet,
                None if state.bytes > MAX_BYTES || state.in_flight.len() >= MAX_IN_FLIGHT => return None,
                None => state.first(side.pop()?),
            };
            let id = match &packet {
                Packet::Publish(publish) => publish.qos_pid.pid(),
                _ => None,
            };
            let frame = connect.version.encode(&packet);
            match frame {
                Some(Frame::Binary(bytes)) if bytes.len() <= connect.max_packet_bytes => {
                    return Some(Frame::Binary(bytes));
                }
                _ => tracing::debug!("a message is larger than the client takes: dropped"),
            }
            if let Some(id) = id {
                state.remove(id);
            }
        }
    }

    /// Waits until there may be room.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// PUBACK.
    pub(super) fn acknowledge(&self, id: Pid) {
        self.finish(id, |message| message.delivery.qos == QoS::Level1);
    }

    /// PUBREC. Whether a release is to be sent because the message is known.
    pub(super) fn receive(&self, id: Pid, is_success: bool) -> bool {
        if !is_success {
            self.finish(id, |message| message.delivery.qos == QoS::Level2);
            return false;
        }
        let mut state = self.lock();
        let message = state.in_flight.iter_mut().find(|message| message.id == id);
        match message {
            Some(message) if message.delivery.qos == QoS::Level2 => {
                message.is_received = true;
                true
            }
            _ => false,
        }
    }

    /// PUBCOMP.
    pub(super) fn complete(&self, id: Pid) {
        self.finish(id, |message| message.is_received);
    }

    fn finish(&self, id: Pid, is_right: impl Fn(&InFlight) -> bool) {
        let mut state = self.lock();
        if state
            .in_flight
            .iter()
            .any(|message| message.id == id && is_right(message))
        {
            state.remove(id);
            drop(state);
            self.freed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What has been sent on an earlier network connection only.
    fn again(&mut self) -> Option<Packet> {
        if self.sent == self.in_flight.len() {
            return None;
        }
        let message = self.in_flight.iter_mut().find(|message| !message.is_sent)?;
        message.is_sent = true;
        self.sent += 1;
        Some(message.packet(true))
    }

    /// A message that has not been sent yet.
    fn first(&mut self, delivery: Delivery) -> Packet {
        if delivery.qos == QoS::Level0 {
            return publish(&delivery, QosPid::Level0, false);
        }
        // There are fewer messages under way than ids.
        while self.in_flight.iter().any(|message| message.id == self.last_id) {
            self.last_id += 1;
        }
        let message = InFlight {
            id: self.last_id,
            delivery,
            is_received: false,
            is_sent: true,
        };
        self.last_id += 1;
        self.sent += 1;
        self.bytes += message.delivery.publication.len();
        let packet = message.packet(false);
        self.in_flight.push_back(message);
        packet
    }

    fn remove(&mut self, id: Pid) {
        let Some(at) = self.in_flight.iter().position(|message| message.id == id) else {
            return;
        };
        if let Some(message) = self.in_flight.remove(at) {
            self.bytes = self.bytes.saturating_sub(message.delivery.publication.len());
            self.sent -= usize::from(message.is_sent);
        }
    }
}
