//! What may be told of a session. Never its keys.

use grammers_session::types::PeerInfo;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{AccountSession, SELF, wire};
use crate::error::StoreError;
use crate::hex::hex;
use crate::store::Store;

/// So many bytes of a key's hash tell it from others.
const FINGERPRINT: usize = 8;
/// The trees of accounts.
const ACCOUNT: &str = "account/";

/// One session, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionSummary {
    /// The name it is kept under.
    pub account: String,
    /// The Telegram user who is signed in; none while nobody is.
    pub user: Option<i64>,
    /// The home data centre.
    pub data_centre: i32,
    /// The one address that stands for every data centre, for a Telegram other than the real one.
    pub address: Option<String>,
    /// Tells the auth key from others, and nothing about it: the first bytes of its SHA-256.
    pub fingerprint: Option<String>,
    /// Whether the auth key is encrypted.
    pub encrypted: bool,
    /// How many users and chats are remembered.
    pub peers: usize,
    /// The point reached in the account's updates; none where hearing has not begun.
    pub pts: Option<i32>,
    /// When that was, by Telegram's clock.
    pub heard: Option<Timestamp>,
}

/// The first bytes of a key's SHA-256, in hexadecimal.
fn fingerprint(key: &[u8; 256]) -> String {
    hex(&Sha256::digest(key)[..FINGERPRINT])
}

impl AccountSession {
    /// What may be told of it.
    pub fn summary(&self) -> Result<SessionSummary, StoreError> {
        let updates = self.read_updates()?;
        let begun = updates.pts > 0;
        let centres = self.centres().clone();
        Ok(SessionSummary {
            account: self.name.clone(),
            user: self.self_user()?,
            data_centre: centres.home(),
            address: centres.pinned().map(|address| address.to_string()),
            fingerprint: self.auth_key(centres.home()).as_ref().map(fingerprint),
            encrypted: self.sealing.is_some(),
            peers: self.tree.scan_prefix(wire::PEER).count(),
            pts: begun.then_some(updates.pts),
            heard: Timestamp::from_second(updates.date.into()).ok().filter(|_| begun && updates.date > 0),
        })
    }

    /// The user who is signed in.
    pub fn self_user(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.tree.get(SELF)?.map(|bytes| wire::decode_self(&bytes)).transpose()?.filter(|id| *id > 0))
    }

    /// Everybody it remembers.
    pub(super) fn all_peers(&self) -> impl Iterator<Item = Result<PeerInfo, StoreError>> + use<> {
        self.tree.scan_prefix(wire::PEER).map(|item| {
            let (key, value) = item?;
            wire::decode_peer(wire::peer_of_key(&key)?, &value)
        })
    }
}

impl Store {
    /// The accounts that have a session here, signed in or not, by name.
    pub fn accounts(&self) -> Vec<String> {
        let names = self.trees().db.tree_names().into_iter();
        let names = names.filter_map(|name| String::from_utf8(name.to_vec()).ok());
        let mut names: Vec<_> =
            names.filter_map(|name| name.strip_prefix(ACCOUNT).map(str::to_owned)).collect();
        names.sort_unstable();
        names
    }
}
