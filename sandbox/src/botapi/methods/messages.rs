//! Sending, editing, deleting and pinning messages.

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, render};
use crate::world::{Content, Draft, Entity, Extras, Peer, Posted, Service, WorldError};

/// How long a bot may delete a message, in seconds: 48 hours, as Telegram documents it.
const DELETABLE: i64 = 48 * 3600;

impl Call {
    pub fn send_message(&self) -> Result<Value, ApiError> {
        let chat = self.chat()?;
        let (text, entities) = self.formatted("text", "entities")?;
        self.send(chat, Draft { text, entities, ..Draft::default() })
    }

    /// Sends what is drafted, with the reply, the keyboard and the silence that the call asks for.
    pub fn send(&self, chat: Peer, draft: Draft) -> Result<Value, ApiError> {
        let reply = self.reply()?;
        let quote = reply.as_ref().and_then(|reply| reply.quote.clone());
        let draft = Draft {
            reply_to: reply.as_ref().map(|reply| reply.id),
            keyboard: self.keyboard()?,
            silent: self.params.flag("disable_notification"),
            extras: Extras { quote, ..self.extras()? },
            ..draft
        };
        let now = self.door.world().clock().millis();
        self.door.inner.limits.count(self.bot.id, chat, now)?;
        let posted = self.post(chat, draft, reply.is_some_and(|reply| reply.optional));
        posted.map(|posted| self.shown(&posted)).map_err(|error| ApiError::refused(&error, "send"))
    }

    /// Posts; with an optional reply to a message that is gone, posts without it.
    fn post(&self, chat: Peer, draft: Draft, optional: bool) -> Result<Posted, WorldError> {
        let world = self.door.world();
        match world.post(self.bot.id, chat, draft.clone()) {
            Err(WorldError::ReplyNotFound) if optional => {
                world.post(self.bot.id, chat, Draft { reply_to: None, ..draft })
            }
            outcome => outcome,
        }
    }

    pub fn edit_message_text(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let (text, entities) = self.formatted("text", "entities")?;
        if self.has_file(chat, id) {
            return Err(ApiError::bad("there is no text in the message to edit"));
        }
        self.rewrite(chat, id, text, entities)
    }

    pub fn edit_message_caption(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let (text, entities) = self.formatted("caption", "caption_entities")?;
        if self.door.world().message(self.bot.id, chat, id).is_ok() && !self.has_file(chat, id) {
            return Err(ApiError::bad("there is no caption in the message to edit"));
        }
        self.rewrite(chat, id, text, entities)
    }

    fn has_file(&self, chat: Peer, id: i32) -> bool {
        let message = self.door.world().message(self.bot.id, chat, id);
        message.is_ok_and(|message| message.document.is_some())
    }

    fn rewrite(&self, chat: Peer, id: i32, text: String, entities: Vec<Entity>) -> Result<Value, ApiError> {
        let (keyboard, extras) = (self.keyboard()?, self.extras()?);
        let draft = Draft { text, entities, keyboard, extras, ..Draft::default() };
        let edited = self.door.world().revise(self.bot.id, chat, id, draft);
        edited.map(|posted| self.shown(&posted)).map_err(|error| ApiError::refused(&error, "edit"))
    }

    pub fn edit_message_reply_markup(&self) -> Result<Value, ApiError> {
        let (chat, id, keyboard) = (self.chat()?, self.message_id()?, self.keyboard()?);
        let edited = self.door.world().edit_keyboard(self.bot.id, chat, id, keyboard);
        edited.map(|posted| self.shown(&posted)).map_err(|error| ApiError::refused(&error, "edit"))
    }

    /// A message of the last 48 hours, by the world's clock; the one that tells of a supergroup's making never.
    pub fn delete_message(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let refused = |error| ApiError::refused(&error, "delete");
        let world = self.door.world();
        let message = world.message(self.bot.id, chat, id).map_err(refused)?;
        let is_of_making = matches!(message.content, Content::Service(Service::Created { .. }))
            && matches!(chat, Peer::Channel(_));
        if is_of_making || world.now() - message.date >= DELETABLE {
            let everyone = if matches!(chat, Peer::Channel(_)) { "" } else { " for everyone" };
            return Err(ApiError::bad(format!("message can't be deleted{everyone}")));
        }
        let channel = match chat {
            Peer::Channel(id) => Some(id),
            Peer::User(_) | Peer::Group(_) => None,
        };
        world.delete(self.bot.id, channel, &[id]).map_err(refused)?;
        Ok(json!(true))
    }

    pub fn pin_chat_message(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let silent = self.params.flag("disable_notification");
        let pinned = self.door.world().pin(self.bot.id, chat, id, silent);
        pinned.map(|_| json!(true)).map_err(|error| ApiError::refused(&error, "pin"))
    }

    /// Without a `message_id` the message pinned last.
    pub fn unpin_chat_message(&self) -> Result<Value, ApiError> {
        let refused = |error| ApiError::refused(&error, "unpin");
        let (world, chat) = (self.door.world(), self.chat()?);
        let last = world.chat(self.bot.id, chat).map_err(refused)?.pinned;
        let id = self.params.small("message_id").or(last).unwrap_or(0);
        world.unpin(self.bot.id, chat, id).map(|_| json!(true)).map_err(refused)
    }

    fn shown(&self, posted: &Posted) -> Value {
        render::message(self.door.world(), self.bot.id, &posted.view)
    }
}
