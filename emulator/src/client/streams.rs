//! The streams that a client has opened: taking their pieces in order, passing them on, and ending them.
//!
//! A stream outlives the socket of a reliable client; it ends with the connection, or when it has rested for too long.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::requests::forbidden;
use super::session::Session;
use crate::hub::{Except, Target};
use crate::instruments::Moment;
use crate::model::permissions::Permission;
use crate::model::{Message, Metadata, Origin, Payload, StreamError, StreamPart};
use crate::protocol::{Notice, StreamRequest, UserError};

/// How many streams a connection may have open.
const MAX_STREAMS: usize = 1000;

const BAD_REQUEST: &str = "BadRequest";
const CANCELLED: &str = "Cancelled";
const FORBIDDEN: &str = "Forbidden";
const IDLE_TIMEOUT: &str = "IdleTimeout";
const INVALID_SEQUENCE_ID: &str = "InvalidSequenceId";
const STREAM_NOT_FOUND: &str = "StreamNotFound";
const USER_ERROR: &str = "UserError";

/// The open streams of one connection, by id.
#[derive(Debug, Default)]
pub(super) struct Streams {
    open: Mutex<HashMap<String, Stream>>,
    opened: Notify,
}

#[derive(Debug)]
struct Stream {
    group: String,
    no_echo: bool,
    idle_timeout: Duration,
    /// When it has rested for too long.
    deadline: Moment,
    /// The sequence id of the next piece.
    expected: u64,
}

impl Streams {
    /// Handles one frame of a stream.
    pub(super) fn handle(&self, session: &Session, stream_id: &str, request: StreamRequest) {
        // Held to the end: pieces and the end of a stream reach the group in their order.
        let mut open = self.lock();
        let outcome = match (request, open.get_mut(stream_id)) {
            (StreamRequest::Invalid(reason), _) => Err(Over::by_service(BAD_REQUEST, reason)),
            (
                StreamRequest::Open {
                    group,
                    no_echo,
                    idle_timeout,
                },
                None,
            ) => {
                let opened = Stream::open(session, group, no_echo, idle_timeout, open.len());
                opened.map(|stream| {
                    open.insert(stream_id.to_owned(), stream);
                    self.opened.notify_one();
                    session.tell(&Notice::StreamAck {
                        stream_id,
                        expected: 1,
                    });
                })
            }
            (_, None) => {
                let message = format!("There is no open stream '{stream_id}' of this connection.");
                Err(Over::by_service(STREAM_NOT_FOUND, message))
            }
            (StreamRequest::Open { group, .. }, Some(stream)) => stream.reopen(session, stream_id, &group),
            (StreamRequest::KeepAlive, Some(stream)) => {
                stream.touch(session);
                Ok(())
            }
            (StreamRequest::Data { sequence_id, message }, Some(stream)) => {
                stream.take(session, stream_id, sequence_id, &message)
            }
            (StreamRequest::End(error), Some(_)) => Err(Over::by_client(error)),
        };
        if let Err(over) = outcome {
            let stream = open.remove(stream_id);
            over.tell(session, stream_id, stream);
        }
    }

