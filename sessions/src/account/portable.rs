//! A session that comes from another program, or goes to one.

use std::net::{IpAddr, SocketAddr};

use grammers_session::Session as _;
use grammers_session::types::{PeerAuth, PeerInfo, UpdateState};

use super::{ACCOUNT, AccountSession, updates_cursor};
use crate::error::StoreError;
use crate::store::Store;
use crate::telethon::Telethon;

impl AccountSession {
    /// Takes over a session that another program had: its home, its key, whom it knows, how far it heard. Who it is
    /// counts as known only if the other program knew.
    ///
    /// Of its address only the data centre's number is believed: where Telegram is, nobody else tells us.
    ///
    /// # Errors
    /// [`StoreError::SignedIn`] where somebody is; [`StoreError::UnknownDataCentre`].
    pub async fn take_over(&self, other: &Telethon) -> Result<(), StoreError> {
        if self.is_signed_in()? {
            return Err(StoreError::SignedIn { account: self.name.clone() });
        }
        let known = self.dc_option(other.dc)?;
        let mut option = known.ok_or(StoreError::UnknownDataCentre { dc: other.dc })?;
        option.auth_key = Some(other.auth_key);
        self.change_centres(|centres| {
            centres.set_home(other.dc);
            centres.set_option(option);
        })?;
        self.write_peers(&other.peers)?;
        // An earlier account's point is none of this one's.
        let updates = other.updates.clone().unwrap_or_default();
        self.set_update_state(UpdateState::All(updates)).await?;
        if let Some(me) = other.me {
            self.write_peers(&[own(me, &other.peers)])?;
        }
        self.tree.flush()?;
        Ok(())
    }

    /// The session as another program may take it over.
    ///
    /// # Errors
    /// [`StoreError::NoSession`] where nobody is signed in.
    pub fn hand_over(&self) -> Result<Telethon, StoreError> {
        let none = || StoreError::NoSession { account: self.name.clone() };
        let me = self.self_user()?.ok_or_else(none)?;
        let dc = self.home_dc_id()?;
        let option = self.dc_option(dc)?.ok_or_else(none)?;
        let updates = self.read_updates()?;
        Ok(Telethon {
            dc,
            address: SocketAddr::new(IpAddr::V4(*option.ipv4.ip()), option.ipv4.port()),
            auth_key: option.auth_key.ok_or_else(none)?,
            me: Some(me),
            peers: self.all_peers().collect::<Result<_, _>>()?,
            updates: (updates.pts > 0).then_some(updates),
        })
    }
}

fn own(me: i64, peers: &[PeerInfo]) -> PeerInfo {
    let hash = peers.iter().find_map(|peer| match peer {
        PeerInfo::User { id, auth, .. } if *id == me => *auth,
        _ => None,
    });
    PeerInfo::User {
        id: me,
        auth: hash.filter(|hash| *hash != PeerAuth::default()),
        bot: None,
        is_self: Some(true),
    }
}

impl Store {
    /// Takes an account's session away: its keys, whom it knew, how far it heard. Its other handles must be gone. What
    /// the disk still holds of it goes with the next start.
    pub fn erase_account(&self, name: &str) -> Result<(), crate::error::OpenError> {
        let erased = || -> Result<(), StoreError> {
            self.trees().db.drop_tree(format!("{ACCOUNT}{name}"))?;
            self.remove_cursor(&updates_cursor(name))
        };
        erased()?;
        crate::rewrite::want(self.dir())
    }
}
