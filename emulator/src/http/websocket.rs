//! WebSockets: axum answers the handshake, tungstenite reads and writes the frames, but larger messages are written
//! past it.
//!
//! tungstenite copies each message into a buffer of the connection and never gives that memory back: after a message
//! of 1 MiB to 5,000 clients it would hold 5 GiB. Here all recipients share the one copy until it is written.

use std::io::{Cursor, Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{self, CloseFrame, Message as Frame, Utf8Bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use bytes::buf::{Chain, Take};
use bytes::{Buf as _, Bytes};
use futures_util::{Sink, Stream};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Error as WebSocketError, Message, protocol};
use tokio_util::io::poll_write_buf;

/// How much of a socket is read at once: a good part of what an idle connection costs. Of a longer frame, the rest is
/// read in one piece.
const READ_BUFFER_BYTES: usize = 2048;
/// How much is gathered before it is written.
const WRITE_BUFFER_BYTES: usize = 4096;
/// Messages from this size on are written without being copied.
const SHARED_BYTES: usize = 1024;
/// The longest header of a frame that a server sends.
const MAX_HEADER_BYTES: usize = 10;

/// A request that is a WebSocket handshake.
pub(crate) struct WebSocketUpgrade {
    handshake: ws::WebSocketUpgrade,
    upgraded: OnUpgrade,
    config: WebSocketConfig,
}

impl<S: Send + Sync> FromRequestParts<S> for WebSocketUpgrade {
    type Rejection = WebSocketUpgradeRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> std::result::Result<Self, WebSocketUpgradeRejection> {
        // axum would take the connection for its own socket: it gets one that never opens.
        let never = || hyper::upgrade::on(Request::new(()));
        let upgraded = parts.extensions.remove::<OnUpgrade>();
        if upgraded.is_some() {
            parts.extensions.insert(never());
        }
        Ok(Self {
            handshake: ws::WebSocketUpgrade::from_request_parts(parts, state).await?,
            upgraded: upgraded.unwrap_or_else(never),
            config: WebSocketConfig::default()
                .read_buffer_size(READ_BUFFER_BYTES)
                .write_buffer_size(WRITE_BUFFER_BYTES),
        })
    }
}

impl WebSocketUpgrade {
    /// A larger message or frame is an error.
    pub(crate) fn max_message_size(mut self, bytes: usize) -> Self {
        self.config = self
            .config
            .max_message_size(Some(bytes))
            .max_frame_size(Some(bytes));
        self
    }

    /// Agrees on a subprotocol, if the client has offered it.
    pub(crate) fn protocol(mut self, name: String) -> Self {
        self.handshake = self.handshake.protocols([name]);
        self
    }

    /// Accepts the client. `run` gets the socket; `failed` is called instead when it never opens.
    pub(crate) fn on_upgrade<F>(
        self,
        failed: impl FnOnce() + Send + 'static,
        run: impl FnOnce(WebSocket) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (upgraded, config) = (self.upgraded, self.config);
        tokio::spawn(async move {
            match upgraded.await {
                Ok(upgraded) => run(WebSocket::new(upgraded, config).await).await,
                Err(_) => failed(),
            }
        });
        self.handshake.on_upgrade(|_| async {})
    }
}

/// An open WebSocket: frames in, frames out. Pings and closes are answered while it is read.
pub(crate) struct WebSocket {
    inner: WebSocketStream<Io>,
    /// To be written once what tungstenite has gathered is written.
    shared: Option<SharedFrame>,
}

impl WebSocket {
    async fn new(upgraded: Upgraded, config: WebSocketConfig) -> Self {
        let io = Io {
            stream: TokioIo::new(upgraded),
            shared: None,
        };
        Self {
            inner: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            shared: None,
        }
    }

    /// Writes the shared frame, if there is one.
    fn poll_shared(&mut self, cx: &mut Context<'_>) -> Poll<std::result::Result<(), WebSocketError>> {
        if let Some(frame) = self.shared.take() {
            if Pin::new(&mut self.inner).poll_flush(cx)?.is_pending() {
                self.shared = Some(frame);
                return Poll::Pending;
            }
            self.inner.get_mut().shared = Some(frame);
        }
        match self.inner.get_ref().shared {
            Some(_) => Pin::new(&mut self.inner).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Stream for WebSocket {
    type Item = std::result::Result<Frame, WebSocketError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let message = ready!(Pin::new(&mut self.inner).poll_next(cx)?);
            match message.map(received) {
                Some(None) => {}
                Some(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Sink<Frame> for WebSocket {
    type Error = WebSocketError;

    fn poll_ready(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<std::result::Result<(), WebSocketError>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.inner).poll_ready(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, frame: Frame) -> std::result::Result<(), WebSocketError> {
        match frame {
            Frame::Text(text) if text.len() >= SHARED_BYTES => {
                self.shared = Some(shared(Data::Text, text.into())?);
                Ok(())
            }
            Frame::Binary(bytes) if bytes.len() >= SHARED_BYTES => {
                self.shared = Some(shared(Data::Binary, bytes)?);
                Ok(())
            }
            frame => Pin::new(&mut self.inner).start_send(to_send(frame)),
        }
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<std::result::Result<(), WebSocketError>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<std::result::Result<(), WebSocketError>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

/// The header of a frame, and its payload.
type SharedFrame = Chain<Take<Cursor<[u8; MAX_HEADER_BYTES]>>, Bytes>;

fn shared(data: Data, payload: Bytes) -> std::result::Result<SharedFrame, WebSocketError> {
    let header = FrameHeader {
        opcode: OpCode::Data(data),
        ..FrameHeader::default()
    };
    let mut bytes = [0; MAX_HEADER_BYTES];
    let mut rest = &mut bytes[..];
    header.format(payload.len() as u64, &mut rest)?;
    let length = MAX_HEADER_BYTES - rest.len();
    Ok(Cursor::new(bytes).take(length).chain(payload))
}

/// The connection below tungstenite. A shared frame goes first: whatever else is to be written waits for its end.
struct Io {
    stream: TokioIo<Upgraded>,
    shared: Option<SharedFrame>,
}

impl Io {
    fn poll_shared(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while let Some(frame) = &mut self.shared {
            if !frame.has_remaining() {
                self.shared = None;
            } else if ready!(poll_write_buf(Pin::new(&mut self.stream), cx, frame))? == 0 {
                return Poll::Ready(Err(Error::from(ErrorKind::WriteZero)));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Io {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_shared(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
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
        Frame::Text(text) => Message::text(text.as_str()),
        Frame::Binary(bytes) => Message::Binary(bytes),
        Frame::Ping(bytes) => Message::Ping(bytes),
        Frame::Pong(bytes) => Message::Pong(bytes),
        Frame::Close(frame) => Message::Close(frame.map(|frame| protocol::CloseFrame {
            code: frame.code.into(),
            reason: tungstenite::Utf8Bytes::from(frame.reason.as_str()),
        })),
    }
}