    /// Ends streams that rest for too long.
    pub(super) async fn expire(&self, session: &Session) -> Infallible {
        loop {
            let next = self.lock().values().map(|stream| stream.deadline).min();
            let expired = async {
                match next {
                    Some(deadline) => session.clock.sleep_until(deadline).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = expired => {}
                () = self.opened.notified() => {}
            }
            let now = session.clock.moment();
            let mut open = self.lock();
            for (stream_id, stream) in open.extract_if(|_, stream| stream.deadline <= now) {
                let message = format!("The stream rested for {:?}.", stream.idle_timeout);
                Over::by_service(IDLE_TIMEOUT, message).tell(session, &stream_id, Some(stream));
            }
        }
    }

    /// Ends all streams with the connection.
    pub(super) fn abandon(&self, session: &Session) {
        for (stream_id, stream) in self.lock().drain() {
            let error = StreamError::new(CANCELLED, "The sender's connection has ended.");
            stream.end(session, &stream_id, Some(error));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Stream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn open(
        session: &Session,
        group: String,
        no_echo: bool,
        idle_timeout: Duration,
        others: usize,
    ) -> Result<Self, Over> {
        if others >= MAX_STREAMS {
            let message = format!("A connection can have at most {MAX_STREAMS} open streams.");
            return Err(Over::by_service(BAD_REQUEST, message));
        }
        permit(session, &group)?;
        Ok(Self {
            group,
            no_echo,
            idle_timeout,
            deadline: session.clock.moment() + idle_timeout,
            expected: 1,
        })
    }

    /// Opening twice is no harm: the client may not have heard of the first time.
    fn reopen(&mut self, session: &Session, stream_id: &str, group: &str) -> Result<(), Over> {
        if group != self.group {
            let message = format!("The stream is already open to the group '{}'.", self.group);
            return Err(Over::by_service(BAD_REQUEST, message));
        }
        self.touch(session);
        self.acknowledge(session, stream_id);
        Ok(())
    }

    fn take(
        &mut self,
        session: &Session,
        stream_id: &str,
        sequence_id: u64,
        message: &Message,
    ) -> Result<(), Over> {
        self.touch(session);
        if sequence_id > self.expected {
            let expected = self.expected;
            session.tell(&Notice::StreamNack {
                stream_id,
                name: INVALID_SEQUENCE_ID,
                message: &format!("Expected the sequence id {expected}, not {sequence_id}."),
                expected,
            });
            return Ok(());
        }
        // A piece that is here already has only been sent again.
        if sequence_id == self.expected {
            permit(session, &self.group)?;
            let part = self.part(stream_id, None, false);
            self.send(session, &part, message);
            self.expected += 1;
        }
        self.acknowledge(session, stream_id);
        Ok(())
    }

    /// Tells the group that the stream is over.
    fn end(&self, session: &Session, stream_id: &str, error: Option<StreamError>) {
        let part = self.part(stream_id, error, true);
        let nothing = Message {
            payload: Payload::Text(String::new()),
            metadata: Metadata::default(),
            time_to_live: None,
        };
        self.send(session, &part, &nothing);
    }

    fn part(&self, stream_id: &str, error: Option<StreamError>, is_end: bool) -> StreamPart {
        StreamPart {
            stream_id: stream_id.to_owned(),
            sequence_id: self.expected,
            is_end,
            error,
        }
    }

    fn send(&self, session: &Session, part: &StreamPart, message: &Message) {
        let origin = Origin::Stream {
            group: &self.group,
            from_user: session.connection.user_id.as_deref(),
            part,
        };
        let own = [session.connection.id.clone()];
        let except = Except {
            excluded: if self.no_echo { &own } else { &[] },
            filter: None,
        };
        session
            .hub
            .send(Target::Group(&self.group), except, origin, message);
    }

    fn acknowledge(&self, session: &Session, stream_id: &str) {
        session.tell(&Notice::StreamAck {
            stream_id,
            expected: self.expected,
        });
    }

    fn touch(&mut self, session: &Session) {
        self.deadline = session.clock.moment() + self.idle_timeout;
    }
}

fn permit(session: &Session, group: &str) -> Result<(), Over> {
    match session.allows(Permission::SendToGroup, group) {
        true => Ok(()),
        false => Err(Over::by_service(FORBIDDEN, forbidden("send to", group))),
    }
}

/// Why a stream is over.
struct Over {
    /// What its sender is told, unless it has ended the stream.
    for_sender: Option<(&'static str, String)>,
    /// What its receivers are told, unless it is complete.
    for_receivers: Option<StreamError>,
}

impl Over {
    fn by_client(error: Option<UserError>) -> Self {
        Self {
            for_sender: None,
            for_receivers: error.map(|error| StreamError {
                name: USER_ERROR,
                message: error.message,
                user_error_code: error.code,
            }),
        }
    }

    fn by_service(name: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        // Receivers know these names, and of the others only that the stream is not complete.
        let for_receivers = match name {
            IDLE_TIMEOUT | FORBIDDEN => StreamError::new(name, message.clone()),
            _ => StreamError::new(CANCELLED, message.clone()),
        };
        Self {
            for_sender: Some((name, message)),
            for_receivers: Some(for_receivers),
        }
    }

    /// Tells the sender, and the group if the stream was open.
    fn tell(self, session: &Session, stream_id: &str, stream: Option<Stream>) {
        if let Some((name, message)) = &self.for_sender {
            tracing::info!(
                connection = session.connection.id,
                stream_id,
                name,
                reason = message,
                "stream closed"
            );
        }
        session.tell(&Notice::StreamClosed {
            stream_id,
            error: self
                .for_sender
                .as_ref()
                .map(|(name, message)| (*name, message.as_str())),
        });
        if let Some(stream) = stream {
            stream.end(session, stream_id, self.for_receivers);
        }
    }
}
