//! The Telegram session of one account: grammers' `Session` on sled.
//!
//! Home and data-centre options are read from memory, for grammers asks at every request. Keys are flushed at once;
//! peers are not, for Telegram tells them again. How far updates were heard is a cursor like any other, so that the ear
//! commits it together with what it heard.

mod centres;
mod portable;
mod summary;
mod wire;

use std::fmt;
use std::net::SocketAddrV4;
use std::sync::{Mutex, MutexGuard, PoisonError};

use grammers_session::types::{ChannelState, DcOption, PeerId, PeerInfo, UpdateState, UpdatesState};
use grammers_session::{BoxFuture, Session};
use sled::Tree;

use self::centres::Centres;
pub use self::summary::SessionSummary;
use self::wire::Sealing;
pub use self::wire::{Reached, decode_heard, decode_updates, encode_heard, encode_updates};
use crate::error::StoreError;
use crate::seal::SessionKey;
use crate::store::Store;

/// The most peers that are remembered of one account; Telegram describes the others whenever they speak.
const PEERS_MOST: usize = 100_000;
const SELF: &[u8] = b"self";
/// The trees of accounts.
const ACCOUNT: &str = "account/";

/// The name of the cursor that holds an account's update state, to be committed with what was heard.
pub fn updates_cursor(account: &str) -> String {
    format!("account/{account}/updates")
}

/// One account's session. It keeps its store's directory taken.
pub struct AccountSession {
    name: String,
    centres: Mutex<Centres>,
    /// How many are remembered; whoever writes peers holds its lock.
    peers: Mutex<usize>,
    tree: Tree,
    /// What its auth keys are sealed with on disk.
    sealing: Option<Sealing>,
    /// Nothing that it learns is written down.
    frozen: bool,
    store: Store,
}

impl AccountSession {
    /// Opens it, and tells whether a key that lay in the clear was sealed just now.
    pub(crate) fn open(
        store: Store,
        name: &str,
        key: Option<&SessionKey>,
    ) -> Result<(Self, bool), StoreError> {
        let tree = store.trees().db.open_tree(format!("{ACCOUNT}{name}"))?;
        let sealing = key.map(|key| Sealing { account: name.to_owned(), key: key.clone() });
        let (centres, clear) = Centres::read(&tree, (name, sealing.as_ref()))?;
        let sealed_now = clear && sealing.is_some();
        if sealed_now {
            centres.write(&tree, sealing.as_ref())?;
        }
        let peers = Mutex::new(tree.scan_prefix(wire::PEER).count());
        let (name, centres) = (name.to_owned(), Mutex::new(centres));
        Ok((Self { name, centres, peers, tree, sealing, frozen: false, store }, sealed_now))
    }

    /// Opens one that is there as it lies there: not even a key in the clear is sealed, and nothing that is told to it
    /// is written down.
    pub(crate) fn frozen(
        store: Store,
        name: &str,
        key: Option<&SessionKey>,
    ) -> Result<Option<Self>, StoreError> {
        if !store.accounts().iter().any(|account| account == name) {
            return Ok(None);
        }
        let tree = store.trees().db.open_tree(format!("{ACCOUNT}{name}"))?;
        let sealing = key.map(|key| Sealing { account: name.to_owned(), key: key.clone() });
        let (centres, _) = Centres::read(&tree, (name, sealing.as_ref()))?;
        let peers = Mutex::new(tree.scan_prefix(wire::PEER).count());
        let (name, centres) = (name.to_owned(), Mutex::new(centres));
        Ok(Some(Self { name, centres, peers, tree, sealing, frozen: true, store }))
    }

    /// The name it was opened by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its update state's cursor.
    pub fn cursor(&self) -> String {
        updates_cursor(&self.name)
    }

    /// Whether it was signed in: its own user is known. Telegram may have ended it since.
    pub fn is_signed_in(&self) -> Result<bool, StoreError> {
        Ok(self.tree.contains_key(SELF)?)
    }

    /// Sends every data centre to one address, from now on and after every restart: all five known ones have it, there
    /// are no others, and what a server says of others is not believed. With `auth_key` all have that key; without it
    /// they keep theirs, unless those were made at Telegram itself.
    pub fn data_centers_at(
        &self,
        address: SocketAddrV4,
        auth_key: Option<&[u8; 256]>,
    ) -> Result<(), StoreError> {
        self.change_centres(|centres| centres.pin(address, auth_key))
    }

    /// The key agreed with a data centre.
    pub fn auth_key(&self, dc: i32) -> Option<[u8; 256]> {
        self.centres().option(dc).and_then(|option| option.auth_key)
    }

    fn centres(&self) -> MutexGuard<'_, Centres> {
        // Only ever replaced whole.
        self.centres.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_centres(&self, change: impl FnOnce(&mut Centres)) -> Result<(), StoreError> {
        let mut centres = self.centres();
        let mut next = centres.clone();
        change(&mut next);
        if next == *centres {
            return Ok(());
        }
        if !self.frozen {
            next.write(&self.tree, self.sealing.as_ref())?;
        }
        *centres = next;
        Ok(())
    }

    fn read_peer(&self, id: PeerId) -> Result<Option<PeerInfo>, StoreError> {
        let id = match id.bot_api_dialog_id() {
            Some(id) => Some(id),
            None => self.self_id()?,
        };
        let Some(id) = id else { return Ok(None) };
        let bytes = self.tree.get(wire::peer_key(id))?;
        bytes.map(|bytes| wire::decode_peer(id, &bytes)).transpose()
    }

