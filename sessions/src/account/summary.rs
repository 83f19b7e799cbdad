//! What may be told of a session. Never its keys.

use grammers_session::SessionData;
use grammers_session::types::PeerInfo;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sled::Tree;

use super::centres::Centres;
use super::{ACCOUNT, AccountSession, SELF, decode_updates, updates_cursor, wire};
use crate::error::StoreError;
use crate::hex::hex;
use crate::store::Store;

/// So many bytes of a key's hash tell it from others.
const FINGERPRINT: usize = 8;

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
    /// Tells the auth key from others, and nothing about it: the first bytes of its SHA-256. None where the key was not
    /// opened.
    pub fingerprint: Option<String>,
    /// Whether the auth key lies encrypted on disk.
    pub encrypted: bool,
    /// How many users and chats are remembered.
    pub peers: usize,
    /// The point reached in the account's updates; none where hearing has not begun.
    pub pts: Option<i32>,
    /// When that was, by Telegram's clock.
    pub heard: Option<Timestamp>,
    /// Whether the group was heard by it up to then; else that is where hearing begins.
    #[serde(skip)]
    pub group: bool,
}

impl SessionSummary {
    /// An account that nobody has signed in here.
    pub fn of_nobody(account: &str) -> Self {
        Self {
            account: account.to_owned(),
            user: None,
            data_centre: SessionData::default().home_dc,
            address: None,
            fingerprint: None,
            encrypted: false,
            peers: 0,
            pts: None,
            heard: None,
            group: false,
        }
    }
}

/// The first bytes of a key's SHA-256, in hexadecimal.
fn fingerprint(key: &[u8; 256]) -> String {
    hex(&Sha256::digest(key)[..FINGERPRINT])
}

impl AccountSession {
    /// What may be told of it.
    pub fn summary(&self) -> Result<SessionSummary, StoreError> {
        let centres = self.centres().clone();
        let fingerprint = self.auth_key(centres.home()).as_ref().map(fingerprint);
        let told = of_account(&self.store, &self.name, &self.tree, &centres)?;
        Ok(SessionSummary { fingerprint, ..told })
    }

    /// The user who is signed in.
    pub fn self_user(&self) -> Result<Option<i64>, StoreError> {
        own_user(&self.tree)
    }

    /// Everybody it remembers.
    pub(super) fn all_peers(&self) -> impl Iterator<Item = Result<PeerInfo, StoreError>> + use<> {
        self.tree.scan_prefix(wire::PEER).map(|item| {
            let (key, value) = item?;
            wire::decode_peer(wire::peer_of_key(&key)?, &value)
        })
    }
}

fn own_user(tree: &Tree) -> Result<Option<i64>, StoreError> {
    Ok(tree.get(SELF)?.map(|bytes| wire::decode_self(&bytes)).transpose()?.filter(|id| *id > 0))
}

/// What can be told of an account without its key.
fn of_account(
    store: &Store,
    name: &str,
    tree: &Tree,
    centres: &Centres,
) -> Result<SessionSummary, StoreError> {
    let bytes = store.cursor(&updates_cursor(name))?;
    let (updates, reached) = bytes.map_or_else(|| Ok(Default::default()), |bytes| decode_updates(&bytes))?;
    let begun = updates.pts > 0;
    let mut encrypted = false;
    for item in tree.scan_prefix(wire::DC) {
        encrypted |= wire::is_sealed(&item?.1)?;
    }
    Ok(SessionSummary {
        account: name.to_owned(),
        user: own_user(tree)?,
        data_centre: centres.home(),
        address: centres.pinned().map(|address| address.to_string()),
        fingerprint: None,
        encrypted,
        peers: tree.scan_prefix(wire::PEER).count(),
        pts: begun.then_some(updates.pts),
        heard: Timestamp::from_second(updates.date.into()).ok().filter(|_| begun && updates.date > 0),
        group: reached.is_some(),
    })
}

impl Store {
    /// What may be told of every account's session, by name. No key is opened, so none has a fingerprint, and nothing is
    /// changed.
    pub fn summaries(&self) -> Result<Vec<SessionSummary>, StoreError> {
        let one = |name: &String| {
            let tree = self.trees().db.open_tree(format!("{ACCOUNT}{name}"))?;
            of_account(self, name, &tree, &Centres::without_keys(&tree)?)
        };
        self.accounts().iter().map(one).collect()
    }

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
