//! How an account's session is written down. Types of our own, so that a new grammers changes no bytes.

use std::net::{SocketAddrV4, SocketAddrV6};

use grammers_session::types::{
    ChannelKind, ChannelState, DcOption, PeerAuth, PeerId, PeerInfo, UpdatesState,
};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::hex::{hex, unhex};
use crate::record::{self, decode, decode_as, encode, encode_as, torn, version};
use crate::seal::{NONCE, SessionKey};

pub(super) const PEER: &[u8] = b"peer/";
pub(super) const DC: &[u8] = b"dc/";
/// The version of a data centre's record whose key is sealed.
const SEALED_VERSION: u32 = 2;

/// What seals the keys of one account.
#[derive(Clone)]
pub(super) struct Sealing {
    pub(super) account: String,
    pub(super) key: SessionKey,
}

impl Sealing {
    /// What a sealed key is about.
    fn about(&self, dc: i32) -> String {
        format!("mesh account/{}/dc/{dc}", self.account)
    }
}

#[derive(Serialize, Deserialize)]
struct Number {
    id: i64,
}

#[derive(Serialize, Deserialize)]
struct Home {
    dc: i32,
}

#[derive(Serialize, Deserialize)]
struct Address {
    address: SocketAddrV4,
}

#[derive(Serialize, Deserialize)]
struct Centre {
    id: i32,
    ipv4: SocketAddrV4,
    ipv6: SocketAddrV6,
    /// Hexadecimal.
    auth_key: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SealedCentre {
    id: i32,
    ipv4: SocketAddrV4,
    ipv6: SocketAddrV6,
    /// Nonce, sealed key and tag, hexadecimal.
    sealed: String,
}

#[derive(Serialize, Deserialize)]
struct Peer {
    kind: Kind,
    id: i64,
    hash: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bot: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is_self: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    User,
    Chat,
    Channel,
    Broadcast,
    Megagroup,
    Gigagroup,
    Community,
}

#[derive(Serialize, Deserialize)]
struct Updates {
    pts: i32,
    qts: i32,
    date: i32,
    seq: i32,
    /// Bare channel ids with their pts.
    channels: Vec<(i64, i32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reached: Option<Reached>,
}

#[derive(Serialize, Deserialize)]
struct Heard {
    user: i64,
    reached: Reached,
}

/// How far a group was heard, told by its messages: what the update state says nothing of after a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The group, as the Bot API numbers it.
    pub chat: i64,
    /// The newest message heard in it; none while only the date is known.
    pub message: Option<i32>,
    /// Its date, else that of the beginning, in Unix seconds.
    pub date: i32,
}

/// An update state, and how far the group was heard with it, as the bytes of its cursor.
pub fn encode_updates(state: &UpdatesState, reached: Option<Reached>) -> Vec<u8> {
    encode(&Updates {
        pts: state.pts,
        qts: state.qts,
        date: state.date,
        seq: state.seq,
        channels: state.channels.iter().map(|c| (c.id, c.pts)).collect(),
        reached,
    })
}

/// How far the group was heard, and by which user, as the bytes of its cursor: for an ear whose session is another.
pub fn encode_heard(user: i64, reached: Reached) -> Vec<u8> {
    encode(&Heard { user, reached })
}

/// What such bytes hold.
///
/// # Errors
/// Bytes of another kind.
pub fn decode_heard(bytes: &[u8]) -> Result<(i64, Reached), StoreError> {
    decode(|| "how far the group was heard".to_owned(), bytes).map(|heard: Heard| (heard.user, heard.reached))
}

/// The update state that a cursor's bytes hold, and how far the group was heard with it.
pub fn decode_updates(bytes: &[u8]) -> Result<(UpdatesState, Option<Reached>), StoreError> {
    let updates: Updates = decode(|| "an update state".to_owned(), bytes)?;
    let channel = |(id, pts)| ChannelState { id, pts };
    let state = UpdatesState {
        pts: updates.pts,
        qts: updates.qts,
        date: updates.date,
        seq: updates.seq,
        channels: updates.channels.into_iter().map(channel).collect(),
    };
    Ok((state, updates.reached))
}

pub(super) fn encode_self(id: i64) -> Vec<u8> {
    encode(&Number { id })
}

pub(super) fn decode_self(bytes: &[u8]) -> Result<i64, StoreError> {
    decode(|| "the account's own user".to_owned(), bytes).map(|number: Number| number.id)
}

pub(super) fn encode_home(dc: i32) -> Vec<u8> {
    encode(&Home { dc })
}

pub(super) fn decode_home(bytes: &[u8]) -> Result<i32, StoreError> {
    decode(|| "the account's home".to_owned(), bytes).map(|home: Home| home.dc)
}

pub(super) fn encode_address(address: SocketAddrV4) -> Vec<u8> {
    encode(&Address { address })
}

pub(super) fn decode_address(bytes: &[u8]) -> Result<SocketAddrV4, StoreError> {
    let name = || "the account's one address".to_owned();
    decode(name, bytes).map(|pinned: Address| pinned.address)
}

pub(super) fn dc_key(id: i32) -> Vec<u8> {
    [DC, id.to_string().as_bytes()].concat()
}

/// A key goes in sealed where there is something to seal it with.
pub(super) fn encode_dc(option: &DcOption, sealing: Option<(&Sealing, [u8; NONCE])>) -> Vec<u8> {
    let (id, ipv4, ipv6) = (option.id, option.ipv4, option.ipv6);
    match (&option.auth_key, sealing) {
        (Some(key), Some((sealing, nonce))) => {
            let sealed = hex(&sealing.key.seal(nonce, &sealing.about(id), key));
            encode_as(SEALED_VERSION, &SealedCentre { id, ipv4, ipv6, sealed })
        }
        (key, _) => encode(&Centre { id, ipv4, ipv6, auth_key: key.as_ref().map(|key| hex(key)) }),
    }
}

/// Whether a data centre's key is sealed.
pub(super) fn is_sealed(bytes: &[u8]) -> Result<bool, StoreError> {
    Ok(version(|| "a data centre".to_owned(), bytes)? == SEALED_VERSION)
}

/// A data centre as it was written, and whether its key lay there in the clear.
pub(super) fn decode_dc(
    key: &[u8],
    bytes: &[u8],
    (account, sealing): (&str, Option<&Sealing>),
) -> Result<(DcOption, bool), StoreError> {
    let name = || format!("account record {}", String::from_utf8_lossy(key));
    let whole = |key: Option<Vec<u8>>| {
        let key = key.and_then(|key| <[u8; 256]>::try_from(key).ok());
        key.ok_or_else(|| torn(name, "its key is not 256 bytes"))
    };
    if version(name, bytes)? == SEALED_VERSION {
        let centre: SealedCentre = decode_as(SEALED_VERSION, name, bytes)?;
        let sealing = sealing.ok_or_else(|| StoreError::Sealed { account: account.to_owned() })?;
        let sealed = unhex(&centre.sealed).ok_or_else(|| torn(name, "its key is not hexadecimal"))?;
        let opened = sealing.key.open(&sealing.about(centre.id), &sealed);
        let opened = opened.ok_or_else(|| StoreError::WrongSessionKey { account: account.to_owned() })?;
        let auth_key = Some(whole(Some(opened))?);
        return Ok((DcOption { id: centre.id, ipv4: centre.ipv4, ipv6: centre.ipv6, auth_key }, false));
    }
    let centre: Centre = decode(name, bytes)?;
    let auth_key = centre.auth_key.map(|text| whole(unhex(&text))).transpose()?;
    let clear = auth_key.is_some();
    Ok((DcOption { id: centre.id, ipv4: centre.ipv4, ipv6: centre.ipv6, auth_key }, clear))
}

/// The id of a peer as the Bot API writes it; none for one outside Telegram's ranges, on which grammers' own conversion
/// would panic.
pub(super) fn peer_id(peer: &PeerInfo) -> Option<i64> {
    let id = match peer {
        PeerInfo::User { id, .. } => PeerId::user(*id),
        PeerInfo::Chat { id } => PeerId::chat(*id),
        PeerInfo::Channel { id, .. } => PeerId::channel(*id),
    };
    id.and_then(PeerId::bot_api_dialog_id)
}

pub(super) fn peer_key(id: i64) -> Vec<u8> {
    [PEER, &id.to_be_bytes()].concat()
}

pub(super) fn peer_of_key(key: &[u8]) -> Result<i64, StoreError> {
    let digits = key.strip_prefix(PEER).and_then(|id| id.try_into().ok());
    digits
        .map(i64::from_be_bytes)
        .ok_or_else(|| torn(|| "the key of a peer".to_owned(), "it is not eight bytes"))
}

pub(super) fn encode_peer(peer: &PeerInfo) -> Vec<u8> {
    encode(&match peer {
        PeerInfo::User { id, auth, bot, is_self } => {
            Peer { bot: *bot, is_self: *is_self, ..plain(Kind::User, *id, *auth) }
        }
        PeerInfo::Chat { id } => plain(Kind::Chat, *id, None),
        PeerInfo::Channel { id, auth, kind } => plain(channel(*kind), *id, *auth),
    })
}

fn plain(kind: Kind, id: i64, auth: Option<PeerAuth>) -> Peer {
    Peer { kind, id, hash: auth.map(PeerAuth::hash), bot: None, is_self: None }
}

fn channel(kind: Option<ChannelKind>) -> Kind {
    match kind {
        None => Kind::Channel,
        Some(ChannelKind::Broadcast) => Kind::Broadcast,
        Some(ChannelKind::Megagroup) => Kind::Megagroup,
        Some(ChannelKind::Gigagroup) => Kind::Gigagroup,
        Some(ChannelKind::Community) => Kind::Community,
    }
}

pub(super) fn decode_peer(id: i64, bytes: &[u8]) -> Result<PeerInfo, StoreError> {
    let peer: Peer = record::decode(|| format!("account record peer/{id}"), bytes)?;
    let auth = peer.hash.map(PeerAuth::from_hash);
    let channel = |kind| PeerInfo::Channel { id: peer.id, auth, kind };
    Ok(match peer.kind {
        Kind::User => PeerInfo::User { id: peer.id, auth, bot: peer.bot, is_self: peer.is_self },
        Kind::Chat => PeerInfo::Chat { id: peer.id },
        Kind::Channel => channel(None),
        Kind::Broadcast => channel(Some(ChannelKind::Broadcast)),
        Kind::Megagroup => channel(Some(ChannelKind::Megagroup)),
        Kind::Gigagroup => channel(Some(ChannelKind::Gigagroup)),
        Kind::Community => channel(Some(ChannelKind::Community)),
    })
}
