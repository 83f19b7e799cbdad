//! How far the group was heard, told by its messages: a counter whose difference is too long says nothing of it.

use commands::ids::ChatId;
use grammers_session::types::UpdatesState;

use super::translate::Scope;

/// How far the group was heard. After a gap too long for a difference the history is read back to here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The group. Another one was not heard yet.
    pub chat: ChatId,
    /// The newest message heard in it, or 0 where it is to be heard from its beginning; none while only the date is known.
    pub message: Option<i32>,
    /// Telegram's date of that message, else of where hearing begins, in Unix seconds.
    pub date: i32,
}

/// Where an ear begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Beginning {
    /// How far the group was heard.
    pub(super) reached: Reached,
    /// How far the basic group was heard that it was, where its end may not have been heard.
    pub(super) behind: Option<Reached>,
    /// The counters say nothing of what was said since then.
    pub(super) lacks: bool,
}

impl Beginning {
    /// What follows from what was stored: of this group, of the one that it was, or of neither. `unread` where the
    /// counters are younger than that.
    pub(super) fn of(stored: Option<Reached>, unread: bool, scope: &Scope, counters: &UpdatesState) -> Self {
        let begins = Reached { chat: scope.group, message: None, date: counters.date };
        match stored {
            Some(reached) if reached.chat == scope.group => {
                let before = |chat| Reached { chat, message: None, date: reached.date };
                Self { reached, behind: scope.former.filter(|_| unread).map(before), lacks: unread }
            }
            Some(before) if Some(before.chat) == scope.former => {
                Self { reached: before.moved_to(scope.group), behind: Some(before), lacks: unread }
            }
            _ => Self { reached: begins, behind: None, lacks: false },
        }
    }
}

impl Reached {
    /// The supergroup that this group became: heard from its first message on, or since whenever hearing began.
    pub(super) fn moved_to(self, chat: ChatId) -> Self {
        Self { chat, message: self.message.map(|_| 0), date: self.date }
    }

    /// Whether the group is to be heard from its first message on.
    pub(super) fn is_at_the_beginning(&self) -> bool {
        self.message == Some(0)
    }

    /// Whether a message of the group may not have been heard.
    pub(super) fn misses(&self, id: i32, date: i32) -> bool {
        self.message.map_or(date >= self.date, |heard| id > heard)
    }

    /// A message of some chat is heard now.
    pub(super) fn take(&mut self, chat: ChatId, id: i32, date: i32) {
        if chat == self.chat && self.message.is_none_or(|heard| id > heard) {
            (self.message, self.date) = (Some(id), date);
        }
    }
}
