//! The mesh's own messages that still matter: the board, the status cards, replies that will be edited.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::effect::Slot;
use crate::fact::Fact;
use crate::ids::{ChatId, VoiceId};

/// What the mesh said and may still change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voice {
    standing: BTreeMap<ChatId, BTreeMap<Slot, Standing>>,
}

/// One message of the mesh, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// Its id and when it was posted; none while the post is under way.
    pub posted: Option<(VoiceId, Timestamp)>,
    /// What it shows (a fingerprint), and since when.
    pub drawn: Option<(u64, Timestamp)>,
}

impl Voice {
    /// The message in a slot.
    pub fn get(&self, chat: ChatId, slot: &Slot) -> Option<&Standing> {
        self.standing.get(&chat)?.get(slot)
    }

    /// The id of the message in a slot, once it is posted.
    pub fn id(&self, chat: ChatId, slot: &Slot) -> Option<VoiceId> {
        self.get(chat, slot)?.posted.map(|(id, _)| id)
    }

    /// The slot that a message fills.
    pub fn slot_of(&self, chat: ChatId, message: VoiceId) -> Option<&Slot> {
        let mut here = self.standing.get(&chat)?.iter();
        here.find(|(_, standing)| standing.posted.is_some_and(|(id, _)| id == message)).map(|(slot, _)| slot)
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Posted { slot, chat, message, at } => {
                let standing = self.entry(*chat, slot);
                standing.posted = message.map(|id| (id, *at));
                if *standing == Standing::default() {
                    self.clear(*chat, slot);
                }
            }
            Fact::Drawn { slot, chat, print, at } => {
                self.entry(*chat, slot).drawn = Some((*print, *at));
            }
            Fact::Cleared { slot, chat } => self.clear(*chat, slot),
            _ => {}
        }
    }

    /// Forgets what stands in a chat.
    pub(super) fn leave(&mut self, chat: ChatId) {
        self.standing.remove(&chat);
    }

    fn entry(&mut self, chat: ChatId, slot: &Slot) -> &mut Standing {
        self.standing.entry(chat).or_default().entry(slot.clone()).or_default()
    }

    fn clear(&mut self, chat: ChatId, slot: &Slot) {
        let Some(here) = self.standing.get_mut(&chat) else { return };
        here.remove(slot);
        if here.is_empty() {
            self.standing.remove(&chat);
        }
    }

    pub(super) fn to_facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let all = self.standing.iter().flat_map(|(chat, here)| here.iter().map(move |each| (chat, each)));
        for (chat, (slot, standing)) in all {
            if let Some((message, at)) = standing.posted {
                let message = Some(message);
                facts.push(Fact::Posted { slot: slot.clone(), chat: *chat, message, at });
            }
            if let Some((print, at)) = standing.drawn {
                facts.push(Fact::Drawn { slot: slot.clone(), chat: *chat, print, at });
            }
        }
        facts
    }
}
