//! What a client packed: containers and compression.

use std::io::Read;

use flate2::read::GzDecoder;
use grammers_tl_types::{Cursor, Deserializable};

use crate::mtproto::crypto::Message;

/// `msg_container`.
pub const CONTAINER: u32 = 0x73f1_f8dc;
/// `gzip_packed`.
pub const GZIP_PACKED: u32 = 0x3072_cfa1;

/// The most messages in a container.
const CONTAINER_LIMIT: usize = 1020;
/// The most bytes that all compressed parts of one frame may unfold to.
const UNFOLDED_LIMIT: usize = 4 * 1024 * 1024;

/// The container or a compressed part of it can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// The TL constructor a body begins with; 0 for none.
pub fn constructor(body: &[u8]) -> u32 {
    body.first_chunk().map_or(0, |id| u32::from_le_bytes(*id))
}

/// The messages inside, in order, without compression. Containers do not nest.
pub fn unpack(message: Message) -> Result<Vec<Message>, Broken> {
    let mut budget = UNFOLDED_LIMIT;
    let message = unfold(message, &mut budget)?;
    if constructor(&message.body) != CONTAINER {
        return Ok(vec![message]);
    }
    let inner = split(&message.body[4..])?;
    let inner: Result<Vec<Message>, Broken> =
        inner.into_iter().map(|message| unfold(message, &mut budget)).collect();
    inner.and_then(|inner| {
        let nested = inner.iter().any(|message| constructor(&message.body) == CONTAINER);
        if nested { Err(Broken) } else { Ok(inner) }
    })
}

fn split(mut rest: &[u8]) -> Result<Vec<Message>, Broken> {
    let count = take::<4>(&mut rest).map(u32::from_le_bytes)?;
    let count = usize::try_from(count).ok().filter(|count| *count <= CONTAINER_LIMIT).ok_or(Broken)?;
    (0..count).map(|_| split_one(&mut rest)).collect()
}

fn split_one(rest: &mut &[u8]) -> Result<Message, Broken> {
    let id = take::<8>(rest).map(i64::from_le_bytes)?;
    let seq_no = take::<4>(rest).map(i32::from_le_bytes)?;
    let length = take::<4>(rest).map(u32::from_le_bytes)?;
    let length = usize::try_from(length).map_err(|_| Broken)?;
    let (body, after) = rest.split_at_checked(length).ok_or(Broken)?;
    *rest = after;
    Ok(Message { id, seq_no, body: body.to_vec() })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Broken> {
    let (taken, after) = rest.split_first_chunk::<N>().ok_or(Broken)?;
    *rest = after;
    Ok(*taken)
}

fn unfold(message: Message, budget: &mut usize) -> Result<Message, Broken> {
    if constructor(&message.body) != GZIP_PACKED {
        return Ok(message);
    }
    let packed = Vec::<u8>::deserialize(&mut Cursor::from_slice(&message.body[4..])).map_err(|_| Broken)?;
    let limit = u64::try_from(*budget).unwrap_or(u64::MAX);
    let mut body = Vec::new();
    GzDecoder::new(packed.as_slice()).take(limit + 1).read_to_end(&mut body).map_err(|_| Broken)?;
    *budget = budget.checked_sub(body.len()).ok_or(Broken)?;
    Ok(Message { body, ..message })
}
