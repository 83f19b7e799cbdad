//! The key exchange with a Telegram other than the real one.
//!
//! grammers knows only Telegram's own RSA keys and keeps them private, so for a server with another key the exchange
//! is made here, over grammers' plain connection; with the key in the session, grammers goes on by itself.

use std::net::SocketAddr;
use std::time::Duration;

use grammers_crypto::{AuthKey, aes, factorize, generate_key_data_from_nonce};
use grammers_mtproto::{mtp, transport};
use grammers_mtsender::{InvocationError, Sender, ServerAddr};
use grammers_tl_types::{self as tl, Cursor, Deserializable, Serializable};
use num_bigint::BigUint;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use sha1::{Digest, Sha1};

/// The whole exchange is given up after this long.
const DEADLINE: Duration = Duration::from_secs(30);
/// Public values of the exchange keep this many bits away from both ends of the prime's range.
const SAFETY_BITS: u32 = 2048 - 64;

/// A permanent authorization key.
pub type Key = [u8; 256];

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The configured key is no PKCS#1 PEM public key of 2,048 bits.
    #[error("the server's RSA key is not a PKCS#1 PEM public key of 2048 bits: {0}")]
    Pem(String),
    /// The server answers for another key.
    #[error("the server at {0} does not have the configured RSA key")]
    OtherServer(SocketAddr),
    /// No connection or no answer.
    #[error("no key exchange with {0}: {1}")]
    NoAnswer(SocketAddr, String),
    /// An answer did not belong to the exchange.
    #[error("the key exchange was tampered with: {0}")]
    Tampered(&'static str),
    /// The server ended the exchange.
    #[error("the server refused the key exchange")]
    Refused,
}

/// The RSA public key of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    modulus: String,
    exponent: String,
    fingerprint: i64,
}

impl PublicKey {
    /// Reads `-----BEGIN RSA PUBLIC KEY-----`.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = rsa::RsaPublicKey::from_pkcs1_pem(pem.trim())
            .map_err(|error| KeyError::Pem(error.to_string()))?;
        if key.n().bits() != 2048 {
            return Err(KeyError::Pem(format!("it has {} bits", key.n().bits())));
        }
        Ok(Self {
            modulus: key.n().to_string(),
            exponent: key.e().to_string(),
            fingerprint: fingerprint(&key.n().to_bytes_be(), &key.e().to_bytes_be()),
        })
    }

    /// The low 64 bits of the SHA-1 of the key's TL serialization: how servers name it.
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    fn cipher(&self) -> Result<grammers_crypto::rsa::Key, KeyError> {
        grammers_crypto::rsa::Key::new(&self.modulus, &self.exponent)
            .ok_or_else(|| KeyError::Pem("not a number".to_owned()))
    }
}

fn fingerprint(modulus: &[u8], exponent: &[u8]) -> i64 {
    let mut bytes = modulus.to_vec().to_bytes();
    bytes.extend(exponent.to_vec().to_bytes());
    let mut low = [0; 8];
    low.copy_from_slice(&Sha1::digest(&bytes)[12..]);
    i64::from_le_bytes(low)
}

/// Makes a key with the server, in at most 30 s.
pub async fn exchange(server: SocketAddr, key: &PublicKey) -> Result<Key, KeyError> {
    tokio::time::timeout(DEADLINE, talk(server, key))
        .await
        .unwrap_or_else(|_| Err(KeyError::NoAnswer(server, "no answer in time".to_owned())))
}

async fn talk(server: SocketAddr, key: &PublicKey) -> Result<Key, KeyError> {
    let lost = |error: InvocationError| KeyError::NoAnswer(server, error.to_string());
    let address = ServerAddr::Tcp { address: server };
    let mut line = Sender::connect(transport::Full::new(), mtp::Plain::new(), address)
        .await
        .map_err(|error| lost(error.into()))?;

    let nonces = Nonces::draw();
    let tl::enums::ResPq::Pq(challenge) =
        line.invoke(&tl::functions::ReqPqMulti { nonce: nonces.nonce }).await.map_err(lost)?;
    if !challenge.server_public_key_fingerprints.contains(&key.fingerprint) {
        return Err(KeyError::OtherServer(server));
    }
    let request = answer_challenge(&nonces, &challenge, key, &random())?;
    let tl::enums::ServerDhParams::Ok(params) = line.invoke(&request).await.map_err(lost)? else {
        return Err(KeyError::Refused);
    };
    let (request, secret) = answer_params(&nonces, &challenge.server_nonce, params, &random())?;
    let answer = line.invoke(&request).await.map_err(lost)?;
    finish(&nonces, &challenge.server_nonce, &secret, answer)
}

