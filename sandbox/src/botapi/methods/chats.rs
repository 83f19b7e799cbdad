//! Chats and their members.

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, render};
use crate::world::{ChatView, Rank, UserId};

impl Call {
    pub fn get_chat(&self) -> Result<Value, ApiError> {
        Ok(render::full_chat(self.door.world(), self.bot.id, &self.chat_view()?))
    }

    pub fn get_chat_member(&self) -> Result<Value, ApiError> {
        let view = self.chat_view()?;
        let world = self.door.world();
        let invalid = || ApiError::bad("invalid user_id specified");
        let user = UserId(self.params.number("user_id").ok_or_else(invalid)?);
        if world.user(user).is_none() {
            return Err(ApiError::bad("PARTICIPANT_ID_INVALID"));
        }
        let member = view.members.iter().find(|member| member.user == user);
        Ok(member.map_or_else(|| render::stranger(world, user), |member| render::member(world, *member)))
    }

    pub fn get_chat_member_count(&self) -> Result<Value, ApiError> {
        Ok(json!(self.chat_view()?.members.len()))
    }

    pub fn get_chat_administrators(&self) -> Result<Value, ApiError> {
        let view = self.chat_view()?;
        let admins = view.members.iter().filter(|member| member.rank >= Rank::Admin);
        Ok(admins.map(|member| render::member(self.door.world(), *member)).collect())
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
