//! Full: length, number and CRC-32 around each payload.

use flate2::Crc;

use super::{FRAME_LIMIT, Found, FrameError, Reading};

/// Length and number before the payload, CRC after it.
const OVERHEAD: usize = 12;

/// Both directions number their frames from 0.
#[derive(Debug, Default)]
pub struct Full {
    received: u32,
    sent: u32,
}

impl Full {
    pub fn find(&mut self, inbox: &[u8]) -> Reading {
        let Some((length, rest)) = inbox.split_first_chunk::<4>() else { return Ok(None) };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        check_length(length)?;
        let Some(number) = rest.first_chunk::<4>() else { return Ok(None) };
        self.check_number(u32::from_le_bytes(*number))?;
        let Some(frame) = inbox.get(..length) else { return Ok(None) };
        let (body, crc) = frame.split_at(length - 4);
        if checksum(body).to_le_bytes() != crc {
            return Err(FrameError::Checksum);
        }
        self.received = self.received.wrapping_add(1);
        Ok(Some(Found { payload: 8..length - 4, next: length }))
    }

    pub fn pack(&mut self, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len() + OVERHEAD).unwrap_or(u32::MAX);
        let mut framed = Vec::with_capacity(payload.len() + OVERHEAD);
        framed.extend(length.to_le_bytes());
        framed.extend(self.sent.to_le_bytes());
        framed.extend(payload);
        framed.extend(checksum(&framed).to_le_bytes());
        self.sent = self.sent.wrapping_add(1);
        framed
    }

    fn check_number(&self, got: u32) -> Result<(), FrameError> {
        if got == self.received {
            return Ok(());
        }
        Err(FrameError::Sequence { expected: self.received, got })
    }
}

fn check_length(length: usize) -> Result<(), FrameError> {
    match length {
        ..OVERHEAD => Err(FrameError::TooShort(length)),
        _ if length > FRAME_LIMIT => Err(FrameError::TooLong(length)),
        _ => Ok(()),
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}
