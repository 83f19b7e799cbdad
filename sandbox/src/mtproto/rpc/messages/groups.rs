//! Making and changing basic groups.

use grammers_tl_types::{enums, functions as f};

use crate::mtproto::rpc::caused::{caused, invited, told};
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::world::{ChatKind, Peer, Rank, UserId};

/// The most members of a basic group.
const MEMBERS_LIMIT: usize = 200;
/// The longest title, in characters.
const TITLE_LIMIT: usize = 128;
/// Groups and supergroups that the sandbox keeps.
const GROUPS_LIMIT: usize = 10_000;

/// Messages that delete themselves are not here.
pub const TTL: RpcError = RpcError::bad("TTL_PERIOD_INVALID");

const CHAT_INVALID: RpcError = RpcError::bad("CHAT_ID_INVALID");

pub fn create_chat(
    call: &mut Call,
    request: &f::messages::CreateChat,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let me = call.me()?;
    let title = title(call, &request.title)?;
    let users = users(call, &request.users)?;
    if users.is_empty() {
        return Err(RpcError::bad("USERS_TOO_FEW"));
    }
    if request.ttl_period.is_some() {
        return Err(TTL);
    }
    users.iter().try_for_each(|user| call.world().may_be_added(*user))?;
    let (_, updates) = caused(call, me, |world| Ok(world.add_group(ChatKind::Group, &title, me, &users)))?;
    Ok(invited(updates))
}

pub fn add_chat_user(
    call: &mut Call,
    request: &f::messages::AddChatUser,
) -> Result<enums::messages::InvitedUsers, RpcError> {
    let me = call.me()?;
    let (at, user) = (Peer::Group(request.chat_id), input::user(call, &request.user_id)?);
    let view = call.world().chat(me, at).map_err(|_| CHAT_INVALID)?;
    if view.rank(user).is_some() {
        return Err(RpcError::bad("USER_ALREADY_PARTICIPANT"));
    }
    if view.members.len() >= MEMBERS_LIMIT {
        return Err(RpcError::bad("USERS_TOO_MUCH"));
    }
    let ((), updates) = caused(call, me, |world| world.add_member(me, at, user))?;
    Ok(invited(updates))
}

pub fn delete_chat_user(
    call: &mut Call,
    request: &f::messages::DeleteChatUser,
) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let (at, user) = (Peer::Group(request.chat_id), input::user(call, &request.user_id)?);
    let view = call.world().chat(me, at).map_err(|_| CHAT_INVALID)?;
    view.rank(user).ok_or(RpcError::bad("USER_NOT_PARTICIPANT"))?;
    Ok(caused(call, me, |world| world.remove_member(me, at, user))?.1)
}

pub fn edit_chat_admin(call: &mut Call, request: &f::messages::EditChatAdmin) -> Result<bool, RpcError> {
    let me = call.me()?;
    let (at, user) = (Peer::Group(request.chat_id), input::user(call, &request.user_id)?);
    call.world().chat(me, at).map_err(|_| CHAT_INVALID)?;
    promote(call, me, at, user, request.is_admin)?;
    Ok(true)
}

pub fn migrate_chat(call: &mut Call, request: &f::messages::MigrateChat) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let at = Peer::Group(request.chat_id);
    call.world().chat(me, at).map_err(|_| CHAT_INVALID)?;
    let migrated = call.world().migrate(me, at)?;
    Ok(told(call, me, &migrated.updates))
}

/// Makes a member an administrator, or an administrator a member. Only the creator may.
pub fn promote(call: &Call, me: UserId, at: Peer, user: UserId, admin: bool) -> Result<(), RpcError> {
    let view = call.world().chat(me, at)?;
    let theirs = view.rank(user).ok_or(RpcError::bad("USER_NOT_PARTICIPANT"))?;
    if view.rank(me) != Some(Rank::Creator) {
        return Err(RpcError::bad("CHAT_ADMIN_REQUIRED"));
    }
    if theirs == Rank::Creator {
        return Err(RpcError::bad("USER_CREATOR"));
    }
    call.world().set_rank(at, user, if admin { Rank::Admin } else { Rank::Member });
    call.world().tell_changed(at);
    Ok(())
}

/// A title that may stand over a new group.
pub fn title(call: &Call, given: &str) -> Result<String, RpcError> {
    let title = given.trim();
    if title.is_empty() {
        return Err(RpcError::bad("CHAT_TITLE_EMPTY"));
    }
    if call.world().groups().len() >= GROUPS_LIMIT {
        return Err(RpcError::bad("CHANNELS_TOO_MUCH"));
    }
    Ok(title.chars().take(TITLE_LIMIT).collect())
}

/// The users named, at most as many as a basic group has room for.
pub fn users(call: &Call, named: &[enums::InputUser]) -> Result<Vec<UserId>, RpcError> {
    if named.len() >= MEMBERS_LIMIT {
        return Err(RpcError::bad("USERS_TOO_MUCH"));
    }
    named.iter().map(|user| input::user(call, user)).collect()
}
