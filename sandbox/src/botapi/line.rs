//! Connections that can be lost between the work and its answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A handle to one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    lost: Arc<AtomicBool>,
}

impl Line {
    /// Nothing more is written: the peer sees the connection break.
    pub fn lose(&self) {
        self.lost.store(true, Ordering::SeqCst);
    }

    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }
}

impl Connected<IncomingStream<'_, LossyListener>> for Line {
    fn connect_info(stream: IncomingStream<'_, LossyListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A listener whose connections can be lost.
#[derive(Debug)]
pub(super) struct LossyListener {
    inner: TcpListener,
}

impl LossyListener {
    pub fn new(inner: TcpListener) -> Self {
        Self { inner }
    }
}

impl Listener for LossyListener {
    type Io = LossyStream;
    type Addr = Line;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.inner.accept().await {
                Ok((stream, _)) => {
                    // Without it answers wait for the client's delayed acknowledgement.
                    let _ = stream.set_nodelay(true);
                    let line = Line::default();
                    return (LossyStream { stream, line: line.clone() }, line);
                }
                Err(error) => {
                    tracing::warn!(%error, "a Bot API connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(Line::default())
    }
}

/// A connection that refuses to write once its line is lost.
#[derive(Debug)]
pub(super) struct LossyStream {
    stream: TcpStream,
    line: Line,
}

impl AsyncRead for LossyStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for LossyStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.line.is_lost() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
