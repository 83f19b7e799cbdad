//! A gate before a server, to be shut and opened again: the server keeps its keys, its clients lose their line.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Passes bytes on while it is open.
pub struct Gate {
    address: SocketAddr,
    server: SocketAddr,
    keeper: JoinHandle<()>,
}

impl Gate {
    /// An open gate before `server`.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, server, keeper: tokio::spawn(pass(listener, server)) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts everybody off; new connections are refused.
    pub async fn shut(&mut self) {
        self.keeper.abort();
        let _ = (&mut self.keeper).await;
    }

    /// Opens again at the same address.
    pub async fn open(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.keeper = tokio::spawn(pass(listener, self.server));
    }
}

async fn pass(listener: TcpListener, server: SocketAddr) {
    let mut lines = JoinSet::new();
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(server).await.unwrap();
        lines.spawn(async move {
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
