//! What the journal keeps: things as they passed, cheap to take, with their secrets. Only records leave it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;

use super::headers::KeptHeaders;
use super::mask::Mask;
use super::record::{Body, Direction, Record, Request, Response, What, written};

/// How much of a body is kept.
pub(super) const MAX_BODY_BYTES: usize = 16 * 1024;

/// Whom something is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peer {
    pub(crate) hub: Option<String>,
    pub(crate) connection: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) subprotocol: Option<String>,
}

/// The beginning of a body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    bytes: Bytes,
    size: usize,
}

impl Kept {
    /// A body that has its memory to itself or shares it with others like it: a short one is not copied.
    pub(crate) fn shared(body: &Bytes) -> Self {
        match body.len() <= MAX_BODY_BYTES {
            true => Self {
                bytes: body.clone(),
                size: body.len(),
            },
            false => Self::copied(body),
        }
    }

    /// A body that lies in a larger buffer, which would be kept with it.
    pub(crate) fn copied(body: &[u8]) -> Self {
        let beginning = body.get(..MAX_BODY_BYTES).unwrap_or(body);
        Self {
            bytes: Bytes::copy_from_slice(beginning),
            size: body.len(),
        }
    }

    /// The same with the next part of the body.
    pub(crate) fn and(&self, chunk: &[u8]) -> Self {
        let room = MAX_BODY_BYTES.saturating_sub(self.bytes.len());
        let more = chunk.get(..room).unwrap_or(chunk);
        Self {
            bytes: [&self.bytes, more].concat().into(),
            size: self.size + chunk.len(),
        }
    }

    fn to_body(&self, mask: &Mask) -> Body {
        let cut = self.bytes.len() < self.size;
        let mut body = Body {
            size: self.size,
            cut,
            ..Body::default()
        };
        let text = match std::str::from_utf8(&self.bytes) {
            Ok(text) => Some(text),
            // The cut may be within a character.
            Err(error) if cut && error.error_len().is_none() => self
                .bytes
                .get(..error.valid_up_to())
                .and_then(|whole| std::str::from_utf8(whole).ok()),
            Err(_) => None,
        };
        match text {
            Some(text) => body.text = Some(mask.text(text)),
            None => body.base64 = Some(STANDARD.encode(mask.bytes(&self.bytes))),
        }
        body
    }
}

/// A REST call or a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HttpKind {
    Rest,
    Connect,
}

/// A request and its response.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: KeptHeaders,
    pub(crate) body: Kept,
    pub(crate) response: Option<(u16, KeptHeaders, Kept)>,
    pub(crate) duration: Duration,
    pub(crate) fault: Option<u64>,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Content {
    Http(HttpKind, Box<Exchange>),
    Event {
        event: String,
        exchange: Box<Exchange>,
        error: Option<String>,
    },
    Frame {
        direction: Direction,
        opcode: &'static str,
        body: Kept,
        code: Option<u16>,
    },
    Lost {
        reason: String,
    },
    Disconnect {
        reason: String,
    },
}

impl Content {
    /// The bytes of bodies, headers and URLs that it keeps.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Http(_, exchange) | Self::Event { exchange, .. } => {
                let response = exchange
                    .response
                    .as_ref()
                    .map_or(0, |(_, headers, body)| headers.weight() + body.bytes.len());
                // Of a path, the names are kept once more.
                let request = 2 * exchange.url.len() + exchange.headers.weight() + exchange.body.bytes.len();
                request + response
            }
            Self::Frame { body, .. } => body.bytes.len(),
            Self::Lost { reason } | Self::Disconnect { reason } => reason.len(),
        }
    }
}

/// One entry of the ring.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) time: Timestamp,
    pub(super) peer: Arc<Peer>,
    pub(super) content: Content,
}

impl Entry {
    /// What a reader gets.
    pub(super) fn to_record(&self, mask: &Mask) -> Record {
        let what = match &self.content {
            Content::Http(kind, exchange) => {
                let (request, response, duration_ms, fault) = parts(exchange, mask);
                match kind {
                    HttpKind::Rest => What::Rest {
                        request,
                        response,
                        duration_ms,
                        fault,
                    },
                    HttpKind::Connect => What::Connect {
                        request,
                        response,
                        duration_ms,
                        fault,
                    },
                }
            }
            Content::Event {
                event,
                exchange,
                error,
            } => {
                let (request, response, duration_ms, fault) = parts(exchange, mask);
                What::Event {
                    event: event.clone(),
                    request,
                    response,
                    error: error.clone(),
                    duration_ms,
                    fault,
                }
            }
            Content::Frame {
                direction,
                opcode,
                body,
                code,
            } => What::Frame {
                direction: *direction,
                opcode: (*opcode).to_owned(),
                subprotocol: self.peer.subprotocol.clone(),
                body: body.to_body(mask),
                code: *code,
            },
            Content::Lost { reason } => What::Lost {
                reason: mask.text(reason),
            },
            Content::Disconnect { reason } => What::Disconnect {
                reason: mask.text(reason),
            },
        };
        Record {
            seq: self.seq,
            time: written(self.time),
            hub: self.peer.hub.clone(),
            connection: self.peer.connection.clone(),
            user: self.peer.user.clone(),
            what,
        }
    }
}

fn parts(exchange: &Exchange, mask: &Mask) -> (Request, Option<Response>, f64, Option<u64>) {
    let request = Request {
        method: exchange.method.clone(),
        url: mask.url(&exchange.url),
        headers: exchange.headers.to_map(mask),
        body: exchange.body.to_body(mask),
    };
    let response = exchange.response.as_ref().map(|(status, list, body)| Response {
        status: *status,
        headers: list.to_map(mask),
        body: body.to_body(mask),
    });
    let micros = u32::try_from(exchange.duration.as_micros()).unwrap_or(u32::MAX);
    (request, response, f64::from(micros) / 1000.0, exchange.fault)
}
