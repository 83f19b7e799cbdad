//! The group, which can become another while the bot runs.

use std::sync::{PoisonError, RwLock};

use commands::ids::ChatId;

/// Where the bot listens.
#[derive(Debug)]
pub(crate) struct Place(RwLock<Group>);

#[derive(Clone, Copy, Debug)]
struct Group {
    now: ChatId,
    former: Option<ChatId>,
}

impl Place {
    pub(crate) fn new(now: ChatId, former: Option<ChatId>) -> Self {
        Self(RwLock::new(Group { now, former }))
    }

    /// The group as it is now.
    pub(crate) fn now(&self) -> ChatId {
        self.0.read().unwrap_or_else(PoisonError::into_inner).now
    }

    /// Whether this is the group, or what it was.
    pub(crate) fn is(&self, chat: ChatId) -> bool {
        let group = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        chat == group.now || Some(chat) == group.former
    }

    /// The group goes on elsewhere; anything but the group does not concern us.
    pub(crate) fn moved(&self, from: ChatId, to: ChatId) {
        let mut group = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if group.now == from && from != to {
            *group = Group { now: to, former: Some(from) };
        }
    }
}