/// The client's random numbers of one exchange.
struct Nonces {
    nonce: [u8; 16],
    new_nonce: [u8; 32],
}

impl Nonces {
    fn draw() -> Self {
        Self { nonce: random(), new_nonce: random() }
    }

    fn check(&self, nonce: &[u8; 16]) -> Result<(), KeyError> {
        same(&self.nonce, nonce, "another client's nonce")
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

fn same<T: PartialEq>(left: &T, right: &T, what: &'static str) -> Result<(), KeyError> {
    if left == right { Ok(()) } else { Err(KeyError::Tampered(what)) }
}

/// Factors the server's number and sends it back, readable only to the holder of the RSA key.
fn answer_challenge(
    nonces: &Nonces,
    challenge: &tl::types::ResPq,
    key: &PublicKey,
    chance: &[u8; 224],
) -> Result<tl::functions::ReqDhParams, KeyError> {
    nonces.check(&challenge.nonce)?;
    let product: [u8; 8] =
        challenge.pq.as_slice().try_into().map_err(|_| KeyError::Tampered("a challenge of another size"))?;
    let (p, q) = factorize(u64::from_be_bytes(product));
    let inner = tl::enums::PQInnerData::Data(tl::types::PQInnerData {
        pq: challenge.pq.clone(),
        p: shortest(p),
        q: shortest(q),
        nonce: nonces.nonce,
        server_nonce: challenge.server_nonce,
        new_nonce: nonces.new_nonce,
    });
    Ok(tl::functions::ReqDhParams {
        nonce: nonces.nonce,
        server_nonce: challenge.server_nonce,
        p: shortest(p),
        q: shortest(q),
        public_key_fingerprint: key.fingerprint,
        encrypted_data: grammers_crypto::rsa::encrypt_hashed(&inner.to_bytes(), &key.cipher()?, chance),
    })
}

/// Big-endian without leading zeros, as the server insists.
fn shortest(number: u64) -> Vec<u8> {
    BigUint::from(number).to_bytes_be()
}

/// Takes the server's half of the exchange and gives ours; the second value is the shared secret.
fn answer_params(
    nonces: &Nonces,
    server_nonce: &[u8; 16],
    params: tl::types::ServerDhParamsOk,
    chance: &[u8; 256 + 16],
) -> Result<(tl::functions::SetClientDhParams, BigUint), KeyError> {
    nonces.check(&params.nonce)?;
    same(server_nonce, &params.server_nonce, "another server's nonce")?;
    let (key, iv) = generate_key_data_from_nonce(server_nonce, &nonces.new_nonce);
    let inner = open_params(params.encrypted_answer, &key, &iv)?;
    nonces.check(&inner.nonce)?;
    same(server_nonce, &inner.server_nonce, "another server's nonce")?;

    let prime = BigUint::from_bytes_be(&inner.dh_prime);
    let base = BigUint::from(u32::try_from(inner.g).unwrap_or_default());
    let theirs = BigUint::from_bytes_be(&inner.g_a);
    let exponent = BigUint::from_bytes_be(&chance[..256]);
    check_prime(&prime)?;
    let ours = base.modpow(&exponent, &prime);
    check_range(&theirs, &prime)?;
    check_range(&ours, &prime)?;

    let answer = tl::enums::ClientDhInnerData::Data(tl::types::ClientDhInnerData {
        nonce: nonces.nonce,
        server_nonce: *server_nonce,
        retry_id: 0,
        g_b: ours.to_bytes_be(),
    });
    let request = tl::functions::SetClientDhParams {
        nonce: nonces.nonce,
        server_nonce: *server_nonce,
        encrypted_data: seal(&answer.to_bytes(), &key, &iv, &chance[256..]),
    };
    Ok((request, theirs.modpow(&exponent, &prime)))
}

/// Decrypts the server's half and checks its hash.
fn open_params(
    mut sealed: Vec<u8>,
    key: &[u8; 32],
    iv: &[u8; 32],
) -> Result<tl::types::ServerDhInnerData, KeyError> {
    const BROKEN: KeyError = KeyError::Tampered("unreadable parameters");
    if !sealed.len().is_multiple_of(16) || sealed.len() < 32 {
        return Err(BROKEN);
    }
    aes::ige_decrypt(&mut sealed, key, iv);
    let (hash, rest) = sealed.split_at(20);
    let mut cursor = Cursor::from_slice(rest);
    let tl::enums::ServerDhInnerData::Data(inner) =
        tl::enums::ServerDhInnerData::deserialize(&mut cursor).map_err(|_| BROKEN)?;
    if Sha1::digest(&rest[..cursor.pos()]).as_slice() != hash {
        return Err(BROKEN);
    }
    Ok(inner)
}

/// SHA-1, data and padding, encrypted.
fn seal(data: &[u8], key: &[u8; 32], iv: &[u8; 32], padding: &[u8]) -> Vec<u8> {
    let mut sealed = Sha1::digest(data).to_vec();
    sealed.extend(data);
    let missing = (16 - sealed.len() % 16) % 16;
    sealed.extend(&padding[..missing]);
    aes::ige_encrypt(&mut sealed, key, iv);
    sealed
}

fn check_prime(prime: &BigUint) -> Result<(), KeyError> {
    if prime.bits() == 2048 && prime.bit(0) {
        Ok(())
    } else {
        Err(KeyError::Tampered("a prime of another size"))
    }
}

fn check_range(value: &BigUint, prime: &BigUint) -> Result<(), KeyError> {
    let margin = BigUint::from(1_u8) << SAFETY_BITS;
    if *value > margin && *value < prime - &margin {
        Ok(())
    } else {
        Err(KeyError::Tampered("a public value out of range"))
    }
}

/// The key, once the server has proved that it has the same.
fn finish(
    nonces: &Nonces,
    server_nonce: &[u8; 16],
    secret: &BigUint,
    answer: tl::enums::SetClientDhParamsAnswer,
) -> Result<Key, KeyError> {
    let tl::enums::SetClientDhParamsAnswer::DhGenOk(proof) = answer else {
        return Err(KeyError::Refused);
    };
    nonces.check(&proof.nonce)?;
    same(server_nonce, &proof.server_nonce, "another server's nonce")?;
    let bytes = secret.to_bytes_be();
    let mut key = [0; 256];
    key[256 - bytes.len()..].copy_from_slice(&bytes);
    let expected = AuthKey::from_bytes(key).calc_new_nonce_hash(&nonces.new_nonce, 1);
    same(&expected, &proof.new_nonce_hash1, "a proof for another key")?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_pkcs1_pem() {
        use rsa::pkcs1::EncodeRsaPublicKey;
        let n = rsa::BigUint::from_bytes_be(&[0xc5; 256]);
        let key = rsa::RsaPublicKey::new_unchecked(n.clone(), 65537_u32.into());
        let pem = key.to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).unwrap();
        let read = PublicKey::from_pem(&format!("\n{pem}\n")).unwrap();
        assert_eq!(read.modulus, n.to_string());
        assert_eq!(read.exponent, "65537");
        assert_ne!(read.fingerprint(), 0);
    }

    #[test]
    fn a_broken_key_is_said() {
        let error = PublicKey::from_pem("-----BEGIN NOTHING-----").unwrap_err();
        assert!(error.to_string().contains("PKCS#1"), "{error}");
    }

    #[test]
    fn a_secret_half_out_of_range_is_refused() {
        let prime = (BigUint::from(1_u8) << 2048_u32) - 1_u8;
        assert!(check_range(&BigUint::from(2_u8), &prime).is_err());
        assert!(check_range(&(&prime - 2_u8), &prime).is_err());
        assert!(check_range(&(BigUint::from(1_u8) << 2000_u32), &prime).is_ok());
    }
}
