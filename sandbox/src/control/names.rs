//! People, chats and messages by the names a person would use.

use serde::Deserialize;

use super::Door;
use super::refusal::Refusal;
use crate::world::{ChatView, MessageKey, Peer, User, UserId};

/// A name, a username or an id.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Name {
    Id(i64),
    Text(String),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Name {
    fn id(&self) -> Option<i64> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }

    fn is(&self, user: &User) -> bool {
        let text = self.to_string();
        self.id() == Some(user.id.0)
            || user.name.eq_ignore_ascii_case(text.trim())
            || user.is_called(text.trim())
    }
}

impl Door {
    /// A person or a bot.
    pub(super) fn who(&self, name: &Name) -> Result<User, Refusal> {
        let found = self.world.users().into_iter().find(|user| name.is(user));
        found.ok_or_else(|| Refusal::unknown(format!("There is nobody called {name}.")))
    }

    /// A group by title or id, or the private chat with somebody.
    pub(super) fn place(&self, name: &Name) -> Result<Peer, Refusal> {
        let wanted = name.to_string();
        let is_wanted = |title: &str, peer: Peer| {
            title.eq_ignore_ascii_case(wanted.trim()) || name.id() == Some(peer.to_bot_api())
        };
        let group = self.world.groups().into_iter().find(|group| is_wanted(&group.title, group.peer));
        // By its id a group is found that became a supergroup, too: the world says so.
        let former = || name.id().and_then(Peer::from_bot_api).and_then(|peer| self.world.group(peer));
        match group.or_else(former) {
            Some(group) => Ok(group.peer),
            None => self.who(name).map(|user| Peer::User(user.id)).map_err(|_| no_chat(name)),
        }
    }

    /// A group or supergroup by title or id, whoever is in it.
    pub(super) fn group(&self, name: &Name) -> Result<ChatView, Refusal> {
        let peer = self.place(name)?;
        let group = self.world.group(peer);
        group.ok_or_else(|| Refusal::bad(format!("{name} is a person or a bot; a group is expected here.")))
    }

    /// The same as [`Door::place`], for somebody who is to do something there.
    pub(super) fn place_for(&self, by: &User, name: &Name) -> Result<Peer, Refusal> {
        let peer = self.place(name)?;
        match self.world.group(peer).filter(|group| group.rank(by.id).is_none()) {
            None => Ok(peer),
            Some(group) => Err(Refusal::conflict(format!(
                "{} is not in {}; POST /join brings somebody in.",
                by.name, group.title
            ))),
        }
    }

    /// Where `viewer` finds a message, and its id there.
    pub(super) fn message(&self, viewer: UserId, key: u64) -> Result<(Peer, i32), Refusal> {
        let found = self.world.place_of(viewer, MessageKey(key));
        found.ok_or_else(|| {
            Refusal::unknown(format!("There is no message {key} that this user has; GET /world shows them."))
        })
    }
}

fn no_chat(name: &Name) -> Refusal {
    Refusal::unknown(format!("There is no chat called {name}."))
}
