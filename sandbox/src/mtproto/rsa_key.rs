//! The server's RSA key, and what clients encrypt with it.

use std::fmt;

use grammers_crypto::aes;
use grammers_tl_types::Serializable;
use rsa::pkcs1::{EncodeRsaPublicKey, LineEnding};
use rsa::rand_core::{CryptoRng, RngCore};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use thiserror::Error;

use super::chance::{Chance, Seeded, draw};

/// The length of a block, in bytes (2,048 bits).
const BLOCK: usize = 256;
/// `RSA_PAD`: the data, padded, before its hash.
const PADDED: usize = 192;
/// The temporary key in front of an `RSA_PAD` block.
const TEMP_KEY: usize = 32;

/// No key could be made.
#[derive(Debug, Error)]
pub enum KeyError {
    /// No two primes were found.
    #[error("no RSA key could be made: {0}")]
    Unmade(#[from] rsa::Error),
    /// The public half can't be written as PEM.
    #[error("the RSA key can't be written as PEM")]
    Unwritable,
}

/// The RSA key that a client has to know before it can exchange keys with this server.
#[derive(Clone)]
pub struct RsaKey {
    private: RsaPrivateKey,
    public_pem: String,
    fingerprint: i64,
}

/// A [`Chance`] as the RSA crate wants it.
struct FromChance<C>(C);

impl<C: Chance> RngCore for FromChance<C> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(draw(&mut self.0))
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(draw(&mut self.0))
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl<C: Chance> CryptoRng for FromChance<C> {}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaKey").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl RsaKey {
    /// A new key of 2,048 bits (takes up to a second).
    pub fn generate() -> Result<Self, KeyError> {
        Self::of(RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BLOCK * 8)?)
    }

    /// The key that follows from a seed: for repeatable runs, never for secrets.
    pub fn from_seed(seed: u64) -> Result<Self, KeyError> {
        Self::of(RsaPrivateKey::new(&mut FromChance(Seeded::new(seed, "rsa", 0)), BLOCK * 8)?)
    }

    fn of(private: RsaPrivateKey) -> Result<Self, KeyError> {
        let public_pem =
            RsaPublicKey::from(&private).to_pkcs1_pem(LineEnding::LF).map_err(|_| KeyError::Unwritable)?;
        let fingerprint = fingerprint(private.n(), private.e());
        Ok(Self { private, public_pem, fingerprint })
    }

    /// The public half, as PKCS#1 PEM (`BEGIN RSA PUBLIC KEY`).
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// What `resPQ` names the key by: the low 64 bits of the SHA-1 of its TL form.
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    /// The modulus, in decimal.
    pub fn n(&self) -> String {
        self.private.n().to_str_radix(10)
    }

    /// The public exponent, in decimal.
    pub fn e(&self) -> String {
        self.private.e().to_str_radix(10)
    }

    /// What a client encrypted, under either of the two paddings, with whatever followed it.
    ///
    /// The old padding's hash covers the data without its padding, so the caller's TL parser says where the
    /// data ends: `length` gives the number of bytes it takes up.
    pub fn open(&self, block: &[u8], length: impl Fn(&[u8]) -> Option<usize>) -> Option<Vec<u8>> {
        let plain = self.private_operation(block)?;
        open_rsa_pad(&plain).or_else(|| open_sha1_padded(&plain, length))
    }

    fn private_operation(&self, block: &[u8]) -> Option<[u8; BLOCK]> {
        let number = BigUint::from_bytes_be(block);
        if block.len() > BLOCK || number >= *self.private.n() {
            return None;
        }
        let bytes = number.modpow(self.private.d(), self.private.n()).to_bytes_be();
        let mut plain = [0; BLOCK];
        plain[BLOCK - bytes.len()..].copy_from_slice(&bytes);
        Some(plain)
    }
}

fn fingerprint(n: &BigUint, e: &BigUint) -> i64 {
    let mut bytes = n.to_bytes_be().to_bytes();
    bytes.extend(e.to_bytes_be().to_bytes());
    let digest = Sha1::digest(bytes);
    i64::from_le_bytes(*digest.last_chunk().expect("a SHA-1 has 20 bytes"))
}

