//! Abridged: a length in words, in one byte or, after 0x7f, in three.

use super::{FRAME_LIMIT, Found, FrameError, Reading};

/// The client's first byte.
pub const TAG: u8 = 0xef;
/// Announces a length of three bytes.
const LONG: u8 = 0x7f;
/// Asks for a quick acknowledgement, which this server does not give.
const QUICK_ACK: u8 = 0x80;

pub fn find(inbox: &[u8]) -> Reading {
    let Some(&first) = inbox.first() else { return Ok(None) };
    let (words, header) = match first & !QUICK_ACK {
        LONG => match inbox.get(1..4) {
            Some(&[a, b, c]) => (u32::from_le_bytes([a, b, c, 0]) as usize, 4),
            _ => return Ok(None),
        },
        short => (usize::from(short), 1),
    };
    let length = words * 4;
    match length {
        0 => return Err(FrameError::TooShort(0)),
        _ if length > FRAME_LIMIT => return Err(FrameError::TooLong(length)),
        _ if inbox.len() < header + length => return Ok(None),
        _ => {}
    }
    Ok(Some(Found { payload: header..header + length, next: header + length }))
}

pub fn pack(payload: &[u8]) -> Vec<u8> {
    let words = payload.len().div_ceil(4);
    let mut framed = Vec::with_capacity(payload.len() + 4);
    match u8::try_from(words) {
        Ok(words) if words < LONG => framed.push(words),
        _ => {
            let [a, b, c, ..] = words.to_le_bytes();
            framed.extend([LONG, a, b, c]);
        }
    }
    framed.extend(payload);
    framed
}
