//! Obfuscation: 64 bytes that hold the keys of both directions, then everything under AES-CTR.

use grammers_crypto::ObfuscatedCipher;

use super::{FrameError, Kind, abridged, intermediate};

/// The length of the header.
pub const HEADER: usize = 64;
/// Where the header, once decrypted, names the transport inside.
const TAG: std::ops::Range<usize> = 56..60;

/// The server's view of the ciphers, already past the header, and the transport inside.
pub fn open(header: &[u8; HEADER]) -> Result<(ObfuscatedCipher, Kind), FrameError> {
    // The cipher takes the client's side; backwards, the header gives the server's.
    let mut reversed = *header;
    reversed.reverse();
    let mut cipher = ObfuscatedCipher::new(&reversed);
    let mut plain = *header;
    cipher.decrypt(&mut plain);
    let tag = &plain[TAG];
    match intermediate::kind(tag) {
        Some(kind) => Ok((cipher, kind)),
        None if tag == [abridged::TAG; 4] => Ok((cipher, Kind::Abridged)),
        None => Err(FrameError::UnknownTransport),
    }
}
