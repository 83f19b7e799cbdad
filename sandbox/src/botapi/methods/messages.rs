//! Sending, editing, deleting and pinning messages.

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, render};
use crate::world::{Draft, Entity, Peer, Posted, WorldError};

impl Call {
    pub fn send_message(&self) -> Result<Value, ApiError> {
        let chat = self.chat()?;
        let (text, entities) = self.formatted("text", "entities")?;
        self.send(chat, Draft { text, entities, ..Draft::default() })
    }

    /// Sends what is drafted, with the reply, the keyboard and the silence that the call asks for.
    pub fn send(&self, chat: Peer, draft: Draft) -> Result<Value, ApiError> {
        let reply = self.reply()?;
        let draft = Draft {
            reply_to: reply.as_ref().map(|reply| reply.id),
            keyboard: self.keyboard()?,
            silent: self.params.flag("disable_notification"),
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

    /// `reply_parameters`, or the older `reply_to_message_id`.
    fn reply(&self) -> Result<Option<Reply>, ApiError> {
        if let Some(given) = self.params.json("reply_parameters")? {
            let id = given.get("message_id").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
            let optional = given.get("allow_sending_without_reply").and_then(Value::as_bool);
            let missing = || ApiError::bad("can't parse reply parameters JSON object");
            return Ok(Some(Reply { id: id.ok_or_else(missing)?, optional: optional.unwrap_or(false) }));
        }
        let id = self.params.small("reply_to_message_id").filter(|id| *id != 0);
        let optional = self.params.flag("allow_sending_without_reply");
        Ok(id.map(|id| Reply { id, optional }))
    }

    pub fn edit_message_text(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let (text, entities) = self.formatted("text", "entities")?;
        if self.has_file(chat, id) {
            return Err(ApiError::bad("there is no text in the message to edit"));
        }
        self.rewrite(chat, id, &text, entities)
    }

    pub fn edit_message_caption(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let (text, entities) = self.formatted("caption", "caption_entities")?;
        if self.door.world().message(self.bot.id, chat, id).is_ok() && !self.has_file(chat, id) {
            return Err(ApiError::bad("there is no caption in the message to edit"));
        }
        self.rewrite(chat, id, &text, entities)
    }

    fn has_file(&self, chat: Peer, id: i32) -> bool {
        let message = self.door.world().message(self.bot.id, chat, id);
        message.is_ok_and(|message| message.document.is_some())
    }

    fn rewrite(&self, chat: Peer, id: i32, text: &str, entities: Vec<Entity>) -> Result<Value, ApiError> {
        let keyboard = self.keyboard()?;
        let edited = self.door.world().edit(self.bot.id, chat, id, text, entities, keyboard);
        edited.map(|posted| self.shown(&posted)).map_err(|error| ApiError::refused(&error, "edit"))
    }

    pub fn edit_message_reply_markup(&self) -> Result<Value, ApiError> {
        let (chat, id, keyboard) = (self.chat()?, self.message_id()?, self.keyboard()?);
        let edited = self.door.world().edit_keyboard(self.bot.id, chat, id, keyboard);
        edited.map(|posted| self.shown(&posted)).map_err(|error| ApiError::refused(&error, "edit"))
    }

    pub fn delete_message(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let refused = |error| ApiError::refused(&error, "delete");
        let world = self.door.world();
        world.message(self.bot.id, chat, id).map_err(refused)?;
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

/// The message to be answered.
struct Reply {
    id: i32,
    /// Send even if it is gone.
    optional: bool,
}
