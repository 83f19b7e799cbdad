//! What somebody is doing in a chat, both ways.

use grammers_tl_types::enums::{SendMessageAction as Tl, Update};
use grammers_tl_types::types;

use super::peer as to_tl;
use crate::world::{ChatAction, Peer, UserId};

/// The update that tells it.
pub fn typing(at: Peer, by: UserId, action: ChatAction) -> Update {
    let (action, from_id) = (action_to_tl(action), to_tl(Peer::User(by)));
    match at {
        Peer::User(_) => types::UpdateUserTyping { user_id: by.0, top_msg_id: None, action }.into(),
        Peer::Group(chat_id) => types::UpdateChatUserTyping { chat_id, from_id, action }.into(),
        Peer::Channel(channel_id) => {
            types::UpdateChannelUserTyping { channel_id, top_msg_id: None, from_id, action }.into()
        }
    }
}

/// What a client says it is doing; `None` for what the world does not tell others.
pub fn action_from_tl(action: &Tl) -> Option<ChatAction> {
    Some(match action {
        Tl::SendMessageTypingAction => ChatAction::Typing,
        Tl::SendMessageCancelAction => ChatAction::Cancel,
        Tl::SendMessageRecordVideoAction => ChatAction::RecordVideo,
        Tl::SendMessageUploadVideoAction(_) => ChatAction::UploadVideo,
        Tl::SendMessageRecordAudioAction => ChatAction::RecordVoice,
        Tl::SendMessageUploadAudioAction(_) => ChatAction::UploadVoice,
        Tl::SendMessageUploadPhotoAction(_) => ChatAction::UploadPhoto,
        Tl::SendMessageUploadDocumentAction(_) => ChatAction::UploadDocument,
        Tl::SendMessageChooseStickerAction => ChatAction::ChooseSticker,
        Tl::SendMessageGeoLocationAction => ChatAction::FindLocation,
        Tl::SendMessageRecordRoundAction => ChatAction::RecordVideoNote,
        Tl::SendMessageUploadRoundAction(_) => ChatAction::UploadVideoNote,
        _ => return None,
    })
}

fn action_to_tl(action: ChatAction) -> Tl {
    let progress = 0;
    match action {
        ChatAction::Typing => Tl::SendMessageTypingAction,
        ChatAction::Cancel => Tl::SendMessageCancelAction,
        ChatAction::RecordVideo => Tl::SendMessageRecordVideoAction,
        ChatAction::UploadVideo => types::SendMessageUploadVideoAction { progress }.into(),
        ChatAction::RecordVoice => Tl::SendMessageRecordAudioAction,
        ChatAction::UploadVoice => types::SendMessageUploadAudioAction { progress }.into(),
        ChatAction::UploadPhoto => types::SendMessageUploadPhotoAction { progress }.into(),
        ChatAction::UploadDocument => types::SendMessageUploadDocumentAction { progress }.into(),
        ChatAction::ChooseSticker => Tl::SendMessageChooseStickerAction,
        ChatAction::FindLocation => Tl::SendMessageGeoLocationAction,
        ChatAction::RecordVideoNote => Tl::SendMessageRecordRoundAction,
        ChatAction::UploadVideoNote => types::SendMessageUploadRoundAction { progress }.into(),
    }
}
