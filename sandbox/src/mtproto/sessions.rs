//! A hand on the sessions behind the door: ending them, and making keys without an exchange.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Door;
use super::chance::draw;
use super::crypto::AuthKey;
use super::door::Shared;
use super::handshake::Made;
use super::keys::Ended;
use crate::world::{Fault, UserId};

/// A hand on the sessions behind a door; clones share it.
#[derive(Clone, Debug)]
pub struct Sessions {
    shared: Arc<Shared>,
}

/// A key for a client that can't exchange one with a server it does not know.
#[derive(Clone, Debug)]
pub struct MadeKey {
    /// The key itself.
    pub auth_key: [u8; 256],
    /// Where it is good.
    pub address: SocketAddr,
}

impl Door {
    /// A hand on its sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions { shared: self.shared() }
    }
}

impl Sessions {
    /// Ends every session of an account and cuts its connections; how many sessions there were.
    pub fn revoke(&self, account: UserId) -> usize {
        self.end(account, Ended::Revoked)
    }

    /// The same, as if each key had been used from two places: `406 AUTH_KEY_DUPLICATED`.
    pub fn duplicate(&self, account: UserId) -> usize {
        self.end(account, Ended::Duplicated)
    }

    /// The next message to the account bears the id of another session, as no server should.
    pub fn mistake(&self, account: UserId) {
        self.shared.mistaken.add(account);
    }

    fn end(&self, account: UserId, how: Ended) -> usize {
        let ended = self.shared.keys.end(account, how);
        self.shared.world.faults().add(Fault::Cut { account });
        ended
    }

    /// A phone of an account scans a QR code; whether somebody shows it.
    pub fn scan(&self, account: UserId, token: &[u8]) -> bool {
        let now = self.shared.world.now();
        let shown = self.shared.keys.key_of_token(token);
        let shown = shown.filter(|(_, token)| token.expires > now && token.accepted.is_none());
        let Some((key, _)) = shown else { return false };
        self.shared.keys.accept_token(key, account);
        true
    }

    /// Makes a key as if it had been exchanged, signed in as `account` where one is named.
    pub fn make_key(&self, account: Option<UserId>) -> MadeKey {
        let mut chance = self.shared.chance();
        let auth_key = draw(&mut *chance);
        let key = AuthKey::from(auth_key);
        let id = key.id();
        self.shared.keys.keep(Made { key, salt: i64::from_le_bytes(draw(&mut *chance)) });
        if let Some(account) = account {
            self.shared.keys.sign_in(id, account);
        }
        MadeKey { auth_key, address: self.shared.address }
    }
}
