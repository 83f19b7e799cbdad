//! A basic group becomes a supergroup.

use super::chat::Chat;
use super::message::Body;
use super::state::State;
use super::{ChatKey, ChatKind, MessageKey, Peer, Rank, Seen, Update, UserId, World, WorldError};

/// What came of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The supergroup.
    pub to: Peer,
    /// The updates of the one who did it.
    pub updates: Vec<Update>,
}

impl World {
    /// Makes a supergroup of a basic group; only its creator may. Everybody keeps their place and their rank, nobody
    /// their history: the old group can still be read, by its own ids, and changed no more.
    /// Told as Telegram tells it: the new supergroup, a last service message in the group, a first one in the
    /// supergroup.
    pub fn migrate(&self, by: UserId, group: Peer) -> Result<Migrated, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let old = state.open_chat_for(by, group)?;
        let ChatKey::Group(id) = old else { return Err(WorldError::ChatNotFound) };
        if state.rank(old, by) != Some(Rank::Creator) {
            return Err(WorldError::NotAdmin);
        }
        let channel = state.next_channel();
        let new = ChatKey::Channel(channel);
        let before = state.cursor_of(by);
        let title = state.open_supergroup(old, id, channel, now);
        state.tell_channel(new, now);
        let last = state.announce(old, by, Body::MigratedTo { channel }, now);
        if let Some(chat) = state.chats.get_mut(&old) {
            chat.migrated_to = Some(channel);
        }
        let first = state.announce(new, by, Body::MigratedFrom { title, group: id }, now);
        self.show_both(&state, last, first);
        Ok(Migrated { to: Peer::Channel(channel), updates: state.updates_since(by, before) })
    }

    fn show_both(&self, state: &State, last: MessageKey, first: MessageKey) {
        self.show(Seen::posted(state, last));
        self.show(Seen::posted(state, first));
    }
}

impl State {
    /// The empty supergroup, with the group's members; its title.
    fn open_supergroup(&mut self, old: ChatKey, group: i64, channel: i64, now: i64) -> String {
        let found = self.chats.get(&old).map(|chat| (chat.title.clone(), chat.members.clone()));
        let (title, members) = found.unwrap_or_default();
        let mut chat = Chat::new(ChatKind::Supergroup, &title, now, members);
        chat.migrated_from = Some(group);
        self.chats.insert(ChatKey::Channel(channel), chat);
        title
    }

    fn rank(&self, chat: ChatKey, user: UserId) -> Option<Rank> {
        self.chats.get(&chat)?.members.get(&user).copied()
    }

    fn cursor_of(&self, user: UserId) -> u64 {
        self.mailboxes.get(&user).map_or(0, super::mailbox::Mailbox::cursor)
    }
}
