//! Who may stay at the door: so many connections in all and of one address, and none whose request has no end.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};

/// So many connections at once; more are closed unheard.
const CONNECTIONS_MOST: usize = 512;
/// So many of one address.
const OF_ONE_MOST: usize = 128;
/// The head of a request has come by then, or the connection is closed. Also an idle one is, which clients open anew.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// What ends a head.
const END: &[u8] = b"\r\n\r\n";

/// Listens, and counts.
pub(super) struct Counting {
    pub listener: TcpListener,
    pub open: Arc<Open>,
    pub head_within: Duration,
}

impl Counting {
    pub fn new(listener: TcpListener) -> Self {
        Self { listener, open: Arc::default(), head_within: HEAD_WITHIN }
    }
}

/// Connections that are open, by address.
#[derive(Default)]
pub(super) struct Open(Mutex<BTreeMap<IpAddr, usize>>);

impl Open {
    fn enter(self: &Arc<Self>, from: IpAddr) -> Option<Entered> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, of_one) = (open.values().sum::<usize>(), open.get(&from).copied().unwrap_or(0));
        if all >= CONNECTIONS_MOST || of_one >= OF_ONE_MOST {
            return None;
        }
        *open.entry(from).or_default() += 1;
        Some(Entered { open: self.clone(), from })
    }
}

/// Leaves when it is dropped.
struct Entered {
    open: Arc<Open>,
    from: IpAddr,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.from);
            }
        }
    }
}

impl Listener for Counting {
    type Io = Patient;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Patient, SocketAddr) {
        loop {
            // axum's own way with what accept says: it waits a little where the system has no more to give.
            let (stream, from) = Listener::accept(&mut self.listener).await;
            if let Some(entered) = self.open.enter(from.ip()) {
                return (Patient::new(stream, entered, self.head_within), from);
            }
            tracing::debug!(%from, "too many connections at the door");
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Where somebody knocks from.
#[derive(Clone, Copy, Debug)]
pub(super) struct From(pub SocketAddr);

impl Connected<IncomingStream<'_, Counting>> for From {
    fn connect_info(stream: IncomingStream<'_, Counting>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// A connection that is waited for with patience, which ends: until the head of a request is whole. What comes after it
/// has limits of its own, and how long an answer takes is our affair.
pub(super) struct Patient {
    stream: TcpStream,
    _entered: Entered,
    within: Duration,
    until: Pin<Box<Sleep>>,
    /// The head is whole: nothing is waited for.
    served: bool,
    /// So much of the end of a head was read last.
    matched: usize,
}

impl Patient {
    fn new(stream: TcpStream, entered: Entered, within: Duration) -> Self {
        let until = Box::pin(tokio::time::sleep(within));
        Self { stream, _entered: entered, within, until, served: false, matched: 0 }
    }

    fn note(&mut self, read: &[u8]) {
        for byte in read {
            self.matched = match () {
                () if END.get(self.matched) == Some(byte) => self.matched + 1,
                () if *byte == END[0] => 1,
                () => 0,
            };
            if self.matched == END.len() {
                self.served = true;
                return;
            }
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, into);
        if this.served {
            return read;
        }
        if read.is_ready() {
            let new = into.filled()[before..].to_vec();
            this.note(&new);
            return read;
        }
        if Future::poll(this.until.as_mut(), cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Patient {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        // It is answered: another request may come.
        if this.served {
            (this.served, this.matched) = (false, 0);
            this.until.as_mut().reset(Instant::now() + this.within);
        }
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn door(head_within: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counting = Counting { listener, open: Arc::default(), head_within };
        let routes = axum::Router::new().fallback(|body: axum::body::Bytes| async move { body });
        let service = routes.into_make_service_with_connect_info::<From>();
        tokio::spawn(axum::serve(counting, service).into_future());
        address
    }

    #[tokio::test]
    async fn a_head_without_an_end_is_not_waited_for() {
        let address = door(Duration::from_millis(300)).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        let mut beat = tokio::time::interval(Duration::from_millis(50));
        let closed = async {
            slow.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await.unwrap();
            loop {
                beat.tick().await;
                if slow.write_all(b"a").await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), closed).await.expect("it is closed");
    }

    #[tokio::test]
    async fn a_body_may_take_longer_and_a_connection_is_used_again() {
        let address = door(Duration::from_millis(400)).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        for _ in 0..2 {
            stream.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n").await.unwrap();
            let mut beat = tokio::time::interval(Duration::from_millis(40));
            for _ in 0..20 {
                beat.tick().await;
                stream.write_all(b"x").await.unwrap();
            }
            let mut answer = vec![0; 4_096];
            let mut read = 0;
            while !answer[..read].ends_with(&[b'x'; 20]) {
                let more = stream.read(&mut answer[read..]).await.unwrap();
                assert_ne!(more, 0, "it is not closed");
                read += more;
            }
        }
    }

    #[test]
    fn one_address_does_not_take_every_place() {
        let open = Arc::new(Open::default());
        let of = |last: u8| IpAddr::from([100, 64, 0, last]);
        let mut entered: Vec<_> = (0..OF_ONE_MOST).map(|_| open.enter(of(1)).expect("a place")).collect();
        assert!(open.enter(of(1)).is_none());
        let others = [2, 3, 4]
            .map(|last| (0..OF_ONE_MOST).map(|_| open.enter(of(last)).expect("a place")).collect::<Vec<_>>());
        assert!(open.enter(of(9)).is_none(), "no more in all");
        entered.pop();
        assert!(open.enter(of(9)).is_some());
        drop((entered, others));
        assert!(open.0.lock().unwrap().is_empty());
    }
}
