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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// The pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Connections at once; further ones are turned away.
const CONNECTIONS_LIMIT: usize = 1000;
/// How long a connection may be still both ways: longer than any poll.
const STILL: Duration = Duration::from_secs(75);
/// How long a client may take to read what it is sent.
const UNREAD: Duration = Duration::from_secs(10);

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
    room: Arc<Semaphore>,
    patience: Patience,
}

/// How long a client is waited for.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// While nothing moves at all.
    still: Duration,
    /// While it does not read.
    unread: Duration,
}

impl LossyListener {
    pub fn new(inner: TcpListener) -> Self {
        let patience = Patience { still: STILL, unread: UNREAD };
        Self { inner, room: Arc::new(Semaphore::new(CONNECTIONS_LIMIT)), patience }
    }
}

impl Listener for LossyListener {
    type Io = LossyStream;
    type Addr = Line;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.inner.accept().await {
                Ok((stream, _)) => {
                    let Ok(room) = self.room.clone().try_acquire_owned() else {
                        tracing::warn!("{CONNECTIONS_LIMIT} connections are open; another was turned away");
                        continue;
                    };
                    // Without it answers wait for the client's delayed acknowledgement.
                    let _ = stream.set_nodelay(true);
                    let line = Line::default();
                    return (LossyStream::new(stream, line.clone(), self.patience, room), line);
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

/// A connection that refuses to write once its line is lost, and ends when its client is waited for too long.
#[derive(Debug)]
pub(super) struct LossyStream {
    stream: TcpStream,
    line: Line,
    patience: Patience,
    until: Pin<Box<Sleep>>,
    /// Something waits to be read by the client.
    is_writing: bool,
    _room: OwnedSemaphorePermit,
}

impl LossyStream {
    fn new(stream: TcpStream, line: Line, patience: Patience, room: OwnedSemaphorePermit) -> Self {
        let until = Box::pin(tokio::time::sleep(patience.still));
        Self { stream, line, patience, until, is_writing: false, _room: room }
    }

    /// Something moved: the waiting begins anew.
    fn moved(&mut self) {
        self.is_writing = false;
        self.until.as_mut().reset(Instant::now() + self.patience.still);
    }

    /// Nothing moves: whether that lasts too long already.
    fn waits(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.until.as_mut().poll(cx).map(|()| io::ErrorKind::TimedOut.into())
    }
}

impl AsyncRead for LossyStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Pending => self.waits(cx).map(Err),
            read @ Poll::Ready(_) => {
                // A client that only sends does not read any the more for it.
                if !self.is_writing {
                    self.moved();
                }
                read
            }
        }
    }
}

impl AsyncWrite for LossyStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.line.is_lost() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        match Pin::new(&mut self.stream).poll_write(cx, buf) {
            Poll::Pending => {
                if !self.is_writing {
                    self.is_writing = true;
                    let until = Instant::now() + self.patience.unread;
                    self.until.as_mut().reset(until);
                }
                self.waits(cx).map(Err)
            }
            written @ Poll::Ready(_) => {
                self.moved();
                written
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_mins(10);
    const AT_MOST: Duration = Duration::from_secs(20);

    async fn pair(patience: Patience) -> (LossyStream, TcpStream) {
        let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = inner.local_addr().unwrap();
        let mut listener = LossyListener { inner, room: Arc::new(Semaphore::new(1)), patience };
        let (client, (server, _)) = tokio::join!(TcpStream::connect(address), listener.accept());
        (server, client.unwrap())
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_not_waited_for_for_ever() {
        let (mut server, _client) = pair(Patience { still: SHORT, unread: LONG }).await;
        let read = tokio::time::timeout(AT_MOST, server.read(&mut [0; 8])).await.unwrap();
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_not_waited_for_for_ever() {
        let (mut server, _client) = pair(Patience { still: LONG, unread: SHORT }).await;
        let flood = vec![0; 64 * 1024 * 1024];
        let written = tokio::time::timeout(AT_MOST, server.write_all(&flood)).await.unwrap();
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn beyond_the_limit_connections_are_turned_away() {
        let patience = Patience { still: LONG, unread: LONG };
        let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = inner.local_addr().unwrap();
        let mut listener = LossyListener { inner, room: Arc::new(Semaphore::new(1)), patience };
        let (first, (_server, _)) = tokio::join!(TcpStream::connect(address), listener.accept());
        let mut second = TcpStream::connect(address).await.unwrap();
        let mut answer = [0; 8];
        let turned_away = async {
            tokio::select! {
                _ = listener.accept() => panic!("there was no room"),
                read = second.read(&mut answer) => read,
            }
        };
        assert!(tokio::time::timeout(AT_MOST, turned_away).await.unwrap().is_ok_and(|read| read == 0));
        drop(first);
    }
}
