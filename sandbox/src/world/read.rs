//! Reading: how far each has read, and who is told.

use super::chat::Chat;
use super::state::State;
use super::{ChatKey, MessageKey, Peer, Update, UpdateKind, UserId, World, WorldError};

impl World {
    /// Marks a chat read up to `max_id` (0: all). Returns the update for the account's other sessions, if it moved.
    /// Those whose messages were read for the first time are told, too.
    pub fn read(&self, viewer: UserId, peer: Peer, max_id: i32) -> Result<Option<Update>, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let chat = state.chat_for(viewer, peer)?;
        let before = state.read_by_others(viewer, chat);
        let update = state.mark_read(viewer, chat, max_id, now);
        if update.is_some() {
            state.tell_authors(viewer, chat, &before, now);
        }
        Ok(update)
    }
}

impl State {
    /// The newest message that the viewer has read.
    pub fn read_max_id(&self, viewer: UserId, chat: ChatKey) -> i32 {
        self.mailboxes.get(&viewer).and_then(|mailbox| mailbox.read.get(&chat)).copied().unwrap_or(0)
    }

    /// The newest of the viewer's own messages that somebody else has read, by the viewer's id.
    pub fn read_outbox_max_id(&self, viewer: UserId, chat: ChatKey) -> i32 {
        let Some(kept) = self.chats.get(&chat) else { return 0 };
        let others = kept.members.keys().filter(|member| **member != viewer && !self.is_bot(**member));
        let Some(read) = others.filter_map(|other| self.newest_read(*other, chat)).max() else { return 0 };
        let end = kept.messages.partition_point(|key| *key <= read);
        let is_own =
            |key: &&MessageKey| self.messages.get(*key).is_some_and(|message| message.from == viewer);
        let newest = kept.messages[..end].iter().rev().find(is_own);
        newest.and_then(|key| self.id_for(viewer, *key)).unwrap_or(0)
    }

    /// No message of the chat that is newer was read by this member.
    fn newest_read(&self, member: UserId, chat: ChatKey) -> Option<MessageKey> {
        let max_id = self.read_max_id(member, chat);
        match chat {
            ChatKey::Channel(_) => {
                let ids = &self.chats.get(&chat)?.shared.by_id;
                ids.range(..=max_id).next_back().map(|(_, key)| *key)
            }
            // Ids of all these chats rise together.
            ChatKey::Private(..) | ChatKey::Group(_) => self.mailboxes.get(&member)?.newest_up_to(max_id),
        }
    }

    /// For each account in the chat but `reader`: how much of what it wrote was read.
    fn read_by_others(&self, reader: UserId, chat: ChatKey) -> Vec<(UserId, i32)> {
        let authors =
            self.members(chat).into_iter().filter(|member| *member != reader && !self.is_bot(*member));
        authors.map(|author| (author, self.read_outbox_max_id(author, chat))).collect()
    }

    /// Tells those of whose messages more was read than `before`.
    fn tell_authors(&mut self, reader: UserId, chat: ChatKey, before: &[(UserId, i32)], now: i64) {
        for (author, max_id) in self.read_by_others(reader, chat) {
            if before.contains(&(author, max_id)) {
                continue;
            }
            let (channel, peer) = (chat.channel(), chat.peer_for(author));
            let pts = self.pts_of(author, channel);
            let Some(mailbox) = self.mailboxes.get_mut(&author) else { continue };
            let kind = UpdateKind::ReadOutbox { peer, max_id }.into();
            match channel {
                // Reading a supergroup moves nobody's pts.
                Some(_) => mailbox.log_update(channel, pts, 0, now, kind),
                None => mailbox.log_common(kind, 1, now),
            };
        }
    }

    /// How many messages of others the viewer has not read, beyond `read_max_id`.
    pub fn unread(&self, viewer: UserId, chat: &Chat, read_max_id: i32) -> i32 {
        let is_unread = |key: &&MessageKey| {
            self.id_for(viewer, **key).is_some_and(|id| id > read_max_id)
                && self.messages.get(*key).is_some_and(|message| message.from != viewer)
        };
        i32::try_from(chat.messages.iter().filter(is_unread).count()).unwrap_or(i32::MAX)
    }

    fn mark_read(&mut self, viewer: UserId, chat: ChatKey, max_id: i32, now: i64) -> Option<Update> {
        let newest =
            self.chats.get(&chat)?.messages.iter().rev().find_map(|key| self.id_for(viewer, *key))?;
        let max_id = if max_id <= 0 { newest } else { max_id.min(newest) };
        if max_id <= self.read_max_id(viewer, chat) {
            return None;
        }
        let unread = self.unread(viewer, self.chats.get(&chat)?, max_id);
        let channel = chat.channel();
        let channel_pts = self.pts_of(viewer, channel);
        let kind = UpdateKind::ReadInbox { peer: chat.peer_for(viewer), max_id, unread }.into();
        let mailbox = self.mailboxes.get_mut(&viewer)?;
        mailbox.read.insert(chat, max_id);
        let logged = match channel {
            // Reading a supergroup moves nobody's pts.
            Some(_) => mailbox.log_update(channel, channel_pts, 0, now, kind),
            None => mailbox.log_common(kind, 1, now),
        };
        Some(logged.told(viewer))
    }
}
