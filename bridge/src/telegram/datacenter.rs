//! Where Telegram is: the real one, or one address that stands for every data centre.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::sync::Arc;

use grammers_session::storages::{ErasedSession, erase};
use grammers_session::types::{DcOption, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_session::{BoxFuture, Session};

use super::account::Address;
use super::auth_key::{self, Key, KeyError, PublicKey};

/// A session whose data centres all lie at the configured address, whatever the server or an older file says.
pub(super) struct Pinned {
    inner: Arc<ErasedSession>,
    address: Option<Address>,
}

/// The session could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct SessionFault(String);

type Erased = Box<dyn std::error::Error + Send + Sync>;

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn fault(error: Erased) -> SessionFault {
    SessionFault(error.to_string())
}

impl Pinned {
    pub(super) fn new<S>(session: Arc<S>, address: Option<Address>) -> Arc<Self>
    where
        S: Session,
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        Arc::new(Self { inner: erase(session), address })
    }

    /// Whether the address is one of IPv6.
    pub(super) fn is_ipv6(&self) -> bool {
        self.address.as_ref().is_some_and(|address| address.socket.is_ipv6())
    }

    /// Makes sure that the home data centre has a key: grammers can exchange one with the real Telegram only.
    pub(super) async fn ensure_key(&self) -> Result<(), PrepareError> {
        let home = self.home_dc_id()?;
        let known = self.dc_option(home)?.and_then(|option| option.auth_key);
        if known.is_none() {
            self.renew_key().await?;
        }
        Ok(())
    }

    /// Exchanges a new key with the configured address. With the real Telegram grammers does that itself, as soon as
    /// there is none.
    pub(super) async fn renew_key(&self) -> Result<(), PrepareError> {
        let Some(address) = &self.address else {
            if let Some(mut option) = self.dc_option(self.home_dc_id()?)? {
                option.auth_key = None;
                self.set_dc_option(&option).await?;
            }
            return Ok(());
        };
        let key = PublicKey::from_pem(&address.rsa_key_pem)?;
        let auth_key = auth_key::exchange(address.socket, &key).await?;
        let option = option_at(self.home_dc_id()?, address.socket, Some(&auth_key));
        Ok(self.inner.set_dc_option(&option).await.map_err(fault)?)
    }
}

/// Why a session is not ready to connect.
#[derive(Debug, thiserror::Error)]
pub(super) enum PrepareError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the session can't be read or written: {0}")]
    Session(#[from] SessionFault),
}

fn option_at(id: i32, socket: SocketAddr, auth_key: Option<&Key>) -> DcOption {
    let port = socket.port();
    let (ipv4, ipv6) = match socket {
        SocketAddr::V4(v4) => (*v4.ip(), v4.ip().to_ipv6_mapped()),
        SocketAddr::V6(v6) => (Ipv4Addr::LOCALHOST, Ipv6Addr::from(v6.ip().octets())),
    };
    DcOption {
        id,
        ipv4: SocketAddrV4::new(ipv4, port),
        ipv6: SocketAddrV6::new(ipv6, port, 0, 0),
        auth_key: auth_key.copied(),
    }
}

impl Session for Pinned {
    type Error = SessionFault;

    fn home_dc_id(&self) -> Result<i32, SessionFault> {
        self.inner.home_dc_id().map_err(fault)
    }

    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), SessionFault>> {
        Box::pin(async move { self.inner.set_home_dc_id(dc_id).await.map_err(fault) })
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, SessionFault> {
        let stored = self.inner.dc_option(dc_id).map_err(fault)?;
        Ok(match &self.address {
            None => stored,
            Some(address) => Some(option_at(
                dc_id,
                address.socket,
                stored.as_ref().and_then(|option| option.auth_key.as_ref()),
            )),
        })
    }

    fn set_dc_option(&self, option: &DcOption) -> BoxFuture<'_, Result<(), SessionFault>> {
        let option = match &self.address {
            None => option.clone(),
            Some(address) => option_at(option.id, address.socket, option.auth_key.as_ref()),
        };
        Box::pin(async move { self.inner.set_dc_option(&option).await.map_err(fault) })
    }

    fn peer(&self, peer: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, SessionFault>> {
        Box::pin(async move { self.inner.peer(peer).await.map_err(fault) })
    }

    fn cache_peer(&self, peer: PeerInfo) -> BoxFuture<'_, Result<(), SessionFault>> {
        Box::pin(async move { self.inner.cache_peer(peer).await.map_err(fault) })
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, SessionFault>> {
        Box::pin(async move { self.inner.updates_state().await.map_err(fault) })
    }

    fn set_update_state(&self, update: UpdateState) -> BoxFuture<'_, Result<(), SessionFault>> {
        Box::pin(async move { self.inner.set_update_state(update).await.map_err(fault) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_session::storages::MemorySession;

    fn pinned() -> Arc<Pinned> {
        let address = Address { socket: "127.0.0.1:4430".parse().unwrap(), rsa_key_pem: String::new() };
        // A new grammers session knows the five real data centres.
        Pinned::new(Arc::new(MemorySession::default()), Some(address))
    }

    fn assert_loopback(session: &Pinned) {
        for dc in -1..=1_000 {
            let option = session.dc_option(dc).unwrap().unwrap();
            assert_eq!(option.id, dc);
            assert_eq!(option.ipv4.to_string(), "127.0.0.1:4430");
            assert_eq!(option.ipv6.to_string(), "[::ffff:127.0.0.1]:4430");
        }
    }

    #[tokio::test]
    async fn every_data_centre_is_at_the_configured_address() {
        let session = pinned();
        assert_loopback(&session);
    }

    #[tokio::test]
    async fn what_the_server_says_about_addresses_is_not_taken_over() {
        let session = pinned();
        let foreign = DcOption {
            id: 4,
            ipv4: "100.64.0.4:443".parse().unwrap(),
            ipv6: "[2001:db8::4]:443".parse().unwrap(),
            auth_key: Some([7; 256]),
        };
        session.set_dc_option(&foreign).await.unwrap();
        assert_loopback(&session);
        let stored = session.inner.dc_option(4).unwrap().unwrap();
        assert_eq!(stored.ipv4.to_string(), "127.0.0.1:4430");
        assert_eq!(stored.auth_key, Some([7; 256]));
    }

    #[test]
    fn without_an_address_the_session_decides() {
        let session = Pinned::new(Arc::new(MemorySession::default()), None);
        let real = session.dc_option(2).unwrap().unwrap();
        assert_eq!(real.ipv4.port(), 443);
        assert!(session.dc_option(77).unwrap().is_none());
    }
}
