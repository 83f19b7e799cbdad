//! Messages that were acted on: heard again, they change nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::fact::Fact;
use crate::ids::{ChatId, Ear, MessageRef};

/// So many messages are remembered for each chat (core.md).
pub const SEEN_PER_CHAT: usize = 4_096;

/// The last messages of each chat that were acted on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    chats: BTreeMap<ChatId, Ring>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Ring {
    order: VecDeque<MessageRef>,
    keys: BTreeSet<(Ear, i32)>,
}

impl Seen {
    /// Whether this message, as its ear numbered it, was acted on.
    pub fn contains(&self, message: &MessageRef) -> bool {
        self.chats.get(&message.chat).is_some_and(|ring| ring.keys.contains(&(message.ear, message.id)))
    }

    pub(super) fn note(&mut self, message: &MessageRef) {
        let ring = self.chats.entry(message.chat).or_default();
        if !ring.keys.insert((message.ear, message.id)) {
            return;
        }
        ring.order.push_back(*message);
        if ring.order.len() > SEEN_PER_CHAT
            && let Some(old) = ring.order.pop_front()
        {
            ring.keys.remove(&(old.ear, old.id));
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.chats.values().flat_map(|ring| &ring.order).map(|message| Fact::Noted { message: *message })
    }
}
