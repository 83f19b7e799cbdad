//! Basic groups.

use grammers_tl_types::{enums, functions as f, types};

use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{Cast, action_from_tl, chat, notify_settings, participants};
use crate::world::{ChatView, Peer};

/// The most groups of one request.
const CHATS_LIMIT: usize = 200;

const CHAT_INVALID: RpcError = RpcError::bad("CHAT_ID_INVALID");

pub fn get_chats(
    call: &mut Call,
    request: &f::messages::GetChats,
) -> Result<enums::messages::Chats, RpcError> {
    let me = call.me()?;
    let mut chats = Vec::new();
    for id in request.id.iter().take(CHATS_LIMIT) {
        let view = call.world().chat(me, Peer::Group(*id)).map_err(|_| CHAT_INVALID)?;
        chats.push(chat(&view, me));
    }
    Ok(types::messages::Chats { chats }.into())
}

pub fn get_full_chat(
    call: &mut Call,
    request: &f::messages::GetFullChat,
) -> Result<enums::messages::ChatFull, RpcError> {
    let me = call.me()?;
    let view = call.world().chat(me, Peer::Group(request.chat_id)).map_err(|_| CHAT_INVALID)?;
    let mut cast = Cast::default();
    cast.peer(view.peer);
    cast.users(view.members.iter().map(|member| member.user));
    let people = cast.people(call.world(), me);
    let full_chat = full(request.chat_id, &view).into();
    Ok(types::messages::ChatFull { full_chat, chats: people.chats, users: people.users }.into())
}

pub fn set_typing(call: &mut Call, request: &f::messages::SetTyping) -> Result<bool, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    match action_from_tl(&request.action) {
        Some(action) => call.world().act(me, at, action)?,
        None => drop(call.world().chat(me, at)?),
    }
    Ok(true)
}

fn full(id: i64, view: &ChatView) -> types::ChatFull {
    types::ChatFull {
        can_set_username: false,
        has_scheduled: false,
        translations_disabled: false,
        has_welcome_messages: false,
        id,
        about: String::new(),
        participants: participants(id, view),
        chat_photo: None,
        notify_settings: notify_settings(),
        exported_invite: None,
        bot_info: None,
        pinned_msg_id: view.pinned,
        folder_id: None,
        call: None,
        ttl_period: None,
        groupcall_default_join_as: None,
        theme_emoticon: None,
        requests_pending: None,
        recent_requesters: None,
        available_reactions: None,
        reactions_limit: None,
    }
}
