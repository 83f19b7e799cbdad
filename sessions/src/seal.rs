//! Auth keys at rest: sealed with XChaCha20-Poly1305 under a key that lies elsewhere.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::hex::unhex;

/// The bytes of a nonce, drawn anew for each sealing.
pub(crate) const NONCE: usize = 24;

/// What an account's auth keys are sealed with. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// A key of 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key as 64 hexadecimal digits.
    pub fn from_hex(digits: &str) -> Option<Self> {
        unhex(digits)?.try_into().ok().map(Self)
    }

    /// Nonce, sealed text and tag. What it is `about` must be said again to open it, so that no record can stand in
    /// for another.
    pub(crate) fn seal(&self, nonce: [u8; NONCE], about: &str, plain: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: plain, aad: about.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        [&nonce[..], &sealed.expect("a key of 256 bytes is within the cipher's limit")].concat()
    }

    /// The text, if it was sealed with this key, about this, and nobody has touched it.
    pub(crate) fn open(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: text, aad: about.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_and_its_name_only() {
        let (one, two) = (SessionKey::new([1; 32]), SessionKey::new([2; 32]));
        let sealed = one.seal([7; NONCE], "account/a/dc/2", b"synthetic");
        assert_eq!(one.open("account/a/dc/2", &sealed).as_deref(), Some(&b"synthetic"[..]));
        assert_eq!(two.open("account/a/dc/2", &sealed), None);
        assert_eq!(one.open("account/b/dc/2", &sealed), None);
        for length in 0..sealed.len() {
            assert_eq!(one.open("account/a/dc/2", &sealed[..length]), None);
        }
        let mut touched = sealed;
        touched[NONCE] ^= 1;
        assert_eq!(one.open("account/a/dc/2", &touched), None);
        assert_eq!(format!("{one:?}"), "SessionKey(…)");
        assert_eq!(SessionKey::from_hex(&"01".repeat(32)), Some(one));
        assert_eq!(SessionKey::from_hex(&"01".repeat(31)), None);
    }
}
