//! The key exchange: plain requests in, plain answers out, and in the end a key both sides know.
//!
//! Pure: time and chance are arguments. What a client gets wrong beyond repair is a [`Refusal`], after which
//! the connection is cut; what may be tried again is told in the protocol's own words.

mod group;

pub use group::{G, prime};

#[cfg(test)]
mod tests;

use grammers_crypto::{aes, generate_key_data_from_nonce};
use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable, Serializable};
use num_bigint::BigUint;
use sha1::{Digest, Sha1};
use thiserror::Error;
use tl::{enums, functions, types};

use super::chance::{Chance, draw};
use super::crypto::{AuthKey, KeyId};
use super::primes;
use super::rsa_key::RsaKey;

/// What a client got wrong beyond repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not a request of the exchange, or not its turn.
    #[error("not the request that was due")]
    OutOfTurn,
    /// Bytes that are no request.
    #[error("a request that can't be read")]
    Unreadable,
    /// A nonce is not the one of this exchange.
    #[error("a nonce of another exchange")]
    Nonce,
    /// The product was factored wrongly.
    #[error("these are not the factors")]
    Factors,
    /// Encrypted for another key.
    #[error("encrypted for another RSA key")]
    Fingerprint,
    /// The encrypted part can't be opened.
    #[error("the encrypted part can't be opened")]
    Encryption,
}

impl From<tl::deserialize::Error> for Refusal {
    fn from(_: tl::deserialize::Error) -> Self {
        Self::Unreadable
    }
}

/// A key both sides know now.
#[derive(Clone, Debug)]
pub struct Made {
    /// The key.
    pub key: AuthKey,
    /// The first server salt, which the client derives as well.
    pub salt: i64,
}

/// An answer, and the key if the exchange is complete.
#[derive(Debug)]
pub struct Reply {
    /// TL.
    pub body: Vec<u8>,
    /// Present with `dh_gen_ok`.
    pub made: Option<Made>,
}

/// What the exchange takes from outside.
pub struct Surroundings<'a> {
    /// The server's RSA key.
    pub rsa: &'a RsaKey,
    /// Unix seconds.
    pub now: i32,
    /// Whether a key with this id exists already.
    pub taken: &'a dyn Fn(KeyId) -> bool,
    /// Randomness.
    pub chance: &'a mut dyn Chance,
}

/// One connection's key exchange.
#[derive(Debug, Default)]
pub struct Handshake(Stage);

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    Challenged(Challenge),
    Offered(Offer),
}

#[derive(Clone, Copy, Debug)]
struct Nonces {
    client: [u8; 16],
    server: [u8; 16],
}

#[derive(Clone, Debug)]
struct Challenge {
    nonces: Nonces,
    factors: (u64, u64),
}

#[derive(Debug)]
struct Offer {
    nonces: Nonces,
    new_nonce: [u8; 32],
    secret: BigUint,
    /// 0, or the hash of the key that was refused before.
    retry_id: i64,
}

/// The one text of a client's `P_Q_inner_data`, whichever variant it came in.
struct InnerData {
    nonces: Nonces,
    new_nonce: [u8; 32],
    factors: (Vec<u8>, Vec<u8>),
}

impl Handshake {
    /// Answers a plain request.
    pub fn step(&mut self, request: &[u8], around: &mut Surroundings<'_>) -> Result<Reply, Refusal> {
        let mut cursor = Cursor::from_slice(request);
        match u32::deserialize(&mut cursor)? {
            functions::ReqPqMulti::CONSTRUCTOR_ID => {
                Ok(self.challenge(functions::ReqPqMulti::deserialize(&mut cursor)?.nonce, around))
            }
            functions::ReqPq::CONSTRUCTOR_ID => {
                Ok(self.challenge(functions::ReqPq::deserialize(&mut cursor)?.nonce, around))
            }
            functions::ReqDhParams::CONSTRUCTOR_ID => {
                self.offer(&functions::ReqDhParams::deserialize(&mut cursor)?, around)
            }
            functions::SetClientDhParams::CONSTRUCTOR_ID => {
                self.conclude(functions::SetClientDhParams::deserialize(&mut cursor)?, around)
            }
            _ => Err(Refusal::OutOfTurn),
        }
    }

