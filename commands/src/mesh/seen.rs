//! Messages that were acted on: heard again, they change nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;

use crate::fact::Fact;
use crate::ids::{ChatId, Ear, MessageRef};

/// So many messages are remembered for each chat.
pub const SEEN_PER_CHAT: usize = 4_096;

/// The same words of the same sender by hook and in the chat are one utterance within this time.
const TWIN_WITHIN: SignedDuration = SignedDuration::from_secs(120);

/// The last messages of each chat that were acted on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    chats: BTreeMap<ChatId, Ring>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// The message, as it was when it was last acted on.
    pub message: MessageRef,
    /// It was an utterance; else it was almost one.
    pub read: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Ring {
    order: VecDeque<Known>,
    keys: BTreeSet<(Ear, i32)>,
}

impl Seen {
    /// What is known of this message, as its ear numbered it.
    pub fn get(&self, message: &MessageRef) -> Option<&Known> {
        let ring = self.chats.get(&message.chat)?;
        ring.keys.contains(&key(message)).then(|| ring.order.iter().rfind(|known| same(known, message)))?
    }

    /// Whether its sender said the same over the other door (the group, a hook) a moment ago.
    pub fn has_twin(&self, message: &MessageRef) -> bool {
        let hook = |message: &MessageRef| message.ear == Ear::Hook;
        self.chats.get(&message.chat).is_some_and(|ring| {
            ring.order.iter().any(|Known { message: known, .. }| {
                (known.from, known.print) == (message.from, message.print)
                    && hook(known) != hook(message)
                    && message.at.duration_since(known.at).abs() <= TWIN_WITHIN
            })
        })
    }

    pub(super) fn note(&mut self, message: MessageRef, read: bool) {
        let ring = self.chats.entry(message.chat).or_default();
        let known = Known { message, read };
        if !ring.keys.insert(key(&message)) {
            if let Some(before) = ring.order.iter_mut().rfind(|known| same(known, &message)) {
                *before = known;
            }
            return;
        }
        ring.order.push_back(known);
        if ring.order.len() > SEEN_PER_CHAT
            && let Some(old) = ring.order.pop_front()
        {
            ring.keys.remove(&key(&old.message));
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.chats.values().flat_map(|ring| &ring.order).map(|&Known { message, read }| {
            if read { Fact::Noted { message } } else { Fact::Unread { message } }
        })
    }
}

fn key(message: &MessageRef) -> (Ear, i32) {
    (message.ear, message.id)
}

fn same(known: &Known, message: &MessageRef) -> bool {
    key(&known.message) == key(message)
}
