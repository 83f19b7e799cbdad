//! Intermediate and padded intermediate: a length of four bytes before each payload.

use super::{FRAME_LIMIT, Found, FrameError, Kind, Reading};

/// Set in a length by clients that want a quick acknowledgement, which this server does not give.
const QUICK_ACK: u32 = 1 << 31;

/// Which of the two a connection's first bytes ask for.
pub fn kind(first: &[u8]) -> Option<Kind> {
    match first.first_chunk::<4>()? {
        [0xee, 0xee, 0xee, 0xee] => Some(Kind::Intermediate),
        [0xdd, 0xdd, 0xdd, 0xdd] => Some(Kind::PaddedIntermediate),
        _ => None,
    }
}

pub fn find(inbox: &[u8]) -> Reading {
    let Some(length) = inbox.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_le_bytes(*length) & !QUICK_ACK;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    match length {
        0..4 => return Err(FrameError::TooShort(length)),
        _ if length > FRAME_LIMIT => return Err(FrameError::TooLong(length)),
        _ if inbox.len() < 4 + length => return Ok(None),
        _ => {}
    }
    Ok(Some(Found { payload: 4..4 + length, next: 4 + length }))
}

pub fn pack(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let mut framed = Vec::with_capacity(payload.len() + 4);
    framed.extend(length.to_le_bytes());
    framed.extend(payload);
    framed
}
