//! One network connection of a session: reading, writing, and its end.

use std::future::pending;
use std::sync::Arc;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use mqtt_proto::v5::{Disconnect, DisconnectReasonCode as Code};
use tokio::time::{Instant, sleep, timeout_at};

use super::super::socket::{CLOSE_TIMEOUT, Halves, close, close_frame, close_handshake};
use super::events::Questions;
use super::session::{Departure, Next, Session};
use crate::http::WebSocket;
use crate::hub::{Arrival, Call, Client, Outgoing};
use crate::model::{DisconnectPacket, MqttDisconnect};
use crate::protocol::mqtt::{Accepted, Connect, Input, MqttFault, Version, disconnect_code};
use crate::protocol::{Close, Frame};

/// After so many packets the answers to them are written, and other connections get their turn.
const PACKETS_PER_TURN: u32 = 16;

/// Why a network connection ends.
pub(super) enum Stop {
    /// The session was closed, and the client has been told.
    Closed(Close),
    /// The session was closed, and the client does not take what it is to be told.
    Stuck(Close),
    /// The client broke a rule.
    Fault(MqttFault),
    /// The client has said good-bye.
    Disconnect(Disconnect),
    /// The socket broke, or the client closed it without DISCONNECT.
    Gone(String),
    /// The socket ends on request without a word, as when a network goes away.
    Cut,
    /// The client has come back on another socket.
    Called(Call),
}

impl Session {
    /// Serves a network connection until its end.
    pub(super) async fn serve(
        self: &Arc<Self>,
        arrival: Arrival,
        is_new: bool,
        questions: &mut Questions,
    ) -> Departure {
        let Arrival {
            socket,
            mut input,
            client,
        } = arrival;
        let Client {
            connect,
            physical_id,
            events,
            user_properties,
            ..
        } = client;
        let own = &self.connection.events;
        own.identify_mqtt(&physical_id, Some(&self.id));
        match is_new {
            true => own.connected(),
            false => own.take_state(&events),
        }
        // Answers that an earlier network connection has not got are of no use on this one.
        while self.connection.queue.next_frame().is_some() {}
        let connack = connect.accept(&Accepted {
            session_present: !is_new,
            user_properties: &user_properties,
        });
        connack
            .into_iter()
            .for_each(|connack| self.connection.write(connack));
        self.outbox.restart();
        self.side.set_online(true);
        tracing::info!(
            connection = self.connection.id,
            user = self.connection.user_id,
            version = ?connect.version,
            is_new,
            "MQTT client connected"
        );
        let (mut sink, mut stream) = socket.split();
        let stop = tokio::select! {
            stop = self.read(&mut stream, &mut input, &connect, questions) => stop,
            stop = self.write(&mut sink, &connect) => stop,
            call = self.side.called() => Stop::Called(call),
            stop = self.watch() => stop,
            () = self.connection.cut_off() => Stop::Cut,
        };
        self.side.set_online(false);
        self.depart(stop, connect, (sink, stream))
    }

    /// Handles packets one after another until the client is gone.
    async fn read(
        self: &Arc<Self>,
        stream: &mut SplitStream<WebSocket>,
        input: &mut Input,
        connect: &Connect,
        questions: &mut Questions,
    ) -> Stop {
        let mut packets = 0_u32;
        let mut deadline = Instant::now() + connect.patience();
        loop {
            let handled = match input.packet(connect.version) {
                Ok(Some(packet)) => self.handle(packet, connect, questions).await.map(Some),
                Ok(None) => Ok(None),
                Err(fault) => Err(fault),
            };
            match handled {
                Ok(None) => {}
                Ok(Some(None)) => {
                    packets = packets.wrapping_add(1);
                    if packets.is_multiple_of(PACKETS_PER_TURN) {
                        tokio::task::yield_now().await;
                    }
                    deadline = Instant::now() + connect.patience();
                    continue;
                }
                Ok(Some(Some(stop))) => return stop,
                Err(fault) => return Stop::Fault(fault),
            }
            let frame = timeout_at(deadline, stream.next()).await;
            if let Ok(Some(Ok(frame))) = &frame {
                self.tap.received(frame);
            }
            match frame {
                Ok(Some(Ok(Frame::Binary(bytes)))) => input.add(bytes),
                Ok(Some(Ok(Frame::Text(_)))) => return Stop::Fault(MqttFault::text_frame()),
                Ok(Some(Ok(Frame::Ping(_) | Frame::Pong(_)))) => {}
                Ok(Some(Ok(Frame::Close(close)))) => {
                    return Stop::Gone(close.map_or_else(String::new, |close| close.reason.to_string()));
                }
                Ok(Some(Err(_)) | None) => return Stop::Gone(String::new()),
                Err(_) => {
                    let message = format!(
                        "No packet has come within 1.5 times {} seconds.",
                        connect.keep_alive
                    );
                    return Stop::Fault(MqttFault::new(Code::KeepAliveTimeout, message));
                }
            }
        }
    }