    /// `req_pq`: a product to factor, and the key to encrypt with. Starts over at any time.
    fn challenge(&mut self, nonce: [u8; 16], around: &mut Surroundings<'_>) -> Reply {
        let factors = primes::pair(around.chance);
        let nonces = Nonces { client: nonce, server: draw(around.chance) };
        self.0 = Stage::Challenged(Challenge { nonces, factors });
        let answer = types::ResPq {
            nonce,
            server_nonce: nonces.server,
            pq: (factors.0 * factors.1).to_be_bytes().to_vec(),
            server_public_key_fingerprints: vec![around.rsa.fingerprint()],
        };
        reply(&enums::ResPq::Pq(answer))
    }

    /// `req_DH_params`: checks the factors, opens the client's new nonce, and offers `g^a`.
    fn offer(
        &mut self,
        request: &functions::ReqDhParams,
        around: &mut Surroundings<'_>,
    ) -> Result<Reply, Refusal> {
        let Stage::Challenged(challenge) = &self.0 else { return Err(Refusal::OutOfTurn) };
        challenge.nonces.check(request.nonce, request.server_nonce)?;
        let sent = (request.p.clone(), request.q.clone());
        challenge.check_factors(&sent)?;
        if request.public_key_fingerprint != around.rsa.fingerprint() {
            return Err(Refusal::Fingerprint);
        }
        let inner = around.rsa.open(&request.encrypted_data, inner_length).ok_or(Refusal::Encryption)?;
        let inner = InnerData::parse(&inner)?;
        let same = inner.nonces.check(request.nonce, request.server_nonce).is_ok() && inner.factors == sent;
        let nonces = challenge.nonces;
        if !same {
            self.0 = Stage::Idle;
            return Ok(nonces.params_fail(&inner.new_nonce));
        }
        let offer =
            Offer { nonces, new_nonce: inner.new_nonce, secret: group::secret(around.chance), retry_id: 0 };
        let answer = offer.params_ok(around);
        self.0 = Stage::Offered(offer);
        Ok(answer)
    }

    /// `set_client_DH_params`: the key, if the client's half is sound and the key is new.
    fn conclude(
        &mut self,
        request: functions::SetClientDhParams,
        around: &mut Surroundings<'_>,
    ) -> Result<Reply, Refusal> {
        let Stage::Offered(offer) = &mut self.0 else { return Err(Refusal::OutOfTurn) };
        offer.nonces.check(request.nonce, request.server_nonce)?;
        let inner = offer.open(request.encrypted_data)?;
        let bytes = group::shared(&inner.g_b, &offer.secret);
        let (Some(bytes), true) = (bytes, inner.retry_id == offer.retry_id) else {
            let answer = offer.gen_fail(&bytes.unwrap_or([0; 256]));
            self.0 = Stage::Idle;
            return Ok(answer);
        };
        let key = AuthKey::new(bytes);
        if (around.taken)(key.id()) {
            offer.retry_id = aux_hash(&bytes);
            return Ok(offer.gen_retry(&bytes));
        }
        let answer = offer.gen_ok(&bytes, key);
        self.0 = Stage::Idle;
        Ok(answer)
    }
}

impl Nonces {
    fn check(&self, client: [u8; 16], server: [u8; 16]) -> Result<(), Refusal> {
        if self.client == client && self.server == server { Ok(()) } else { Err(Refusal::Nonce) }
    }

    fn params_fail(&self, new_nonce: &[u8; 32]) -> Reply {
        let digest = Sha1::digest(new_nonce);
        let answer = types::ServerDhParamsFail {
            nonce: self.client,
            server_nonce: self.server,
            new_nonce_hash: *digest.last_chunk().expect("a SHA-1 has 20 bytes"),
        };
        reply(&enums::ServerDhParams::Fail(answer))
    }
}

impl Challenge {
    fn check_factors(&self, sent: &(Vec<u8>, Vec<u8>)) -> Result<(), Refusal> {
        let same = |bytes: &[u8], number: u64| BigUint::from_bytes_be(bytes) == BigUint::from(number);
        if same(&sent.0, self.factors.0) && same(&sent.1, self.factors.1) {
            Ok(())
        } else {
            Err(Refusal::Factors)
        }
    }
}

