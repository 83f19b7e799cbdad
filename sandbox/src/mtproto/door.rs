//! The listener: who may come in, and what all connections share.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::chance::{Chance, Chances};
use super::connection::Connection;
use super::envelope::Salts;
use super::keys::Keys;
use super::mistaken::Mistaken;
use super::parked::Parked;
use super::passwords::Passwords;
use super::rsa_key::RsaKey;
use super::uploads::Uploads;
use crate::world::World;

/// Connections at once; further ones are turned away.
const CONNECTIONS_LIMIT: usize = 1000;
/// The pause after a failed accept, so that a lack of file descriptors does not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What all connections share.
#[derive(Debug)]
pub struct Shared {
    /// The world behind the door.
    pub world: World,
    /// The key clients begin with.
    pub rsa: RsaKey,
    /// Where the door is.
    pub address: SocketAddr,
    /// Server salts.
    pub salts: Salts,
    /// Where connections get their randomness.
    pub chances: Chances,
    /// Auth keys and who signed in with them.
    pub keys: Keys,
    /// Second passwords.
    pub passwords: Passwords,
    /// Files on their way in.
    pub uploads: Uploads,
    /// Sessions without a connection.
    pub parked: Parked,
    /// Whose next message bears a wrong session id.
    pub mistaken: Mistaken,
}

impl Shared {
    /// A server that nobody has been to yet.
    pub fn new(world: World, rsa: RsaKey, address: SocketAddr, chances: Chances) -> Self {
        let salts = Salts::new(&mut *chances.next());
        Self {
            world,
            rsa,
            address,
            salts,
            chances,
            keys: Keys::default(),
            passwords: Passwords::default(),
            uploads: Uploads::default(),
            parked: Parked::default(),
            mistaken: Mistaken::default(),
        }
    }

    /// Randomness for one purpose.
    pub fn chance(&self) -> Box<dyn Chance> {
        self.chances.next()
    }
}

/// The MTProto door of one world.
#[derive(Debug)]
pub struct Door {
    shared: Arc<Shared>,
    listener: TcpListener,
}

impl Door {
    /// A door at a listener's address. Nobody is let in before [`Door::serve`].
    pub fn new(listener: TcpListener, world: World, rsa: RsaKey) -> io::Result<Self> {
        Self::seeded(listener, world, rsa, None)
    }

    /// The same; with a seed, whatever the door draws follows from it and from the order in which clients come.
    pub fn seeded(listener: TcpListener, world: World, rsa: RsaKey, seed: Option<u64>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(world, rsa, address, Chances::new(seed)));
        Ok(Self { shared, listener })
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Serves until cancelled; then every connection is cut at once.
    pub async fn serve(self, cancel: CancellationToken) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = cancel.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.admit(stream, &mut connections),
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
        connections.shutdown().await;
    }

    fn admit(&self, stream: TcpStream, connections: &mut JoinSet<()>) {
        if connections.len() >= CONNECTIONS_LIMIT {
            tracing::warn!("{CONNECTIONS_LIMIT} connections are open; another was turned away");
            return;
        }
        let connection = Connection::new(stream, self.shared.clone());
        connections.spawn(connection.run());
    }
}
