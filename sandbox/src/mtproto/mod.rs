//! The MTProto door: what an unmodified Telegram client connects to.
//!
//! From the wire inwards: `transport` cuts frames, `handshake` makes keys, `crypto` opens and closes messages,
//! `envelope` takes them apart and numbers them, `rpc` has the methods, `view` puts the world into TL.
//! `door` and `connection` are the only parts that touch a socket.

mod chance;
mod connection;
mod crypto;
mod door;
mod envelope;
mod handshake;
mod keys;
mod mistaken;
mod parked;
mod passwords;
mod primes;
#[cfg(test)]
mod requests;
mod rpc;
mod rsa_key;
mod sessions;
mod srp;
#[cfg(test)]
mod tests;
mod transport;
mod uploads;
mod view;

pub(crate) use chance::Draw;
pub(crate) use connection::names_a_chat;
pub use door::Door;
pub(crate) use rpc::names;
pub use rsa_key::{KeyError, RsaKey};
pub use sessions::{MadeKey, Sessions};
pub(crate) use transport::{FRAME_LIMIT, Framing};
