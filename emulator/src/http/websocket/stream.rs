//! The bytes of a connection, below tungstenite: a long frame goes first, whatever else is to be written waits for its
//! end.

use std::io::{Cursor, Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::buf::{Chain, Take};
use bytes::{Buf as _, Bytes};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_util::io::poll_write_buf;

/// The longest header of a frame that a server sends.
const MAX_HEADER_BYTES: usize = 10;

/// What is left to write of a message in one frame.
#[derive(Debug)]
pub(super) struct LongFrame(Chain<Take<Cursor<[u8; MAX_HEADER_BYTES]>>, Bytes>);

impl LongFrame {
    pub(super) fn new(data: Data, payload: Bytes) -> tungstenite::Result<Self> {
        let header = FrameHeader {
            opcode: OpCode::Data(data),
            ..FrameHeader::default()
        };
        let mut bytes = [0; MAX_HEADER_BYTES];
        let mut rest = bytes.as_mut_slice();
        header.format(payload.len() as u64, &mut rest)?;
        let length = MAX_HEADER_BYTES - rest.len();
        Ok(Self(Cursor::new(bytes).take(length).chain(payload)))
    }
}

#[derive(Debug)]
pub(super) struct ByteStream {
    inner: TokioIo<Upgraded>,
    /// Set by one who has seen all earlier frames written; `None` once it is written itself.
    pub(super) long: Option<LongFrame>,
}

impl ByteStream {
    pub(super) fn new(inner: TokioIo<Upgraded>) -> Self {
        Self { inner, long: None }
    }

    fn poll_long(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while let Some(LongFrame(rest)) = &mut self.long {
            if !rest.has_remaining() {
                self.long = None;
            } else if ready!(poll_write_buf(Pin::new(&mut self.inner), cx, rest))? == 0 {
                return Poll::Ready(Err(Error::from(ErrorKind::WriteZero)));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for ByteStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for ByteStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_long(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
