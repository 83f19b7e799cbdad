//! How far the group was heard, told by its messages: a counter whose difference is too long says nothing of it.

use commands::ids::ChatId;
use grammers_session::types::UpdatesState;
use grammers_tl_types::types::Message;

use super::peers::{channel_of, chat_id};
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

impl Reached {
    /// What was stored, if it is of this group, else what follows from the counters: a supergroup that the account knew
    /// as a basic group is heard from its beginning.
    pub(super) fn of(stored: Option<Self>, scope: &Scope, counters: &UpdatesState) -> Self {
        let channel = channel_of(scope.group);
        let from_the_beginning =
            scope.former.is_some() && channel.is_some_and(|id| !counters.channels.iter().any(|c| c.id == id));
        let message = from_the_beginning.then_some(0);
        let begins = Self { chat: scope.group, message, date: counters.date };
        stored.filter(|reached| reached.chat == scope.group).unwrap_or(begins)
    }

    /// Whether a message of the group may not have been heard.
    pub(super) fn misses(&self, message: &Message) -> bool {
        self.message.map_or(message.date >= self.date, |heard| message.id > heard)
    }

    /// These are heard now.
    pub(super) fn take(&mut self, messages: &[Message]) {
        for message in messages.iter().filter(|message| chat_id(&message.peer_id) == self.chat) {
            if self.message.is_none_or(|heard| message.id > heard) {
                (self.message, self.date) = (Some(message.id), message.date);
            }
        }
    }
}
