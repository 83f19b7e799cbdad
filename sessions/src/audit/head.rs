//! Where the audit stood, signed by the node. Kept elsewhere (a message, another machine), it holds the node to every
//! line before it: whoever rewrites the store, node's key and all, can't make the old head fit again.

use serde::{Deserialize, Serialize};

use super::{HASH, VerifyError};
use crate::hex::{hex, unhex};
use crate::journal::Seq;
use crate::node_key::{self, NodeKey};

/// The longest head that is read, in bytes: twice what one takes.
const LONGEST: usize = 1024;

/// The last line of the audit by its number and its hash, signed with the node's key (Ed25519).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// The number of the line; nought where there is none.
    pub seq: Seq,
    /// Its hash, which all lines before it went into; hexadecimal.
    pub hash: String,
    /// The public key of the node; hexadecimal.
    pub node: String,
    /// The signature over both; hexadecimal.
    pub signature: String,
}

impl SignedHead {
    pub(crate) fn sign(key: &NodeKey, seq: Seq, hash: &[u8; HASH]) -> Self {
        let signature = key.sign(&signed(seq, hash));
        Self { seq, hash: hex(hash), node: hex(&key.public()), signature: hex(&signature) }
    }

    /// Reads one as JSON.
    ///
    /// # Errors
    /// [`VerifyError::NotAHead`], with what is wrong.
    pub fn read(text: &str) -> Result<Self, VerifyError> {
        if text.len() > LONGEST {
            return Err(VerifyError::NotAHead(format!("it is longer than {LONGEST} bytes")));
        }
        serde_json::from_str(text).map_err(|error| VerifyError::NotAHead(error.to_string()))
    }

    /// The hash, if it is that node's signature that stands under it.
    pub(crate) fn hash_of(&self, node: &[u8; 32]) -> Option<[u8; HASH]> {
        let hash: [u8; HASH] = unhex(&self.hash)?.try_into().ok()?;
        let signature = unhex(&self.signature)?;
        let by_node = self.node == hex(node) && node_key::verify(node, &signed(self.seq, &hash), &signature);
        by_node.then_some(hash)
    }
}

/// What is signed: what it is, so that no other signature of the node's can be taken for one; the number; the hash.
fn signed(seq: Seq, hash: &[u8; HASH]) -> Vec<u8> {
    [b"mesh audit head 1\0".as_slice(), &seq.0.to_be_bytes(), hash].concat()
}
