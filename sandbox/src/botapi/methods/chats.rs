//! Chats and their members.

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, members, render};
use crate::world::{ChatAction, ChatKind, ChatView, Member, Peer, Rank, Standing, UserId};

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
        let chat = self.chat()?;
        let action = self.params.text("action").and_then(|name| action(&name.to_ascii_lowercase()));
        let action = action.ok_or_else(|| ApiError::bad("wrong parameter action in request"))?;
        let acted = self.door.world().act(self.bot.id, chat, action);
        acted.map(|()| json!(true)).map_err(|error| ApiError::refused(&error, "find"))
    }

    pub fn leave_chat(&self) -> Result<Value, ApiError> {
        let chat = self.chat()?;
        if matches!(chat, Peer::User(_)) {
            return Err(ApiError::bad("chat member status can't be changed in private chats"));
        }
        let left = self.door.world().remove_member(self.bot.id, chat, self.bot.id);
        left.map(|()| json!(true)).map_err(|error| ApiError::refused(&error, "find"))
    }

    fn chat_view(&self) -> Result<ChatView, ApiError> {
        let view = self.door.world().chat(self.bot.id, self.chat()?);
        view.map_err(|error| ApiError::refused(&error, "find"))
    }
}

fn action(name: &str) -> Option<ChatAction> {
    Some(match name {
        "typing" => ChatAction::Typing,
        "upload_photo" => ChatAction::UploadPhoto,
        "record_video" => ChatAction::RecordVideo,
        "upload_video" => ChatAction::UploadVideo,
        "record_voice" | "record_audio" => ChatAction::RecordVoice,
        "upload_voice" | "upload_audio" => ChatAction::UploadVoice,
        "upload_document" => ChatAction::UploadDocument,
        "choose_sticker" => ChatAction::ChooseSticker,
        "find_location" => ChatAction::FindLocation,
        "record_video_note" => ChatAction::RecordVideoNote,
        "upload_video_note" => ChatAction::UploadVideoNote,
        _ => return None,
    })
}
