//! The second password: SRP, as Telegram does it. The server keeps no password, only what proves one.

use grammers_tl_types::{enums, types};
use hmac::{Hmac, Mac};
use num_bigint::BigUint;
use sha2::{Digest, Sha256, Sha512};

use super::chance::{Chance, draw};
use super::handshake::{G, prime};

/// Rounds of PBKDF2, fixed by the name of the algorithm.
const ROUNDS: u32 = 100_000;
/// Random bytes that a client adds to the first salt of a new password.
const ADDED_SALT: usize = 32;
/// Bytes of the first salt that are the server's.
const OWN_SALT: usize = 8;
/// Numbers are hashed and sent in so many bytes.
const WIDTH: usize = 256;

/// What proves a password: `g^x`, and the salts in `x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    salt1: Vec<u8>,
    salt2: Vec<u8>,
    v: BigUint,
}

/// A challenge given out, and what it takes to judge the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The client's name for it.
    pub id: i64,
    verifier: Verifier,
    secret: BigUint,
    public: [u8; WIDTH],
}

impl Verifier {
    /// Of a password in plain text, with new salts. Takes a good part of a second.
    pub fn of(password: &str, chance: &mut dyn Chance) -> Self {
        let salt1 = draw::<{ OWN_SALT + ADDED_SALT }>(chance).to_vec();
        let salt2 = draw::<16>(chance).to_vec();
        let x = BigUint::from_bytes_be(&slow_hash(password.as_bytes(), &salt1, &salt2));
        Self { salt1, salt2, v: BigUint::from(G.unsigned_abs()).modpow(&x, prime()) }
    }

    /// As a client made it; `None` if it did not add to the server's salt, or chose another group or number.
    pub fn from_client(algo: &enums::PasswordKdfAlgo, v: &[u8]) -> Option<Self> {
        let enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo) = algo else {
            return None;
        };
        let v = BigUint::from_bytes_be(v);
        let suits = algo.g == G
            && algo.p == fixed(prime())
            && algo.salt1.len() >= OWN_SALT + ADDED_SALT
            && v > BigUint::from(1_u8)
            && v < *prime();
        suits.then(|| Self { salt1: algo.salt1.clone(), salt2: algo.salt2.clone(), v })
    }

    /// `g^x`, as a client would send it.
    #[cfg(test)]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.v.to_bytes_be()
    }

    /// How the password is hashed.
    pub fn algo(&self) -> enums::PasswordKdfAlgo {
        algo(self.salt1.clone(), self.salt2.clone())
    }

    /// A new challenge.
    pub fn challenge(&self, chance: &mut dyn Chance) -> Challenge {
        let secret = BigUint::from_bytes_be(&draw::<WIDTH>(chance));
        let power = BigUint::from(G.unsigned_abs()).modpow(&secret, prime());
        let public = fixed(&((multiplier() * &self.v + power) % prime()));
        let id = i64::from_le_bytes(draw(chance));
        Challenge { id, verifier: self.clone(), secret, public }
    }
}

impl Challenge {
    /// How the password is hashed.
    pub fn algo(&self) -> enums::PasswordKdfAlgo {
        self.verifier.algo()
    }

    /// The server's public half.
    pub fn public(&self) -> Vec<u8> {
        self.public.to_vec()
    }

    /// Whether a client that answers so knows the password.
    pub fn is_met_by(&self, their_public: &[u8], proof: &[u8]) -> bool {
        let theirs = BigUint::from_bytes_be(their_public);
        if theirs == BigUint::ZERO || theirs >= *prime() {
            return false;
        }
        let a = fixed(&theirs);
        let u = BigUint::from_bytes_be(&hash(&[&a, &self.public]));
        let base = theirs * self.verifier.v.modpow(&u, prime()) % prime();
        let key = hash(&[&fixed(&base.modpow(&self.secret, prime()))]);
        let (p, g) = (hash(&[&fixed(prime())]), hash(&[&fixed(&BigUint::from(G.unsigned_abs()))]));
        let group: Vec<u8> = p.iter().zip(g).map(|(p, g)| p ^ g).collect();
        let (salt1, salt2) = (hash(&[&self.verifier.salt1]), hash(&[&self.verifier.salt2]));
        proof == hash(&[&group, &salt1, &salt2, &a, &self.public, &key])
    }
}

