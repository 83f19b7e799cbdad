//! Messages that were acted on: heard again, they change nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::fact::Fact;
use crate::ids::{ChatId, Ear, MessageRef, UserId};

/// So many messages are remembered for each chat ...
pub const SEEN_PER_CHAT: usize = 4_096;
/// ... and so many chats; of more, the one that was silent longest is forgotten.
pub const SEEN_CHATS: usize = 256;

/// The same words of the same sender by hook and in the chat are one utterance within this time.
pub(super) const TWIN_WITHIN: SignedDuration = SignedDuration::from_secs(120);

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
    order: VecDeque<(Ear, i32)>,
    known: BTreeMap<Ear, BTreeMap<i32, Known>>,
    /// Who said what when, for twins.
    words: BTreeSet<(UserId, u64, Timestamp, Ear, i32)>,
    last: Option<Timestamp>,
}

impl Ring {
    fn put(&mut self, known: Known) -> bool {
        let message = known.message;
        let before = self.known.entry(message.ear).or_default().insert(message.id, known);
        if let Some(before) = before {
            self.words.remove(&words(&before.message));
        }
        self.words.insert(words(&message));
        self.last = self.last.max(Some(message.at));
        before.is_none()
    }

    fn forget_oldest(&mut self) {
        let Some((ear, id)) = self.order.pop_front() else { return };
        let Some(numbered) = self.known.get_mut(&ear) else { return };
        if let Some(known) = numbered.remove(&id) {
            self.words.remove(&words(&known.message));
        }
        if numbered.is_empty() {
            self.known.remove(&ear);
        }
    }

    fn get(&self, (ear, id): (Ear, i32)) -> Option<&Known> {
        let known = self.known.get(&ear)?;
        // Most messages are new: their number is greater than any before.
        let (last, _) = known.last_key_value()?;
        if id > *last { None } else { known.get(&id) }
    }
}

impl Seen {
    /// What is known of this message, as its ear numbered it.
    pub fn get(&self, message: &MessageRef) -> Option<&Known> {
        self.chats.get(&message.chat)?.get(key(message))
    }

    /// Whether its sender said the same over the other door (the group, a hook) a moment ago.
    pub fn has_twin(&self, message: &MessageRef) -> bool {
        let at = |wait: SignedDuration| message.at.saturating_add(wait).unwrap_or(message.at);
        let said = |at| (message.from, message.print, at, Ear::Account(i64::MIN), i32::MIN);
        let (from, to) = (said(at(-TWIN_WITHIN)), said(at(TWIN_WITHIN + SignedDuration::from_nanos(1))));
        let other_door = |ear: &Ear| (*ear == Ear::Hook) != (message.ear == Ear::Hook);
        let ring = self.chats.get(&message.chat);
        ring.is_some_and(|ring| ring.words.range(from..to).any(|(_, _, _, ear, _)| other_door(ear)))
    }

    pub(super) fn note(&mut self, message: MessageRef, read: bool) {
        if !self.chats.contains_key(&message.chat) && self.chats.len() >= SEEN_CHATS {
            let silent = self.chats.iter().min_by_key(|(chat, ring)| (ring.last, **chat));
            if let Some(chat) = silent.map(|(chat, _)| *chat) {
                self.chats.remove(&chat);
            }
        }
        let ring = self.chats.entry(message.chat).or_default();
        if ring.put(Known { message, read }) {
            ring.order.push_back(key(&message));
        }
        if ring.order.len() > SEEN_PER_CHAT {
            ring.forget_oldest();
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        let rings = self.chats.values();
        let known = rings.flat_map(|ring| ring.order.iter().filter_map(|key| ring.get(*key)));
        known.map(
            |&Known { message, read }| {
                if read { Fact::Noted { message } } else { Fact::Unread { message } }
            },
        )
    }
}

fn key(message: &MessageRef) -> (Ear, i32) {
    (message.ear, message.id)
}

fn words(message: &MessageRef) -> (UserId, u64, Timestamp, Ear, i32) {
    (message.from, message.print, message.at, message.ear, message.id)
}
