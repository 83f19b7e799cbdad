//! Telegram Desktop writes control characters as `\x0B`, which JSON does not know. They are put right on the way.

use std::io::{Error, ErrorKind, Read};

/// No string of an export is longer, in bytes as they stand in the file.
pub const STRING_MOST: usize = 1 << 20;
/// Bytes that are read at a time.
const AT_ONCE: usize = 64 * 1024;

/// The same bytes, with `\u00` for `\x` in strings; a string that is too long is an error.
pub struct Escapes<R> {
    inner: R,
    input: Vec<u8>,
    output: Vec<u8>,
    given: usize,
    within: Within,
}

/// Where in the text the next byte stands; in a string, after so many bytes of it.
#[derive(Clone, Copy)]
enum Within {
    Structure,
    String(usize),
    Escape(usize),
}

impl<R: Read> Escapes<R> {
    pub fn new(inner: R) -> Self {
        let (input, output) = (vec![0; AT_ONCE], Vec::with_capacity(AT_ONCE));
        Self { inner, input, output, given: 0, within: Within::Structure }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        let read = self.inner.read(&mut self.input)?;
        self.output.clear();
        self.given = 0;
        for &byte in &self.input[..read] {
            match (self.within, byte) {
                (Within::Escape(_), b'x') => self.output.extend_from_slice(b"u00"),
                _ => self.output.push(byte),
            }
            self.within = self.within.after(byte)?;
        }
        Ok(())
    }
}

impl Within {
    fn after(self, byte: u8) -> std::io::Result<Self> {
        Ok(match (self, byte) {
            (Self::Structure, b'"') => Self::String(0),
            (Self::Structure, _) | (Self::String(_), b'"') => Self::Structure,
            (Self::String(length) | Self::Escape(length), _) if length >= STRING_MOST => {
                let what = format!("a string is longer than {STRING_MOST} bytes");
                return Err(Error::new(ErrorKind::InvalidData, what));
            }
            (Self::String(length), b'\\') => Self::Escape(length + 1),
            (Self::String(length) | Self::Escape(length), _) => Self::String(length + 1),
        })
    }
}

impl<R: Read> Read for Escapes<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.output.len() {
            self.refill()?;
        }
        let rest = &self.output[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
