//! `channels`: supergroups.

mod full;
mod members;

use grammers_tl_types::{enums, functions as f, types};

use super::caused::caused;
use super::messages::groups::{TTL, title};
use super::messages::{answer, empty_where_missing, wanted_ids};
use super::{Call, RpcError, input};
use crate::mtproto::view::{Cast, chat, count};
use crate::world::{ChatKind, ChatView, Peer, UserId};

pub use full::get_full_channel;
pub use members::{edit_admin, get_participant, get_participants, invite_to_channel, leave_channel};

/// The most channels of one request.
const CHANNELS_LIMIT: usize = 200;

const PRIVATE: RpcError = RpcError::bad("CHANNEL_PRIVATE");

/// The supergroup that is named, as a member sees it.
fn view(call: &Call, me: UserId, named: &enums::InputChannel) -> Result<ChatView, RpcError> {
    let id = input::channel(call, named)?;
    call.world().chat(me, Peer::Channel(id)).map_err(|_| PRIVATE)
}

/// Channels that only their makers write to are not known here.
pub fn create_channel(
    call: &mut Call,
    request: &f::channels::CreateChannel,
) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    if !request.megagroup || request.broadcast || request.forum {
        return Err(RpcError::bad("CHANNEL_INVALID"));
    }
    if request.ttl_period.is_some() {
        return Err(TTL);
    }
    let title = title(call, &request.title)?;
    Ok(caused(call, me, |world| Ok(world.add_group(ChatKind::Supergroup, &title, me, &[])))?.1)
}

pub fn get_channels(
    call: &mut Call,
    request: &f::channels::GetChannels,
) -> Result<enums::messages::Chats, RpcError> {
    let me = call.me()?;
    let mut chats = Vec::new();
    for wanted in request.id.iter().take(CHANNELS_LIMIT) {
        chats.push(chat(&view(call, me, wanted)?, me));
    }
    Ok(types::messages::Chats { chats }.into())
}

pub fn get_messages(
    call: &mut Call,
    request: &f::channels::GetMessages,
) -> Result<enums::messages::Messages, RpcError> {
    let me = call.me()?;
    let channel = input::channel(call, &request.channel)?;
    let ids = wanted_ids(&request.id);
    let found = call.world().messages(me, Some(channel), &ids);
    let mut cast = Cast::of(found.iter().flatten());
    cast.peer(Peer::Channel(channel));
    let messages = empty_where_missing(&ids, &found, me);
    let count = count(messages.len());
    Ok(answer(call, me, Some(channel), &cast, messages, count))
}

pub fn read_history(call: &mut Call, request: &f::channels::ReadHistory) -> Result<bool, RpcError> {
    let me = call.me()?;
    let channel = input::channel(call, &request.channel)?;
    if let Some(update) = call.world().read(me, Peer::Channel(channel), request.max_id)? {
        call.carry(std::slice::from_ref(&update));
    }
    Ok(true)
}

pub fn delete_messages(
    call: &mut Call,
    request: &f::channels::DeleteMessages,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let me = call.me()?;
    let channel = input::channel(call, &request.channel)?;
    let at = Peer::Channel(channel);
    super::messages::send::delete(call, me, Some(channel), &request.id, |call| {
        call.world().chat(me, at).map_or(0, |view| view.pts)
    })
}
