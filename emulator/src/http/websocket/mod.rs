//! WebSockets: tungstenite reads and writes the frames of one, but long messages are written past it.
//!
//! tungstenite copies each message into a buffer of its connection, which never shrinks: 1 MiB to 5,000 clients would
//! occupy 5 GiB from then on. Here all recipients share the one copy of a long message until it is written.

mod stream;
mod upgrade;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes};
use bytes::Bytes;
use futures_util::{Sink, Stream};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as RawFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{self, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use stream::{ByteStream, LongFrame};
pub(crate) use upgrade::WebSocketUpgrade;

/// Messages from this size on are written without being copied. Copying shorter ones costs less than a write of two
/// pieces does, and several that wait together leave in one write.
const LONG_BYTES: usize = 16 * 1024;

/// An open WebSocket: frames in, frames out. Pings and closes are answered while it is read.
#[derive(Debug)]
pub(crate) struct WebSocket {
    inner: WebSocketStream<ByteStream>,
    /// To be written after what tungstenite has gathered.
    long: Option<LongFrame>,
}

impl WebSocket {
    async fn new(upgraded: Upgraded, config: WebSocketConfig) -> Self {
        let stream = ByteStream::new(TokioIo::new(upgraded));
        Self {
            inner: WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await,
            long: None,
        }
    }

    /// Writes the long frame, if there is one.
    fn poll_long(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.long.is_some() {
            ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
            self.inner.get_mut().long = self.long.take();
        }
        match self.inner.get_ref().long {
            Some(_) => Pin::new(&mut self.inner).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Stream for WebSocket {
    type Item = Result<Frame, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.inner).poll_next(cx)?).map(received) {
                Some(None) => {}
                Some(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Sink<Frame> for WebSocket {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_ready(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, frame: Frame) -> Result<(), Error> {
        let long = match frame {
            Frame::Text(text) if text.len() >= LONG_BYTES => LongFrame::new(Data::Text, text.into()),
            Frame::Binary(bytes) if bytes.len() >= LONG_BYTES => LongFrame::new(Data::Binary, bytes),
            frame => return Pin::new(&mut self.inner).start_send(to_send(frame)),
        };
        self.long = Some(long?);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

/// `None` for what tungstenite gives to nobody who reads messages.
fn received(message: Message) -> Option<Frame> {
    Some(match message {
        Message::Text(text) => Frame::Text(Utf8Bytes::try_from(Bytes::from(text)).ok()?),
        Message::Binary(bytes) => Frame::Binary(bytes),
        Message::Ping(bytes) => Frame::Ping(bytes),
        Message::Pong(bytes) => Frame::Pong(bytes),
        Message::Close(frame) => Frame::Close(frame.map(|frame| CloseFrame {
            code: frame.code.into(),
            reason: frame.reason.as_str().into(),
        })),
        Message::Frame(_) => return None,
    })
}

fn to_send(frame: Frame) -> Message {
    match frame {
        // As a message of its own type it would have to be checked again for being UTF-8.
        Frame::Text(text) => Message::Frame(RawFrame::message(text, OpCode::Data(Data::Text), true)),
        Frame::Binary(bytes) => Message::Binary(bytes),
        Frame::Ping(bytes) => Message::Ping(bytes),
        Frame::Pong(bytes) => Message::Pong(bytes),
        Frame::Close(frame) => Message::Close(frame.map(|frame| protocol::CloseFrame {
            code: frame.code.into(),
            reason: frame.reason.as_str().into(),
        })),
    }
}