impl Offer {
    fn params_ok(&self, around: &mut Surroundings<'_>) -> Reply {
        let inner = types::ServerDhInnerData {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            g: group::G,
            dh_prime: group::prime().to_bytes_be(),
            g_a: group::public(&self.secret),
            server_time: around.now,
        };
        let inner = enums::ServerDhInnerData::Data(inner).to_bytes();
        let mut data = Sha1::digest(&inner).to_vec();
        data.extend(inner);
        let start = data.len();
        data.resize(start.next_multiple_of(16), 0);
        around.chance.fill(&mut data[start..]);
        let (key, iv) = generate_key_data_from_nonce(&self.nonces.server, &self.new_nonce);
        aes::ige_encrypt(&mut data, &key, &iv);
        let answer = types::ServerDhParamsOk {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            encrypted_answer: data,
        };
        reply(&enums::ServerDhParams::Ok(answer))
    }

    /// The client's half, if it was encrypted under the nonces of this exchange.
    fn open(&self, mut data: Vec<u8>) -> Result<types::ClientDhInnerData, Refusal> {
        if !data.len().is_multiple_of(16) {
            return Err(Refusal::Encryption);
        }
        let (key, iv) = generate_key_data_from_nonce(&self.nonces.server, &self.new_nonce);
        aes::ige_decrypt(&mut data, &key, &iv);
        let (hash, inner) = data.split_first_chunk::<20>().ok_or(Refusal::Encryption)?;
        let mut cursor = Cursor::from_slice(inner);
        let parsed = enums::ClientDhInnerData::deserialize(&mut cursor).map_err(|_| Refusal::Encryption)?;
        if Sha1::digest(&inner[..cursor.pos()])[..] != hash[..] {
            return Err(Refusal::Encryption);
        }
        let enums::ClientDhInnerData::Data(inner) = parsed;
        self.nonces.check(inner.nonce, inner.server_nonce)?;
        Ok(inner)
    }

    fn gen_ok(&self, bytes: &[u8; 256], key: AuthKey) -> Reply {
        let answer = types::DhGenOk {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            new_nonce_hash1: self.hash(1, bytes),
        };
        let made = Made { key, salt: self.first_salt() };
        Reply { made: Some(made), ..reply(&enums::SetClientDhParamsAnswer::DhGenOk(answer)) }
    }

    fn gen_retry(&self, bytes: &[u8; 256]) -> Reply {
        let answer = types::DhGenRetry {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            new_nonce_hash2: self.hash(2, bytes),
        };
        reply(&enums::SetClientDhParamsAnswer::DhGenRetry(answer))
    }

    fn gen_fail(&self, bytes: &[u8; 256]) -> Reply {
        let answer = types::DhGenFail {
            nonce: self.nonces.client,
            server_nonce: self.nonces.server,
            new_nonce_hash3: self.hash(3, bytes),
        };
        reply(&enums::SetClientDhParamsAnswer::DhGenFail(answer))
    }

    fn hash(&self, number: u8, key: &[u8; 256]) -> [u8; 16] {
        grammers_crypto::AuthKey::from_bytes(*key).calc_new_nonce_hash(&self.new_nonce, number)
    }

    fn first_salt(&self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|i| self.new_nonce[i] ^ self.nonces.server[i]))
    }
}

impl InnerData {
    fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        use enums::PQInnerData as P;
        // Temporary keys last as long as the others here.
        let (factors, client, server, new_nonce) = match P::from_bytes(bytes)? {
            P::Data(d) => ((d.p, d.q), d.nonce, d.server_nonce, d.new_nonce),
            P::Dc(d) => ((d.p, d.q), d.nonce, d.server_nonce, d.new_nonce),
            P::Temp(d) => ((d.p, d.q), d.nonce, d.server_nonce, d.new_nonce),
            P::TempDc(d) => ((d.p, d.q), d.nonce, d.server_nonce, d.new_nonce),
        };
        Ok(Self { nonces: Nonces { client, server }, new_nonce, factors })
    }
}

/// How many of these bytes an inner data takes up.
fn inner_length(bytes: &[u8]) -> Option<usize> {
    let mut cursor = Cursor::from_slice(bytes);
    enums::PQInnerData::deserialize(&mut cursor).ok()?;
    Some(cursor.pos())
}

fn aux_hash(key: &[u8; 256]) -> i64 {
    let digest = Sha1::digest(key);
    i64::from_le_bytes(*digest.first_chunk().expect("a SHA-1 has 20 bytes"))
}

fn reply(answer: &impl Serializable) -> Reply {
    Reply { body: answer.to_bytes(), made: None }
}