/// `RSA_PAD`: a temporary key, hidden by the hash of what it encrypts; below it the data backwards and its hash.
fn open_rsa_pad(plain: &[u8; BLOCK]) -> Option<Vec<u8>> {
    let (hidden_key, encrypted) = plain.split_first_chunk::<TEMP_KEY>()?;
    let mut temp_key = *hidden_key;
    for (byte, mask) in temp_key.iter_mut().zip(Sha256::digest(encrypted)) {
        *byte ^= mask;
    }
    let mut opened = encrypted.to_vec();
    aes::ige_decrypt(&mut opened, &temp_key, &[0; 32]);
    let hash = opened.split_off(PADDED);
    opened.reverse();
    let expected = Sha256::new().chain_update(temp_key).chain_update(&opened).finalize();
    (expected[..] == hash[..]).then_some(opened)
}

/// The old padding: a zero byte, SHA-1 of the data, the data, random bytes.
fn open_sha1_padded(plain: &[u8; BLOCK], length: impl Fn(&[u8]) -> Option<usize>) -> Option<Vec<u8>> {
    let (hash, padded) = plain[1..].split_first_chunk::<20>()?;
    let data = padded.get(..length(padded)?)?;
    (plain[0] == 0 && Sha1::digest(data)[..] == hash[..]).then(|| data.to_vec())
}

#[cfg(test)]
pub mod tests {
    use std::sync::OnceLock;

    use rsa::pkcs1::DecodeRsaPublicKey;

    use super::*;

    #[test]
    fn a_seed_gives_the_same_key_again() {
        let first = RsaKey::from_seed(7).unwrap();
        assert_eq!(first.public_pem(), RsaKey::from_seed(7).unwrap().public_pem());
        assert_ne!(first.fingerprint(), RsaKey::from_seed(8).unwrap().fingerprint());
    }

    /// One key for all tests of the crate: making one is slow.
    pub fn shared() -> &'static RsaKey {
        static KEY: OnceLock<RsaKey> = OnceLock::new();
        KEY.get_or_init(|| RsaKey::generate().unwrap())
    }

    const DATA: &[u8] = b"sixteen bytes...and a few more";

    fn length(bytes: &[u8]) -> Option<usize> {
        Some(DATA.len()).filter(|length| *length <= bytes.len())
    }

    fn encrypted(block: &[u8]) -> Vec<u8> {
        let key = &shared().private;
        BigUint::from_bytes_be(block).modpow(key.e(), key.n()).to_bytes_be()
    }

    #[test]
    fn opens_rsa_pad_as_grammers_makes_it() {
        let key = grammers_crypto::rsa::Key::new(&shared().n(), &shared().e()).unwrap();
        for filler in [0, 1, 77, 255] {
            let block = grammers_crypto::rsa::encrypt_hashed(DATA, &key, &[filler; 224]);
            let opened = shared().open(&block, length).unwrap();
            assert_eq!(&opened[..DATA.len()], DATA);
        }
    }

    #[test]
    fn opens_the_old_padding_as_telethon_makes_it() {
        let mut block = Sha1::digest(DATA).to_vec();
        block.extend(DATA);
        block.resize(255, 0x5a);
        assert_eq!(shared().open(&encrypted(&block), length).as_deref(), Some(DATA));
        block[3] ^= 1;
        assert_eq!(shared().open(&encrypted(&block), length), None);
    }

    #[test]
    fn refuses_what_is_no_block() {
        assert_eq!(shared().open(&[0xff; 256], length), None);
        assert_eq!(shared().open(&[1; 300], length), None);
        assert_eq!(shared().open(&[], length), None);
        assert_eq!(shared().open(&encrypted(&[9; 200]), |_| Some(usize::MAX)), None);
    }

    #[test]
    fn the_pem_is_the_same_key() {
        let public = RsaPublicKey::from_pkcs1_pem(shared().public_pem()).unwrap();
        assert_eq!(fingerprint(public.n(), public.e()), shared().fingerprint());
        assert!(shared().public_pem().starts_with("-----BEGIN RSA PUBLIC KEY-----"));
    }
}
