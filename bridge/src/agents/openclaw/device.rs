//! The key by which a gateway knows this node again: Ed25519, derived from the node's own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

/// How the node calls itself; an invented name is refused by every generation.
pub(super) const CLIENT: &str = "gateway-client";
/// ... and its mode.
pub(super) const MODE: &str = "backend";
/// ... and its role.
pub(super) const ROLE: &str = "operator";

/// The node, as a gateway knows it.
pub struct Device {
    pair: Ed25519KeyPair,
    id: String,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Device {
    /// The device of these 32 bytes, which nobody else may know.
    #[expect(clippy::missing_panics_doc, reason = "it never does")]
    pub fn new(seed: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed");
        let public = digest(&SHA256, pair.public_key().as_ref());
        let id = public.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self { pair, id }
    }

    /// What proves to a gateway that it is this device which shows the token, answering its challenge.
    pub(super) fn proof(&self, token: &str, scopes: &[&str], nonce: &str, signed_at: i64) -> Value {
        let scopes = scopes.join(",");
        let text = format!("v2|{}|{CLIENT}|{MODE}|{ROLE}|{scopes}|{signed_at}|{token}|{nonce}", self.id);
        json!({
            "id": self.id,
            "publicKey": URL_SAFE_NO_PAD.encode(self.pair.public_key()),
            "signature": URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes())),
            "signedAt": signed_at,
            "nonce": nonce,
        })
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_proof_is_of_this_token_and_this_challenge() {
        let device = Device::new(&[7; 32]);
        let proof = device.proof("SANDBOX-gateway", &["operator.read"], "nonce", 12);
        let bytes = |key: &str| URL_SAFE_NO_PAD.decode(proof[key].as_str().unwrap()).unwrap();
        let id = proof["id"].as_str().unwrap();
        assert_eq!(id.len(), 64);
        let public = UnparsedPublicKey::new(&ED25519, bytes("publicKey"));
        let text = format!("v2|{id}|gateway-client|backend|operator|operator.read|12|SANDBOX-gateway|nonce");
        public.verify(text.as_bytes(), &bytes("signature")).unwrap();
        assert!(public.verify(text.replace("nonce", "other").as_bytes(), &bytes("signature")).is_err());
        assert_eq!(Device::new(&[7; 32]).id, id, "the same seed, the same device");
    }
}
