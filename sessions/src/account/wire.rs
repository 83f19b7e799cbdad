//! How an account's session is written down. Types of our own, so that a new grammers changes no bytes.

use std::net::{SocketAddrV4, SocketAddrV6};

use grammers_session::types::{
    ChannelKind, ChannelState, DcOption, PeerAuth, PeerId, PeerInfo, UpdatesState,
};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::record::{self, decode, encode, torn};

pub(super) const PEER: &[u8] = b"peer/";
pub(super) const DC: &[u8] = b"dc/";

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
}

/// An update state as the bytes of its cursor.
pub fn encode_updates(state: &UpdatesState) -> Vec<u8> {
    encode(&Updates {
        pts: state.pts,
        qts: state.qts,
        date: state.date,
        seq: state.seq,
        channels: state.channels.iter().map(|c| (c.id, c.pts)).collect(),
    })
}

/// The update state that a cursor's bytes hold.
pub fn decode_updates(bytes: &[u8]) -> Result<UpdatesState, StoreError> {
    let updates: Updates = decode(|| "an update state".to_owned(), bytes)?;
    let channel = |(id, pts)| ChannelState { id, pts };
    Ok(UpdatesState {
        pts: updates.pts,
        qts: updates.qts,
        date: updates.date,
        seq: updates.seq,
        channels: updates.channels.into_iter().map(channel).collect(),
    })
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

pub(super) fn encode_dc(option: &DcOption) -> Vec<u8> {
    encode(&Centre {
        id: option.id,
        ipv4: option.ipv4,
        ipv6: option.ipv6,
        auth_key: option.auth_key.as_ref().map(|key| hex(key)),
    })
}

pub(super) fn decode_dc(key: &[u8], bytes: &[u8]) -> Result<DcOption, StoreError> {
    let name = || format!("account record {}", String::from_utf8_lossy(key));
    let centre: Centre = decode(name, bytes)?;
    let auth_key = match &centre.auth_key {
        Some(text) => Some(unhex(text).ok_or_else(|| torn(name, "its key is not 256 bytes"))?),
        None => None,
    };
    Ok(DcOption { id: centre.id, ipv4: centre.ipv4, ipv6: centre.ipv6, auth_key })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let pair = |byte: &u8| [digit(byte >> 4), digit(byte & 0xf)];
    bytes.iter().flat_map(pair).collect()
}

fn unhex(text: &str) -> Option<[u8; 256]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 256];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
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
