//! Chats and their members.

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, members, render};
use crate::world::{ChatKind, ChatView, Member, Rank, Standing, UserId};

impl Call {
    pub fn get_chat(&self) -> Result<Value, ApiError> {
        Ok(render::full_chat(self.door.world(), self.bot.id, &self.chat_view()?))
    }

    pub fn get_chat_member(&self) -> Result<Value, ApiError> {
        let chat = self.chat()?;
        let world = self.door.world();
        let invalid = || ApiError::bad("invalid user_id specified");
        let user = UserId(self.params.number("user_id").ok_or_else(invalid)?);
        if world.user(user).is_none() {
            return Err(ApiError::bad("PARTICIPANT_ID_INVALID"));
        }
        let standing = world.standing(self.bot.id, chat, user);
        let standing = standing.map_err(|error| ApiError::refused(&error, "find"))?;
        Ok(members::member(world, user, standing))
    }

    pub fn get_chat_member_count(&self) -> Result<Value, ApiError> {
        Ok(json!(self.chat_view()?.members.len()))
    }

    pub fn get_chat_administrators(&self) -> Result<Value, ApiError> {
        let view = self.chat_view()?;
        if view.kind == ChatKind::Private {
            return Err(ApiError::bad("there are no administrators in the private chat"));
        }
        let admins = view.members.iter().filter(|member| member.rank >= Rank::Admin);
        let shown = |one: &Member| members::member(self.door.world(), one.user, Standing::In(one.rank));
        Ok(admins.map(shown).collect())
    }

    pub fn send_chat_action(&self) -> Result<Value, ApiError> {
        self.chat_view()?;
        match self.params.text("action") {
            Some(action) if !action.is_empty() => Ok(json!(true)),
            _ => Err(ApiError::bad("wrong parameter action in request")),
        }
    }

    fn chat_view(&self) -> Result<ChatView, ApiError> {
        let view = self.door.world().chat(self.bot.id, self.chat()?);
        view.map_err(|error| ApiError::refused(&error, "find"))
    }
}
