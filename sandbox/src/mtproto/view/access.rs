//! Access hashes: what an account has to show to name somebody it has met.

use sha2::{Digest, Sha256};

use crate::world::{Peer, UserId};

/// The hash by which `viewer` names `peer`; another for every viewer, never 0, the same after a restart.
/// Basic groups have none.
pub fn access_hash(viewer: UserId, peer: Peer) -> i64 {
    let digest = Sha256::new()
        .chain_update(b"access")
        .chain_update(viewer.0.to_le_bytes())
        .chain_update(peer.to_bot_api().to_le_bytes())
        .finalize();
    i64::from_le_bytes(*digest.first_chunk().expect("a SHA-256 has 32 bytes")) | 1
}
