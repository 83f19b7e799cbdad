//! Encrypted messages (MTProto 2.0), seen from the server.

use std::fmt;

use grammers_crypto::aes;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::chance::Chance;

/// Key id and message key, before the encrypted part.
const HEADER: usize = 24;
/// The least padding, in bytes.
const PADDING_LEAST: usize = 12;
/// The most padding, in bytes.
const PADDING_MOST: usize = 1024;
/// Salt, session, message id, sequence number and length, before the body.
const INNER_HEADER: usize = 32;

/// A key both sides know, made by the key exchange.
#[derive(Clone)]
pub struct AuthKey([u8; 256]);

/// The low 64 bits of a key's SHA-1: what encrypted messages name it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub i64);

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuthKey").field(&self.id()).finish()
    }
}

/// A decrypted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The server salt the sender used.
    pub salt: i64,
    /// The client's session.
    pub session: i64,
    /// The message.
    pub message: Message,
}

/// A message with its number and its place in the sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Time and order.
    pub id: i64,
    /// Odd for what has to be acknowledged.
    pub seq_no: i32,
    /// TL.
    pub body: Vec<u8>,
}

/// Which way a message goes; each way has its own part of the key.
#[derive(Clone, Copy)]
enum Way {
    FromClient = 0,
    FromServer = 8,
}

impl From<[u8; 256]> for AuthKey {
    fn from(bytes: [u8; 256]) -> Self {
        Self(bytes)
    }
}

impl AuthKey {
    /// A key of 2,048 bits.
    pub fn new(bytes: [u8; 256]) -> Self {
        Self(bytes)
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        let digest = Sha1::digest(self.0);
        KeyId(i64::from_le_bytes(*digest.last_chunk().expect("a SHA-1 has 20 bytes")))
    }

    /// The key a frame was encrypted with; 0 for a plain message. `None` for a frame that is too short.
    pub fn id_in(frame: &[u8]) -> Option<KeyId> {
        frame.first_chunk().map(|id| KeyId(i64::from_le_bytes(*id)))
    }

    /// Opens a client's frame. `None` if it was not made with this key, or is damaged.
    pub fn open(&self, frame: &[u8]) -> Option<Plain> {
        self.open_from(Way::FromClient, frame)
    }

    /// Closes a message to the client.
    pub fn close(&self, plain: &Plain, chance: &mut dyn Chance) -> Vec<u8> {
        self.close_from(Way::FromServer, plain, chance)
    }

    fn open_from(&self, way: Way, frame: &[u8]) -> Option<Plain> {
        let msg_key: [u8; 16] = frame.get(8..HEADER)?.try_into().ok()?;
        let encrypted = &frame[HEADER..];
        // Padded intermediate leaves up to 15 bytes after the last whole block.
        let mut data = encrypted[..encrypted.len() & !15].to_vec();
        let (key, iv) = self.cipher(way, &msg_key);
        aes::ige_decrypt(&mut data, &key, &iv);
        if self.msg_key(way, &data) != msg_key {
            return None;
        }
        parse(&data)
    }

    fn close_from(&self, way: Way, plain: &Plain, chance: &mut dyn Chance) -> Vec<u8> {
        let mut data = serialize(plain);
        let whole = (data.len() + PADDING_LEAST).next_multiple_of(16);
        let start = data.len();
        data.resize(whole, 0);
        chance.fill(&mut data[start..]);
        let msg_key = self.msg_key(way, &data);
        let (key, iv) = self.cipher(way, &msg_key);
        aes::ige_encrypt(&mut data, &key, &iv);
        [&self.id().0.to_le_bytes()[..], &msg_key, &data].concat()
    }

    /// The middle of the SHA-256 of a part of the key and the padded message.
    fn msg_key(&self, way: Way, data: &[u8]) -> [u8; 16] {
        let x = way as usize;
        let large = Sha256::new().chain_update(&self.0[88 + x..120 + x]).chain_update(data).finalize();
        std::array::from_fn(|i| large[8 + i])
    }

    fn cipher(&self, way: Way, msg_key: &[u8; 16]) -> ([u8; 32], [u8; 32]) {
        let x = way as usize;
        let a = Sha256::new().chain_update(msg_key).chain_update(&self.0[x..x + 36]).finalize();
        let b = Sha256::new().chain_update(&self.0[40 + x..76 + x]).chain_update(msg_key).finalize();
        let middle = |outer: &[u8], inner: &[u8]| -> [u8; 32] {
            std::array::from_fn(|i| if (8..24).contains(&i) { inner[i] } else { outer[i] })
        };
        (middle(&a, &b), middle(&b, &a))
    }
}

fn serialize(plain: &Plain) -> Vec<u8> {
    let message = &plain.message;
    let length = u32::try_from(message.body.len()).unwrap_or(u32::MAX);
    let mut data = Vec::with_capacity(INNER_HEADER + message.body.len() + 32);
    data.extend(plain.salt.to_le_bytes());
    data.extend(plain.session.to_le_bytes());
    data.extend(message.id.to_le_bytes());
    data.extend(message.seq_no.to_le_bytes());
    data.extend(length.to_le_bytes());
    data.extend(&message.body);
    data
}

fn parse(data: &[u8]) -> Option<Plain> {
    let long = |at: usize| data.get(at..at + 8)?.try_into().ok().map(i64::from_le_bytes);
    let int = |at: usize| data.get(at..at + 4)?.try_into().ok().map(i32::from_le_bytes);
    let length = usize::try_from(int(28)?).ok()?;
    let padding = data.len().checked_sub(INNER_HEADER)?.checked_sub(length)?;
    if length % 4 != 0 || !(PADDING_LEAST..=PADDING_MOST).contains(&padding) {
        return None;
    }
    let body = data[INNER_HEADER..INNER_HEADER + length].to_vec();
    Some(Plain {
        salt: long(0)?,
        session: long(8)?,
        message: Message { id: long(16)?, seq_no: int(24)?, body },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mtproto::chance::fixed::FixedChance;

    fn key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| u8::try_from(i).unwrap()))
    }

    fn plain(body: &[u8]) -> Plain {
        Plain { salt: 1, session: -2, message: Message { id: 3, seq_no: 5, body: body.to_vec() } }
    }

    #[test]
    fn the_client_reads_what_the_server_closes() {
        let frame = key().close(&plain(b"twelve bytes"), &mut FixedChance::default());
        let bytes: [u8; 256] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        let mut copy = frame.clone();
        let opened =
            grammers_crypto::decrypt_data_v2(&mut copy, &grammers_crypto::AuthKey::from_bytes(bytes))
                .unwrap();
        assert_eq!(parse(opened), Some(plain(b"twelve bytes")));
        assert_eq!(AuthKey::id_in(&frame), Some(key().id()));
    }

    #[test]
    fn the_server_reads_what_a_client_closes_and_nothing_else() {
        let mut frame =
            key().close_from(Way::FromClient, &plain(b"twelve bytes"), &mut FixedChance::default());
        assert_eq!(key().open(&frame), Some(plain(b"twelve bytes")));
        let mut padded = frame.clone();
        padded.extend([1; 7]);
        assert_eq!(key().open(&padded), Some(plain(b"twelve bytes")));
        frame[30] ^= 1;
        assert_eq!(key().open(&frame), None);
        let from_server = key().close(&plain(b"twelve bytes"), &mut FixedChance::default());
        assert_eq!(key().open(&from_server), None);
    }

    #[test]
    fn short_frames_are_nothing() {
        for length in 0..80 {
            assert_eq!(key().open(&vec![0; length]), None);
        }
    }
}
