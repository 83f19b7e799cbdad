//! Sightings: the voice's own numbers for messages that the ear numbered differently (basic groups number them for each
//! account apart), found again by sender, second and text.

use std::collections::{BTreeMap, BTreeSet};

use commands::ids::{ChatId, MessageRef};

use crate::error::StoreError;
use crate::record::{VERSION_BYTE, torn};
use crate::trees::{Trees, Writes};

/// The most that are kept of one chat; the oldest go.
pub const SIGHTINGS_MOST: usize = 4_096;

/// How many are kept of each chat.
pub(crate) type Counts = BTreeMap<ChatId, usize>;

type Key = [u8; 36];
const BEFORE_ID: usize = 32;
const CHAT: usize = 8;

/// Chat, second, sender, text, id: the oldest of a chat come first, and equal messages stand side by side.
fn key_of(message: &MessageRef) -> Key {
    let mut key = [0; 36];
    key[..8].copy_from_slice(&sortable(message.chat.0));
    key[8..16].copy_from_slice(&sortable(message.at.as_second()));
    key[16..24].copy_from_slice(&sortable(message.from.0));
    key[24..32].copy_from_slice(&message.print.to_be_bytes());
    key[32..].copy_from_slice(&message.id.to_be_bytes());
    key
}

/// Big-endian with the sign turned, so that bytes sort as the numbers do.
fn sortable(number: i64) -> [u8; 8] {
    (number ^ i64::MIN).to_be_bytes()
}

pub(crate) fn count(trees: &Trees) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    for key in trees.sightings.iter().keys() {
        let chat = chat_of(&key?).ok_or_else(|| torn(|| "a sighting".to_owned(), "its key is short"))?;
        *counts.entry(chat).or_default() += 1;
    }
    Ok(counts)
}

fn chat_of(key: &[u8]) -> Option<ChatId> {
    let bytes = *key.first_chunk::<CHAT>()?;
    Some(ChatId(i64::from_be_bytes(bytes) ^ i64::MIN))
}

/// Adds sightings to a transaction, and takes out the oldest of chats that have too many.
pub(crate) fn write(
    trees: &Trees,
    writes: &mut Writes,
    counts: &mut Counts,
    sightings: &[MessageRef],
) -> Result<(), StoreError> {
    let mut new: BTreeMap<ChatId, BTreeSet<Key>> = BTreeMap::new();
    for sighting in sightings {
        let key = key_of(sighting);
        if !trees.sightings.contains_key(key)? {
            new.entry(sighting.chat).or_default().insert(key);
        }
    }
    for (chat, keys) in new {
        let count = counts.entry(chat).or_default();
        *count = write_chat(trees, writes, (chat, *count), &keys)?;
    }
    Ok(())
}

fn write_chat(
    trees: &Trees,
    writes: &mut Writes,
    (chat, count): (ChatId, usize),
    new: &BTreeSet<Key>,
) -> Result<usize, StoreError> {
    for key in new {
        writes.sightings.insert(&key[..], &[VERSION_BYTE]);
    }
    let total = count + new.len();
    let excess = total.saturating_sub(SIGHTINGS_MOST);
    let mut oldest: BTreeSet<Vec<u8>> = new.iter().map(|key| key.to_vec()).collect();
    let kept = trees.sightings.scan_prefix(sortable(chat.0)).keys();
    for key in kept.take(excess) {
        oldest.insert(key?.to_vec());
    }
    for key in oldest.into_iter().take(excess) {
        writes.sightings.remove(key);
    }
    Ok(total - excess)
}

/// The id of the `ordinal`-th message (from nought) like this one.
pub(crate) fn lookup(trees: &Trees, like: &MessageRef, ordinal: usize) -> Result<Option<i32>, StoreError> {
    let key = key_of(like);
    let mut alike = trees.sightings.scan_prefix(&key[..BEFORE_ID]).keys();
    let Some(found) = alike.nth(ordinal).transpose()? else {
        return Ok(None);
    };
    let id = found.last_chunk::<4>().copied();
    Ok(id.map(i32::from_be_bytes))
}
