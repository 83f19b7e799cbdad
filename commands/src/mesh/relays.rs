//! What accounts of the node were ordered to say: whoever hears it knows that it is not its person's word.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::fact::{Fact, Relay};
use crate::ids::{ChatId, Ear, MessageRef, UserId, VoiceId};

/// So many are remembered at most; the oldest go.
pub const RELAYS_MOST: usize = 256;
/// They are remembered for so long after they were ordered.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Telegram's clock and the node's may differ by as much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

/// The last of them, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relays {
    known: VecDeque<Relayed>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Relayed {
    /// The order's key.
    pub key: String,
    /// The account that says it.
    pub account: UserId,
    /// Where.
    pub chat: ChatId,
    /// What, as a fingerprint.
    pub print: u64,
    /// When it was ordered.
    pub at: Timestamp,
    /// When it came to its end, and how.
    pub ended: Option<Ended>,
    heard: BTreeMap<Ear, i32>,
}

/// How it came to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Its number in the account's own numbering, where that is known.
    pub message: Option<VoiceId>,
    /// Why it was not said.
    pub failed: Option<String>,
}

impl Relayed {
    /// An ear hears each once: the same words, said again, are somebody's own.
    fn is(&self, message: &MessageRef) -> bool {
        let said = |at: Timestamp| message.at.duration_since(at);
        let begun = said(self.at) >= -CLOCKS_DIFFER;
        let over = self.ended.as_ref().is_some_and(|ended| said(ended.at) > CLOCKS_DIFFER);
        (self.account, self.print) == (message.from, message.print)
            && begun
            && !over
            && self.heard.get(&message.ear).is_none_or(|id| *id == message.id)
    }
}

impl Relays {
    /// The order of that key, if it is not older than a day.
    pub fn get(&self, key: &str, now: Timestamp) -> Option<&Relayed> {
        let found = self.known.iter().rfind(|known| known.key == key)?;
        (now.duration_since(found.at) < KEPT_FOR).then_some(found)
    }

    /// The order by which an account of ours said this.
    pub fn of(&self, message: &MessageRef) -> Option<&Relayed> {
        self.known.iter().find(|known| known.is(message))
    }

    pub(super) fn apply(&mut self, relay: &Relay) {
        match relay {
            Relay::Ordered { key, account, chat, print, at } => {
                let old = |known: &Relayed| at.duration_since(known.at) >= KEPT_FOR;
                while self.known.front().is_some_and(old) || self.known.len() >= RELAYS_MOST {
                    self.known.pop_front();
                }
                let (account, chat, print, at) = (*account, *chat, *print, *at);
                let (key, ended, heard) = (key.clone(), None, BTreeMap::new());
                self.known.push_back(Relayed { key, account, chat, print, at, ended, heard });
            }
            Relay::Ended { key, at, message, failed } => {
                let ended = Ended { at: *at, message: *message, failed: failed.clone() };
                self.change(key, |known| known.ended = Some(ended));
            }
            Relay::Heard { key, ear, message } => {
                self.change(key, |known| {
                    known.heard.insert(*ear, *message);
                });
            }
        }
    }

    fn change(&mut self, key: &str, change: impl FnOnce(&mut Relayed)) {
        if let Some(known) = self.known.iter_mut().rfind(|known| known.key == key) {
            change(known);
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.known.iter().flat_map(Relayed::to_facts).map(Fact::Relayed)
    }
}

impl Relayed {
    fn to_facts(&self) -> Vec<Relay> {
        let key = || self.key.clone();
        let (account, chat, print, at) = (self.account, self.chat, self.print, self.at);
        let mut facts = vec![Relay::Ordered { key: key(), account, chat, print, at }];
        facts.extend(self.ended.iter().map(|Ended { at, message, failed }| Relay::Ended {
            key: key(),
            at: *at,
            message: *message,
            failed: failed.clone(),
        }));
        let heard = self.heard.iter();
        facts.extend(heard.map(|(&ear, &message)| Relay::Heard { key: key(), ear, message }));
        facts
    }
}