    /// Writes what is queued, and messages as far as the client takes them, until a close has been written.
    async fn write(&self, sink: &mut SplitSink<WebSocket, Frame>, connect: &Connect) -> Stop {
        let queue = &self.connection.queue;
        loop {
            let first = tokio::select! {
                biased;
                outgoing = queue.next() => match outgoing {
                    Outgoing::Frame(frame) => frame,
                    Outgoing::Close(close) => {
                        let fault = MqttFault::new(disconnect_code(&close), close.reason.clone());
                        if let Some(frame) = fault.frame(connect) {
                            self.tap.sent(&frame);
                            let _ = sink.feed(frame).await;
                        }
                        let frame = close_frame(&close);
                        self.tap.sent(&frame);
                        let _ = sink.send(frame).await;
                        return Stop::Closed(close);
                    }
                },
                frame = self.message(connect) => frame,
            };
            let mut next = Some(first);
            let mut written = Ok(());
            // What waits together is written together.
            while let (Some(frame), Ok(())) = (next, &written) {
                self.tap.sent(&frame);
                written = sink.feed(frame).await;
                next = queue
                    .next_frame()
                    .or_else(|| self.outbox.next(&self.side, connect));
            }
            if written.is_err() || sink.flush().await.is_err() {
                // The reader learns it too, and knows more about it.
                return pending().await;
            }
        }
    }

    /// Waits for a message that the client may be sent.
    async fn message(&self, connect: &Connect) -> Frame {
        loop {
            if let Some(frame) = self.outbox.next(&self.side, connect) {
                return frame;
            }
            tokio::select! {
                () = self.side.filled() => {}
                () = self.outbox.freed() => {}
            }
        }
    }

    /// Waits for a close that cannot be written in time.
    async fn watch(&self) -> Stop {
        let close = self.connection.queue.closing().await;
        // What is sent from now on could not reach the client any more.
        self.hub.remove(&self.connection);
        sleep(CLOSE_TIMEOUT).await;
        Stop::Stuck(close)
    }

    /// What an end means for the session. The socket is closed by a task of its own, since the session goes on.
    fn depart(&self, stop: Stop, connect: Connect, halves: Halves) -> Departure {
        let is_v5 = connect.version == Version::V5;
        let wait = Next::Wait(connect.session_expiry);
        let told = |code| service_disconnect(code, is_v5);
        let mut keeps_will = true;
        let (reason, last, next, farewell) = match stop {
            Stop::Closed(close) => (
                close.reason.clone(),
                told(disconnect_code(&close)),
                Next::End,
                Farewell::Answer,
            ),
            Stop::Stuck(close) => (close.reason, MqttDisconnect::default(), Next::End, Farewell::Drop),
            Stop::Gone(reason) => (reason, MqttDisconnect::default(), wait, Farewell::Answer),
            Stop::Cut => (String::new(), MqttDisconnect::default(), wait, Farewell::Drop),
            Stop::Fault(fault) => (
                fault.message.clone(),
                told(fault.code),
                wait,
                Farewell::Tell(fault),
            ),
            Stop::Disconnect(packet) => match Self::goodbye(&packet, &connect) {
                Ok(next) => {
                    keeps_will = packet.reason_code != Code::NormalDisconnect;
                    let reason = packet.properties.reason_string.as_deref().unwrap_or_default();
                    let last = client_disconnect(&packet, is_v5);
                    (reason.to_owned(), last, next, Farewell::Answer)
                }
                Err(fault) => (
                    fault.message.clone(),
                    told(fault.code),
                    wait,
                    Farewell::Tell(fault),
                ),
            },
            Stop::Called(call) => {
                let fault = MqttFault::new(Code::SessionTakenOver, "The client has connected again.");
                let next = match call {
                    Call::Attach(arrival) => Next::Attach(arrival),
                    Call::GiveWay => Next::End,
                };
                (
                    fault.message.clone(),
                    told(fault.code),
                    next,
                    Farewell::Tell(fault),
                )
            }
        };
        match farewell {
            Farewell::Drop => {}
            Farewell::Answer => drop(self.service.tasks.spawn(close_handshake(halves))),
            Farewell::Tell(fault) => {
                tracing::info!(
                    connection = self.connection.id,
                    code = fault.code as u8,
                    reason = fault.message,
                    "MQTT client disconnected"
                );
                // Answers to the client's earlier packets go first.
                let mut frames: Vec<_> = std::iter::from_fn(|| self.connection.queue.next_frame()).collect();
                frames.extend(fault.frame(&connect));
                let tap = self.tap.clone();
                self.service
                    .tasks
                    .spawn(async move { close(halves, frames, &fault.close(), &tap).await });
            }
        }
        Departure {
            reason,
            last,
            next,
            will: connect.will.filter(|_| keeps_will),
        }
    }

    fn goodbye(packet: &Disconnect, connect: &Connect) -> Result<Next, MqttFault> {
        let expiry = match packet.properties.session_expiry_interval {
            None => connect.session_expiry,
            Some(seconds) => connect.new_expiry(seconds)?,
        };
        Ok(Next::Wait(expiry))
    }
}

/// How a socket is closed.
enum Farewell {
    /// By the closing handshake.
    Answer,
    /// With the reason before it.
    Tell(MqttFault),
    /// At once.
    Drop,
}

/// What the event handler learns of an end by the service.
fn service_disconnect(code: Code, is_told: bool) -> MqttDisconnect {
    MqttDisconnect {
        initiated_by_client: false,
        disconnect_packet: is_told.then_some(DisconnectPacket {
            code: code as u8,
            user_properties: None,
        }),
    }
}

/// What the event handler learns of an end by the client.
fn client_disconnect(packet: &Disconnect, is_v5: bool) -> MqttDisconnect {
    let user_properties = packet.properties.user_properties.iter().map(Into::into).collect();
    MqttDisconnect {
        initiated_by_client: true,
        disconnect_packet: Some(DisconnectPacket {
            code: packet.reason_code as u8,
            user_properties: is_v5.then_some(user_properties),
        }),
    }
}
