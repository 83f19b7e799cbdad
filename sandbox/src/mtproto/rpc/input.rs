//! Whom a request names, checked against what the account was told.

use grammers_tl_types::enums;

use super::{Call, RpcError};
use crate::mtproto::view::access_hash;
use crate::world::{Peer, UserId};

/// The chat an `InputPeer` names.
pub fn peer(call: &Call, input: &enums::InputPeer) -> Result<Peer, RpcError> {
    match input {
        enums::InputPeer::Empty => Err(RpcError::PEER),
        enums::InputPeer::PeerSelf => call.me().map(Peer::User),
        enums::InputPeer::Chat(chat) => Ok(Peer::Group(chat.chat_id)),
        enums::InputPeer::User(user) => known(call, Peer::User(UserId(user.user_id)), user.access_hash),
        enums::InputPeer::Channel(channel) => {
            known(call, Peer::Channel(channel.channel_id), channel.access_hash)
        }
        enums::InputPeer::UserFromMessage(at) => {
            seen_in(call, &at.peer, at.msg_id, Peer::User(UserId(at.user_id)))
        }
        enums::InputPeer::ChannelFromMessage(at) => {
            seen_in(call, &at.peer, at.msg_id, Peer::Channel(at.channel_id))
        }
    }
}

/// The user an `InputUser` names.
pub fn user(call: &Call, input: &enums::InputUser) -> Result<UserId, RpcError> {
    let named = match input {
        enums::InputUser::Empty => return Err(RpcError::bad("USER_ID_INVALID")),
        enums::InputUser::UserSelf => return call.me(),
        enums::InputUser::User(user) => known(call, Peer::User(UserId(user.user_id)), user.access_hash)?,
        enums::InputUser::FromMessage(at) => {
            seen_in(call, &at.peer, at.msg_id, Peer::User(UserId(at.user_id)))?
        }
    };
    match named {
        Peer::User(user) => Ok(user),
        Peer::Group(_) | Peer::Channel(_) => Err(RpcError::bad("USER_ID_INVALID")),
    }
}

/// The bare id of the supergroup an `InputChannel` names.
pub fn channel(call: &Call, input: &enums::InputChannel) -> Result<i64, RpcError> {
    let invalid = || RpcError::bad("CHANNEL_INVALID");
    match input {
        enums::InputChannel::Empty => Err(invalid()),
        enums::InputChannel::Channel(channel) => {
            known(call, Peer::Channel(channel.channel_id), channel.access_hash).map_err(|_| invalid())?;
            Ok(channel.channel_id)
        }
        enums::InputChannel::FromMessage(at) => {
            seen_in(call, &at.peer, at.msg_id, Peer::Channel(at.channel_id)).map_err(|_| invalid())?;
            Ok(at.channel_id)
        }
    }
}

fn known(call: &Call, peer: Peer, hash: i64) -> Result<Peer, RpcError> {
    let me = call.me()?;
    if peer == Peer::User(me) || hash == access_hash(me, peer) { Ok(peer) } else { Err(RpcError::PEER) }
}

fn seen_in(call: &Call, at: &enums::InputPeer, id: i32, named: Peer) -> Result<Peer, RpcError> {
    call.world().message(call.me()?, peer(call, at)?, id)?;
    Ok(named)
}
