//! A gate before a server, to be shut and opened again: the server keeps its keys, its clients lose their line.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes bytes on while it is open.
pub struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Gate {
    /// An open gate before `server`.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, is_open) = watch::channel(true);
        tokio::spawn(keep(listener, server, is_open));
        Self { address, open }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts everybody off; whoever comes is turned away.
    pub fn shut(&self) {
        self.open.send_replace(false);
    }

    /// Lets clients in again.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

async fn keep(listener: TcpListener, server: SocketAddr, is_open: watch::Receiver<bool>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        if *is_open.borrow() {
            tokio::spawn(pass(client, server, is_open.clone()));
        }
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, mut is_open: watch::Receiver<bool>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = is_open.wait_for(|open| !open) => {}
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
    }
}
