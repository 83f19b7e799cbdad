//! Basic groups that became supergroups: the old id means the new one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::effect::Effect;
use crate::fact::Fact;
use crate::ids::ChatId;

/// Where chats went on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moved {
    chats: BTreeMap<ChatId, (ChatId, Timestamp)>,
}

impl Moved {
    /// Whether no chat goes on as another.
    pub fn is_empty(&self) -> bool {
        self.chats.is_empty()
    }

    /// Whether this chat goes on as another.
    pub fn is(&self, chat: ChatId) -> bool {
        self.chats.contains_key(&chat)
    }

    /// The chat as which this one goes on today; itself where it never moved.
    pub fn home(&self, chat: ChatId) -> ChatId {
        self.chats.get(&chat).map_or(chat, |(to, _)| *to)
    }

    /// The basic group that this supergroup was.
    pub fn former(&self, chat: ChatId) -> Option<ChatId> {
        self.chats.iter().find(|(_, (to, _))| *to == chat).map(|(from, _)| *from)
    }

    /// The effect with its chat as it is today; none where nothing is left to do.
    pub fn readdress(&self, effect: Effect) -> Option<Effect> {
        match effect.chat().filter(|chat| self.is(*chat)) {
            Some(chat) => effect.moved(self.home(chat)),
            None => Some(effect),
        }
    }

    /// A basic group becomes a supergroup once, and a supergroup nothing else.
    pub(super) fn learn(&mut self, from: ChatId, to: ChatId, at: Timestamp) {
        self.chats.insert(from, (to, at));
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        self.chats.iter().map(|(&from, &(to, at))| Fact::Migrated { from, to, at })
    }
}
