//! How frames are cut out of a TCP stream: full, abridged, intermediate, padded intermediate, each bare or obfuscated.
//!
//! The client says by its first bytes which one it speaks; the answers are framed the same way.

mod abridged;
mod full;
mod intermediate;
mod obfuscated;

#[cfg(test)]
mod tests;

use grammers_crypto::ObfuscatedCipher;
use thiserror::Error;

use full::Full;

/// The longest frame accepted, in bytes.
pub const FRAME_LIMIT: usize = 2 * 1024 * 1024;

/// Why a stream can't be read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The length is above [`FRAME_LIMIT`].
    #[error("a frame of {0} bytes is too long")]
    TooLong(usize),
    /// The length leaves no room for a frame.
    #[error("a frame can't be {0} bytes long")]
    TooShort(usize),
    /// Full transport: frames are numbered, and this one is out of turn.
    #[error("frame {got} where {expected} was due")]
    Sequence {
        /// The number that was due.
        expected: u32,
        /// The number that came.
        got: u32,
    },
    /// Full transport: the CRC-32 does not fit.
    #[error("the checksum of a frame is wrong")]
    Checksum,
    /// The first bytes name no transport.
    #[error("the first bytes name no transport")]
    UnknownTransport,
}

/// A frame found in the buffer: where its payload lies, and where the next frame begins.
struct Found {
    payload: std::ops::Range<usize>,
    next: usize,
}

/// What was read so far: nothing whole yet, or a frame.
type Reading = Result<Option<Found>, FrameError>;

#[derive(Debug)]
enum Kind {
    Full(Full),
    Abridged,
    Intermediate,
    /// Payloads may carry up to 15 bytes of padding, which the encrypted message tells apart.
    PaddedIntermediate,
}

/// One connection's framing, both ways. Bytes in, frames out; no I/O.
#[derive(Default)]
pub struct Framing {
    kind: Option<Kind>,
    cipher: Option<ObfuscatedCipher>,
    inbox: Vec<u8>,
}

impl Framing {
    /// Takes in what the socket gave.
    pub fn feed(&mut self, bytes: &[u8]) {
        let start = self.inbox.len();
        self.inbox.extend_from_slice(bytes);
        if let Some(cipher) = &mut self.cipher {
            cipher.decrypt(&mut self.inbox[start..]);
        }
    }

    /// The next whole frame, if there is one. After an error the stream is lost.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, FrameError> {
        if self.kind.is_none() && !self.detect()? {
            return Ok(None);
        }
        let found = match &mut self.kind {
            None => None,
            Some(Kind::Full(full)) => full.find(&self.inbox)?,
            Some(Kind::Abridged) => abridged::find(&self.inbox)?,
            Some(Kind::Intermediate | Kind::PaddedIntermediate) => intermediate::find(&self.inbox)?,
        };
        Ok(found.map(|found| {
            let payload = self.inbox[found.payload].to_vec();
            self.inbox.drain(..found.next);
            payload
        }))
    }

    /// A payload as it goes on the wire. Nothing comes out before the client has spoken.
    pub fn pack(&mut self, payload: &[u8]) -> Vec<u8> {
        let framed = match &mut self.kind {
            None => Vec::new(),
            Some(Kind::Full(full)) => full.pack(payload),
            Some(Kind::Abridged) => abridged::pack(payload),
            Some(Kind::Intermediate | Kind::PaddedIntermediate) => intermediate::pack(payload),
        };
        self.hide(framed)
    }

    /// A transport error such as 404 (unknown key), after which the server hangs up.
    pub fn pack_error(&mut self, code: i32) -> Vec<u8> {
        if matches!(self.kind, Some(Kind::Full(_))) {
            // Clients read a length and a number before they look; both carry the code, as Telegram's do.
            return [-code; 3].iter().flat_map(|word| word.to_le_bytes()).collect();
        }
        self.pack(&(-code).to_le_bytes())
    }

    fn hide(&mut self, mut framed: Vec<u8>) -> Vec<u8> {
        if let Some(cipher) = &mut self.cipher {
            cipher.encrypt(&mut framed);
        }
        framed
    }

    /// Finds out the transport; false while there are too few bytes to tell.
    fn detect(&mut self) -> Result<bool, FrameError> {
        let Some(&first) = self.inbox.first() else { return Ok(false) };
        if first == abridged::TAG {
            return Ok(self.settle(Kind::Abridged, 1));
        }
        let Some(words) = self.inbox.first_chunk::<8>() else {
            return Ok(self.detect_short());
        };
        if let Some(kind) = intermediate::kind(words) {
            return Ok(self.settle(kind, 4));
        }
        if words[4..] == [0; 4] {
            return Ok(self.settle(Kind::Full(Full::default()), 0));
        }
        self.detect_obfuscated()
    }

    /// Four bytes are enough for the intermediate transports.
    fn detect_short(&mut self) -> bool {
        match self.inbox.first_chunk::<4>().and_then(|tag| intermediate::kind(tag)) {
            Some(kind) => self.settle(kind, 4),
            None => false,
        }
    }

    fn detect_obfuscated(&mut self) -> Result<bool, FrameError> {
        let Some(header) = self.inbox.first_chunk::<{ obfuscated::HEADER }>() else {
            return Ok(false);
        };
        let (mut cipher, kind) = obfuscated::open(header)?;
        cipher.decrypt(&mut self.inbox[obfuscated::HEADER..]);
        self.cipher = Some(cipher);
        Ok(self.settle(kind, obfuscated::HEADER))
    }

    fn settle(&mut self, kind: Kind, header: usize) -> bool {
        self.kind = Some(kind);
        self.inbox.drain(..header);
        true
    }
}