/// What a new password is to be hashed with: the client adds to the first salt.
pub fn new_algo(chance: &mut dyn Chance) -> enums::PasswordKdfAlgo {
    algo(draw::<OWN_SALT>(chance).to_vec(), draw::<16>(chance).to_vec())
}

fn algo(salt1: Vec<u8>, salt2: Vec<u8>) -> enums::PasswordKdfAlgo {
    let p = fixed(prime()).to_vec();
    types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow { salt1, salt2, g: G, p }.into()
}

fn multiplier() -> BigUint {
    BigUint::from_bytes_be(&hash(&[&fixed(prime()), &fixed(&BigUint::from(G.unsigned_abs()))]))
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), Digest::chain_update).finalize().into()
}

fn salted(data: &[u8], salt: &[u8]) -> [u8; 32] {
    hash(&[salt, data, salt])
}

fn slow_hash(password: &[u8], salt1: &[u8], salt2: &[u8]) -> [u8; 32] {
    let quick = salted(&salted(password, salt1), salt2);
    salted(&stretched(&quick, salt1), salt2)
}

/// The first block of PBKDF2 over HMAC-SHA-512.
fn stretched(password: &[u8], salt: &[u8]) -> [u8; 64] {
    let mac = Hmac::<Sha512>::new_from_slice(password).expect("an HMAC takes a key of any length");
    let first = mac.clone().chain_update(salt).chain_update(1_u32.to_be_bytes());
    let mut block: [u8; 64] = first.finalize().into_bytes().into();
    let mut sum = block;
    for _ in 1..ROUNDS {
        block = mac.clone().chain_update(block).finalize().into_bytes().into();
        sum.iter_mut().zip(block).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

fn fixed(number: &BigUint) -> [u8; WIDTH] {
    let bytes = number.to_bytes_be();
    let mut fixed = [0; WIDTH];
    fixed[WIDTH - bytes.len()..].copy_from_slice(&bytes);
    fixed
}

#[cfg(test)]
mod tests {
    use grammers_crypto::two_factor_auth::calculate_2fa;

    use super::*;
    use crate::mtproto::chance::fixed::FixedChance;

    /// What grammers answers to a challenge.
    fn answer(challenge: &Challenge, password: &str) -> ([u8; 256], [u8; 32]) {
        let Verifier { salt1, salt2, .. } = &challenge.verifier;
        let own = vec![0x5a; 256];
        let (proof, public) =
            calculate_2fa(salt1, salt2, &fixed(prime()), &G, challenge.public(), own, password);
        (public, proof)
    }

    #[test]
    fn the_right_password_meets_the_challenge_and_no_other_does() {
        let chance = &mut FixedChance::default();
        let challenge = Verifier::of("open sesame", chance).challenge(chance);
        let (public, proof) = answer(&challenge, "open sesame");
        assert!(challenge.is_met_by(&public, &proof));
        assert!(!challenge.is_met_by(&public, &[0; 32]));
        assert!(!challenge.is_met_by(&[0; 256], &proof));
        let (public, proof) = answer(&challenge, "open barley");
        assert!(!challenge.is_met_by(&public, &proof));
    }

    #[test]
    fn a_verifier_of_a_client_has_salt_of_its_own() {
        let chance = &mut FixedChance::default();
        let made = Verifier::of("x", chance);
        assert_eq!(Verifier::from_client(&made.algo(), &made.v.to_bytes_be()), Some(made.clone()));
        assert_eq!(Verifier::from_client(&new_algo(chance), &made.v.to_bytes_be()), None);
        assert_eq!(Verifier::from_client(&made.algo(), &[]), None);
    }
}
