//! What a method has at hand.

use std::sync::Arc;

use super::RpcError;
use crate::mtproto::crypto::KeyId;
use crate::mtproto::door::Shared;
use crate::mtproto::keys::Ended;
use crate::world::{Update, UserId, World};

/// One call: who asks, of whom.
pub struct Call {
    shared: Arc<Shared>,
    key: KeyId,
    account: Option<UserId>,
    carried: Vec<u64>,
}

impl Call {
    /// A call under a key.
    pub fn new(shared: Arc<Shared>, key: KeyId) -> Self {
        let account = shared.keys.account(key);
        Self { shared, key, account, carried: Vec::new() }
    }

    /// The server.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// The world behind it.
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// The key it came under.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The account signed in, for methods that need one.
    pub fn me(&self) -> Result<UserId, RpcError> {
        self.account.ok_or_else(|| match self.shared.keys.ended(self.key) {
            Some(Ended::Revoked) => RpcError::REVOKED,
            Some(Ended::Duplicated) => RpcError::DUPLICATED,
            None => RpcError::UNREGISTERED,
        })
    }

    /// Notes that the answer carries these updates, so that they are not pushed to the same connection again.
    pub fn carry(&mut self, updates: &[Update]) {
        self.carried.extend(updates.iter().map(|update| update.cursor));
    }

    /// The cursors of the updates that the answer carries.
    pub fn carried(&self) -> &[u64] {
        &self.carried
    }
}
