//! Saying something.

use super::message::{Body, CAPTION_LIMIT, Message};
use super::state::State;
use super::text::{self, Clean};
use super::{ChatKey, Draft, Entity, MessageKey, MessageView, Peer, Seen, Update, UserId, World, WorldError};

/// What came of a post or an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The world's own name of the message.
    pub key: MessageKey,
    /// As its author sees it.
    pub view: MessageView,
    /// The author's own update; `None` for bots, which do not hear themselves.
    pub update: Option<Update>,
}

impl World {
    /// Posts a message as `author`, in the chat the author calls `to`.
    pub fn post(&self, author: UserId, to: Peer, draft: Draft) -> Result<Posted, WorldError> {
        let now = self.now();
        let mut state = self.lock();
        state.restart(author, to, &draft.text, now);
        let key = state.compose(author, to, draft, now)?;
        let posted = state.publish(key, now)?;
        self.show(Seen::posted(&state, key));
        Ok(posted)
    }
}

/// The text to be kept; a caption may be empty, and is shorter.
pub(super) fn words(text: &str, entities: Vec<Entity>, is_caption: bool) -> Result<Clean, WorldError> {
    if is_caption && text.trim().is_empty() {
        return Ok(Clean { text: String::new(), entities: Vec::new() });
    }
    let clean = text::clean(text, entities)?;
    if is_caption && text::utf16_len(&clean.text) > CAPTION_LIMIT {
        return Err(WorldError::CaptionTooLong);
    }
    Ok(clean)
}

impl State {
    fn compose(
        &mut self,
        author: UserId,
        to: Peer,
        draft: Draft,
        now: i64,
    ) -> Result<MessageKey, WorldError> {
        let chat = self.open_chat_for(author, to)?;
        self.may_write(author, to)?;
        let is_caption = draft.document.is_some();
        let Clean { text, entities } = words(&draft.text, draft.entities, is_caption)?;
        let keyboard = self.keyboard_of(author, chat, draft.keyboard)?;
        let reply_to = self.reply_of(author, chat, draft.reply_to)?;
        let extras = self.extras_of(draft.extras, reply_to)?.kept();
        self.check_random_id(author, draft.random_id)?;
        let message = Message {
            reply_to,
            keyboard,
            silent: draft.silent,
            document: draft.document.map(Box::new),
            extras,
            ..self.blank(chat, author, Body::Text { text, entities }, now)
        };
        let key = message.key;
        self.keep(message);
        Ok(key)
    }

    /// A message with nothing but a body.
    pub fn blank(&mut self, chat: ChatKey, from: UserId, body: Body, date: i64) -> Message {
        Message {
            key: self.next_key(),
            chat,
            from,
            date,
            edited: None,
            body,
            reply_to: None,
            keyboard: None,
            silent: false,
            reactions: Vec::new(),
            pinned: false,
            document: None,
            extras: None,
            shared_id: None,
        }
    }

    /// Tells everybody of a kept message.
    pub fn publish(&mut self, key: MessageKey, now: i64) -> Result<Posted, WorldError> {
        let update = self.tell_new(key, now);
        let (author, chat) =
            self.messages.get(&key).map(|m| (m.from, m.chat)).ok_or(WorldError::MessageNotFound)?;
        if self.is_bot(author)
            && let Some(chat) = self.chats.get_mut(&chat)
        {
            chat.last_bot = Some(author);
        }
        let view = self.view(author, key).ok_or(WorldError::MessageNotFound)?;
        Ok(Posted { key, view, update })
    }

    /// A bot may write in private only to people who wrote to it first; nobody to those who block them, or are blocked.
    fn may_write(&self, author: UserId, to: Peer) -> Result<(), WorldError> {
        let Peer::User(other) = to else { return Ok(()) };
        if self.blocked.contains(&(other, author)) {
            return Err(WorldError::Blocked);
        }
        if self.blocked.contains(&(author, other)) {
            return Err(WorldError::YouBlocked);
        }
        if !self.is_bot(author) {
            return Ok(());
        }
        if self.is_bot(other) {
            return Err(WorldError::BotToBot);
        }
        if self.has_written(other, ChatKey::of(author, to)) {
            Ok(())
        } else {
            Err(WorldError::BotCantInitiate)
        }
    }

    fn has_written(&self, user: UserId, chat: ChatKey) -> bool {
        let Some(chat) = self.chats.get(&chat) else { return false };
        chat.messages.iter().any(|key| self.messages.get(key).is_some_and(|m| m.from == user))
    }

    fn reply_of(
        &self,
        author: UserId,
        chat: ChatKey,
        id: Option<i32>,
    ) -> Result<Option<MessageKey>, WorldError> {
        match id {
            None => Ok(None),
            Some(id) => self.find_in(author, chat, id).map(Some).ok_or(WorldError::ReplyNotFound),
        }
    }

    fn check_random_id(&mut self, author: UserId, random_id: Option<i64>) -> Result<(), WorldError> {
        let (Some(random_id), Some(mailbox)) = (random_id, self.mailboxes.get_mut(&author)) else {
            return Ok(());
        };
        if mailbox.is_new_random_id(random_id) { Ok(()) } else { Err(WorldError::RandomIdDuplicate) }
    }
}
