//! Pinning.

use super::message::{Body, Message};
use super::state::State;
use super::{ChatKey, MessageKey, Peer, Seen, SeenWhat, Update, UpdateKind, UserId, World, WorldError};

impl World {
    /// Pins a message; a service message tells of it. A message that is pinned last already stays so, untold.
    /// In a supergroup, and for a bot in any group, this needs an administrator. Returns the actor's own updates.
    pub fn pin(&self, by: UserId, peer: Peer, id: i32, silent: bool) -> Result<Vec<Update>, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let (chat, key) = state.pinnable(by, peer, id)?;
        if state.last_pinned(chat) == Some(key) {
            return Ok(Vec::new());
        }
        let mut updates = Vec::from_iter(state.mark_pinned(by, chat, key, true, now));
        updates.extend(state.tell_pin(by, chat, key, silent, now)?);
        self.show(Seen::of(&state, key, by, now, SeenWhat::Pinned));
        Ok(updates)
    }

    /// Unpins a message, with no service message.
    pub fn unpin(&self, by: UserId, peer: Peer, id: i32) -> Result<Vec<Update>, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        let (chat, key) = state.pinnable(by, peer, id)?;
        let updates = Vec::from_iter(state.mark_pinned(by, chat, key, false, now));
        self.show(Seen::of(&state, key, by, now, SeenWhat::Unpinned));
        Ok(updates)
    }
}

impl State {
    fn pinnable(&mut self, by: UserId, peer: Peer, id: i32) -> Result<(ChatKey, MessageKey), WorldError> {
        let chat = self.open_chat_for(by, peer)?;
        let key = self.find_in(by, chat, id).ok_or(WorldError::MessageNotFound)?;
        let needs_admin = match chat {
            ChatKey::Private(..) => false,
            ChatKey::Group(_) => self.is_bot(by),
            ChatKey::Channel(_) => true,
        };
        let is_admin = self.chats.get(&chat).is_some_and(|chat| chat.is_admin(by));
        if needs_admin && !is_admin { Err(WorldError::NotAdmin) } else { Ok((chat, key)) }
    }

    fn last_pinned(&self, chat: ChatKey) -> Option<MessageKey> {
        self.chats.get(&chat)?.pinned.last().copied()
    }

    fn mark_pinned(
        &mut self,
        by: UserId,
        chat: ChatKey,
        key: MessageKey,
        pinned: bool,
        now: i64,
    ) -> Option<Update> {
        self.message_mut(key)?.pinned = pinned;
        let pins = &mut self.chats.get_mut(&chat)?.pinned;
        pins.retain(|other| *other != key);
        if pinned {
            pins.push(key);
        }
        self.tell_accounts(chat, by, now, |state, viewer| {
            let id = state.id_for(viewer, key)?;
            Some(UpdateKind::PinnedMessage { peer: chat.peer_for(viewer), id, pinned }.into())
        })
    }

    fn tell_pin(
        &mut self,
        by: UserId,
        chat: ChatKey,
        key: MessageKey,
        silent: bool,
        now: i64,
    ) -> Result<Option<Update>, WorldError> {
        let notice = self.blank(chat, by, Body::Pinned, now);
        let notice = Message { silent, reply_to: Some(key), ..notice };
        let notice_key = notice.key;
        self.keep(notice);
        Ok(self.publish(notice_key, now)?.update)
    }
}
