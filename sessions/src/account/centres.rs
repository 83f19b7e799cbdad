//! Which data centres there are, at which address, and with which keys.

use std::collections::BTreeMap;
use std::net::{SocketAddrV4, SocketAddrV6};

use grammers_session::SessionData;
use grammers_session::types::DcOption;
use sled::{Batch, Tree};

use super::wire::{self, Sealing};
use crate::error::StoreError;
use crate::seal::NONCE;

const HOME: &[u8] = b"home";
const PINNED: &[u8] = b"pinned";

/// The data centres as one account knows them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Centres {
    home: i32,
    options: BTreeMap<i32, DcOption>,
    /// The one address everything goes to, for a sandbox.
    pinned: Option<SocketAddrV4>,
}

impl Centres {
    /// What is kept, over what grammers knows of Telegram; and whether a key lay there in the clear.
    pub(super) fn read(tree: &Tree, of: (&str, Option<&Sealing>)) -> Result<(Self, bool), StoreError> {
        let mut centres = Self::without_keys(tree)?;
        let mut any_clear = false;
        for item in tree.scan_prefix(wire::DC) {
            let (key, value) = item?;
            let (option, clear) = wire::decode_dc(&key, &value, of)?;
            any_clear |= clear;
            centres.set_option(option);
        }
        Ok((centres, any_clear))
    }

    /// What is kept, as far as it can be told without opening a key.
    pub(super) fn without_keys(tree: &Tree) -> Result<Self, StoreError> {
        let known = SessionData::default();
        let mut centres =
            Self { home: known.home_dc, options: known.dc_options.into_iter().collect(), pinned: None };
        if let Some(bytes) = tree.get(PINNED)? {
            centres.pin(wire::decode_address(&bytes)?, None);
        }
        if let Some(bytes) = tree.get(HOME)? {
            centres.home = wire::decode_home(&bytes)?;
        }
        Ok(centres)
    }

    /// On disk when this returns.
    pub(super) fn write(&self, tree: &Tree, sealing: Option<&Sealing>) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for key in tree.scan_prefix(wire::DC).keys() {
            batch.remove(key?);
        }
        for option in self.options.values() {
            let sealing = sealing.map(|sealing| Ok::<_, StoreError>((sealing, nonce()?))).transpose()?;
            batch.insert(wire::dc_key(option.id), wire::encode_dc(option, sealing));
        }
        batch.insert(HOME, wire::encode_home(self.home));
        if let Some(address) = self.pinned {
            batch.insert(PINNED, wire::encode_address(address));
        }
        tree.apply_batch(batch)?;
        tree.flush()?;
        Ok(())
    }

    pub(super) fn pinned(&self) -> Option<SocketAddrV4> {
        self.pinned
    }

    pub(super) fn home(&self) -> i32 {
        self.home
    }

    pub(super) fn set_home(&mut self, home: i32) {
        self.home = home;
    }

    pub(super) fn option(&self, id: i32) -> Option<&DcOption> {
        self.options.get(&id)
    }

    /// Where one address was set, a server's word changes keys only, and adds no data centre.
    pub(super) fn set_option(&mut self, mut option: DcOption) {
        if let Some(address) = self.pinned {
            if !self.options.contains_key(&option.id) {
                return;
            }
            (option.ipv4, option.ipv6) = both(address);
        }
        self.options.insert(option.id, option);
    }

    pub(super) fn pin(&mut self, address: SocketAddrV4, auth_key: Option<&[u8; 256]>) {
        let (ipv4, ipv6) = both(address);
        let was_pinned = self.pinned.is_some();
        let kept = |id: &i32| {
            let before = self.options.get(id).filter(|_| was_pinned);
            auth_key.copied().or_else(|| before.and_then(|option| option.auth_key))
        };
        let option = |id: i32| DcOption { id, ipv4, ipv6, auth_key: kept(&id) };
        let known = SessionData::default().dc_options.into_keys();
        self.options = known.map(|id| (id, option(id))).collect();
        self.pinned = Some(address);
    }
}

fn both(address: SocketAddrV4) -> (SocketAddrV4, SocketAddrV6) {
    let mapped = address.ip().to_ipv6_mapped();
    (address, SocketAddrV6::new(mapped, address.port(), 0, 0))
}

fn nonce() -> Result<[u8; NONCE], StoreError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(StoreError::NoRandomness)?;
    Ok(nonce)
}
