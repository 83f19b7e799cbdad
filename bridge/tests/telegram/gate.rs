//! A gate before a server, to be shut and opened again: the server keeps its keys, its clients lose their line. Or its
//! lines go dead, as behind a router that forgot them: open, and nothing passes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes bytes on while it is open.
pub struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
    dead: watch::Sender<()>,
    passed: Arc<AtomicUsize>,
}

impl Gate {
    /// An open gate before `server`.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, is_open) = watch::channel(true);
        let (dead, is_dead) = watch::channel(());
        let passed = Arc::new(AtomicUsize::new(0));
        tokio::spawn(keep(listener, server, (is_open, is_dead), passed.clone()));
        Self { address, open, dead, passed }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts everybody off; whoever comes is turned away.
    pub fn shut(&self) {
        self.open.send_replace(false);
    }

    /// On the lines of now nothing passes any more; new ones work.
    pub fn deaden(&self) {
        self.dead.send_replace(());
    }

    /// How many lines there have been.
    pub fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// Lets clients in again.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

type Orders = (watch::Receiver<bool>, watch::Receiver<()>);

async fn keep(listener: TcpListener, server: SocketAddr, orders: Orders, passed: Arc<AtomicUsize>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        if *orders.0.borrow() {
            passed.fetch_add(1, Ordering::SeqCst);
            let (is_open, mut is_dead) = orders.clone();
            is_dead.mark_unchanged();
            tokio::spawn(pass(client, server, (is_open, is_dead)));
        }
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, (mut is_open, mut is_dead): Orders) {
    let mut server = TcpStream::connect(server).await.unwrap();
    let dead = tokio::select! {
        _ = is_open.wait_for(|open| !open) => false,
        died = is_dead.changed() => died.is_ok(),
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => false,
    };
    if dead {
        let _ = is_open.wait_for(|open| !open).await;
    }
}
