//! Everything the world knows, under one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chat::Chat;
use super::file::Files;
use super::mailbox::Mailbox;
use super::message::{MESSAGES_KEPT, Message};
use super::tap::Waiting;
use super::{ChatKey, MessageKey, Peer, User, UserId, WorldError};

/// Everything the world knows.
#[derive(Debug, Default)]
pub(super) struct State {
    pub users: BTreeMap<UserId, User>,
    pub mailboxes: BTreeMap<UserId, Mailbox>,
    pub chats: BTreeMap<ChatKey, Chat>,
    /// Changed by copying, where an update that waits still shows them as they were.
    pub messages: BTreeMap<MessageKey, Arc<Message>>,
    /// Taps that wait for the bot's answer, by query id.
    pub taps: BTreeMap<i64, Waiting>,
    pub last_query: i64,
    pub files: Files,
    /// The people who block a bot, with the bot.
    pub blocked: BTreeSet<(UserId, UserId)>,
    last_key: u64,
}

impl State {
    pub fn next_key(&mut self) -> MessageKey {
        self.last_key += 1;
        MessageKey(self.last_key)
    }

    pub fn name_of(&self, user: UserId) -> String {
        self.users.get(&user).map_or_else(|| user.to_string(), |user| user.name.clone())
    }

    pub fn is_bot(&self, user: UserId) -> bool {
        self.users.get(&user).is_some_and(User::is_bot)
    }

    /// The members of a chat, by id.
    pub fn members(&self, chat: ChatKey) -> Vec<UserId> {
        self.chats.get(&chat).map(|chat| chat.members.keys().copied().collect()).unwrap_or_default()
    }

    /// The message that `viewer` calls `id` in the chat it calls `peer`.
    pub fn find(&mut self, viewer: UserId, peer: Peer, id: i32) -> Result<MessageKey, WorldError> {
        let chat = self.chat_for(viewer, peer)?;
        self.find_in(viewer, chat, id).ok_or(WorldError::MessageNotFound)
    }

    pub fn find_in(&self, viewer: UserId, chat: ChatKey, id: i32) -> Option<MessageKey> {
        let key = match chat {
            ChatKey::Channel(_) => *self.chats.get(&chat)?.shared.by_id.get(&id)?,
            _ => self.mailboxes.get(&viewer)?.key_of(id)?,
        };
        self.messages.get(&key).filter(|message| message.chat == chat).map(|message| message.key)
    }

    /// Keeps a message and gives it an id for everybody in its chat.
    pub fn keep(&mut self, mut message: Message) {
        let key = message.key;
        if let Some(chat) = self.chats.get_mut(&message.chat) {
            chat.messages.push(key);
            if message.chat.shares_ids() {
                chat.shared.last_id += 1;
                chat.shared.by_id.insert(chat.shared.last_id, key);
                message.shared_id = Some(chat.shared.last_id);
            }
        }
        if !message.chat.shares_ids() {
            for member in self.members(message.chat) {
                if let Some(mailbox) = self.mailboxes.get_mut(&member) {
                    mailbox.take_in(key);
                }
            }
        }
        self.messages.insert(key, Arc::new(message));
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        while self.messages.len() > MESSAGES_KEPT {
            let Some(oldest) = self.messages.keys().next().copied() else { return };
            self.forget(oldest);
        }
    }

    /// A message, to be changed.
    pub fn message_mut(&mut self, key: MessageKey) -> Option<&mut Message> {
        self.messages.get_mut(&key).map(Arc::make_mut)
    }

    /// Takes a message out of the world.
    pub fn forget(&mut self, key: MessageKey) {
        let Some(message) = self.messages.remove(&key) else { return };
        if let Some(chat) = self.chats.get_mut(&message.chat) {
            for user in chat.members.keys().chain(chat.gone.keys()) {
                if let Some(mailbox) = self.mailboxes.get_mut(user) {
                    mailbox.forget(key);
                }
            }
            if let Ok(at) = chat.messages.binary_search(&key) {
                chat.messages.remove(at);
            }
            chat.pinned.retain(|pinned| *pinned != key);
            if let Some(id) = message.shared_id {
                chat.shared.by_id.remove(&id);
            }
        }
    }
}