    /// grammers asks for its own user by a sentinel that is no id.
    fn self_id(&self) -> Result<Option<i64>, StoreError> {
        let bytes = self.tree.get(SELF)?;
        bytes.map(|bytes| wire::decode_self(&bytes)).transpose()
    }

    fn write_peers(&self, peers: &[PeerInfo]) -> Result<(), StoreError> {
        if self.frozen {
            return Ok(());
        }
        let mut count = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut signed_in = false;
        for peer in peers {
            signed_in |= self.write_peer(&mut count, peer)?;
        }
        if signed_in {
            self.tree.flush()?;
        }
        Ok(())
    }

    /// Remembers one peer; tells whether it became known as the account's own user.
    fn write_peer(&self, count: &mut usize, peer: &PeerInfo) -> Result<bool, StoreError> {
        let Some(id) = wire::peer_id(peer) else {
            return Ok(false);
        };
        let key = wire::peer_key(id);
        let known = self.tree.get(&key)?;
        let mut info = peer.clone();
        if let Some(bytes) = &known {
            let mut before = wire::decode_peer(id, bytes)?;
            before.extend_info(peer);
            info = before;
        }
        let own = matches!(info, PeerInfo::User { is_self: Some(true), .. });
        if known.is_none() {
            if *count >= PEERS_MOST && !own {
                return Ok(false);
            }
            *count += 1;
        }
        let bytes = wire::encode_peer(&info);
        if known.is_none_or(|known| known != bytes) {
            self.tree.insert(key, bytes)?;
        }
        if own && self.self_id()? != Some(id) {
            self.tree.insert(SELF, wire::encode_self(id))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// How far the group was heard, as it was committed with the update state.
    pub fn reached(&self) -> Result<Option<Reached>, StoreError> {
        Ok(self.read_point()?.1)
    }

    fn read_point(&self) -> Result<(UpdatesState, Option<Reached>), StoreError> {
        let bytes = self.store.cursor(&self.cursor())?;
        bytes.map_or_else(|| Ok(Default::default()), |bytes| decode_updates(&bytes))
    }

    fn read_updates(&self) -> Result<UpdatesState, StoreError> {
        Ok(self.read_point()?.0)
    }

    fn write_updates(&self, update: UpdateState) -> Result<(), StoreError> {
        if self.frozen {
            return Ok(());
        }
        self.store.change_cursor(&self.cursor(), |bytes| {
            let (mut state, mut reached) =
                bytes.map_or_else(|| Ok(Default::default()), |bytes| decode_updates(&bytes))?;
            if let UpdateState::All(_) = update {
                // Another beginning: what was heard before is no measure for it.
                reached = None;
            }
            merge(&mut state, update);
            Ok(encode_updates(&state, reached))
        })
    }
}

fn merge(state: &mut UpdatesState, update: UpdateState) {
    match update {
        UpdateState::All(all) => *state = all,
        UpdateState::Primary { pts, date, seq } => {
            (state.pts, state.date, state.seq) = (pts, date, seq);
        }
        UpdateState::Secondary { qts } => state.qts = qts,
        UpdateState::Channel { id, pts } => {
            match state.channels.iter_mut().find(|channel| channel.id == id) {
                Some(channel) => channel.pts = pts,
                None => state.channels.push(ChannelState { id, pts }),
            }
        }
    }
}

impl Session for AccountSession {
    type Error = StoreError;

    fn home_dc_id(&self) -> Result<i32, StoreError> {
        Ok(self.centres().home())
    }

    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { self.change_centres(|centres| centres.set_home(dc_id)) })
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, StoreError> {
        Ok(self.centres().option(dc_id).cloned())
    }

    fn set_dc_option(&self, dc_option: &DcOption) -> BoxFuture<'_, Result<(), StoreError>> {
        let dc_option = dc_option.clone();
        Box::pin(async move { self.change_centres(|centres| centres.set_option(dc_option)) })
    }

    fn peer(&self, peer: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, StoreError>> {
        Box::pin(async move { self.read_peer(peer) })
    }

    fn cache_peer(&self, peer: PeerInfo) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { self.write_peers(&[peer]) })
    }

    fn cache_peers(&self, peers: Vec<PeerInfo>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { self.write_peers(&peers) })
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, StoreError>> {
        Box::pin(async move { self.read_updates() })
    }

    fn set_update_state(&self, update: UpdateState) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { self.write_updates(update) })
    }
}

impl fmt::Debug for AccountSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccountSession").field(&self.name).finish()
    }
}

#[cfg(test)]
pub(crate) fn sealed_sample(key: &SessionKey, auth_key: &[u8; 256]) -> String {
    let socket = SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 4430);
    let ipv6 = std::net::SocketAddrV6::new(socket.ip().to_ipv6_mapped(), socket.port(), 0, 0);
    let option = DcOption { id: 2, ipv4: socket, ipv6, auth_key: Some(*auth_key) };
    let sealing = Sealing { account: "bridge".to_owned(), key: key.clone() };
    let bytes = wire::encode_dc(&option, Some((&sealing, [7; crate::seal::NONCE])));
    String::from_utf8_lossy(&bytes).into_owned()
}
