//! The MTProto door: what an unmodified Telegram client connects to.

mod chance;
mod crypto;
mod envelope;
mod handshake;
mod primes;
mod rsa_key;
mod transport;

pub use rsa_key::{KeyError, RsaKey};
