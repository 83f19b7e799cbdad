//! `contacts`: finding people.

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError, input};
use crate::mtproto::view::{Cast, count, date, peer};
use crate::world::{Peer, UserId};

/// The most of one answer.
const BLOCKED_LIMIT: usize = 100;

pub fn resolve_username(
    call: &mut Call,
    request: &f::contacts::ResolveUsername,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let me = call.me()?;
    if request.username.is_empty() {
        return Err(RpcError::bad("USERNAME_INVALID"));
    }
    let found = call.world().user_by_username(&request.username);
    let found = found.ok_or(RpcError::bad("USERNAME_NOT_OCCUPIED"))?;
    let mut cast = Cast::default();
    cast.user(found.id);
    let people = cast.people(call.world(), me);
    let peer = peer(Peer::User(found.id));
    Ok(types::contacts::ResolvedPeer { peer, chats: people.chats, users: people.users }.into())
}

/// Nobody keeps an address book here.
pub fn get_contacts(
    call: &mut Call,
    _: &f::contacts::GetContacts,
) -> Result<enums::contacts::Contacts, RpcError> {
    call.me()?;
    Ok(types::contacts::Contacts { contacts: Vec::new(), saved_count: 0, users: Vec::new() }.into())
}

/// Stories are not here: blocking somebody from them blocks nothing.
pub fn block(call: &mut Call, request: &f::contacts::Block) -> Result<bool, RpcError> {
    set_blocked(call, &request.id, request.my_stories_from, true)
}

pub fn unblock(call: &mut Call, request: &f::contacts::Unblock) -> Result<bool, RpcError> {
    set_blocked(call, &request.id, request.my_stories_from, false)
}

fn set_blocked(call: &Call, whom: &enums::InputPeer, from_stories: bool, on: bool) -> Result<bool, RpcError> {
    let me = call.me()?;
    let Peer::User(other) = input::peer(call, whom)? else { return Err(RpcError::PEER) };
    if other == me || call.world().user(other).is_none() {
        return Err(RpcError::bad("CONTACT_ID_INVALID"));
    }
    if from_stories {
        return Err(RpcError::UNKNOWN);
    }
    call.world().set_blocked(me, other, on);
    Ok(true)
}

pub fn get_blocked(
    call: &mut Call,
    request: &f::contacts::GetBlocked,
) -> Result<enums::contacts::Blocked, RpcError> {
    let me = call.me()?;
    let all = if request.my_stories_from { Vec::new() } else { call.world().blocked_by(me) };
    let at = |number: i32| usize::try_from(number).unwrap_or(0);
    let page = all.iter().skip(at(request.offset)).take(at(request.limit).min(BLOCKED_LIMIT));
    let page: Vec<UserId> = page.copied().collect();
    let mut cast = Cast::default();
    cast.users(page.iter().copied());
    let people = cast.people(call.world(), me);
    let now = date(call.world().now());
    let shown = |user: &UserId| types::PeerBlocked { peer_id: peer(Peer::User(*user)), date: now }.into();
    let (blocked, chats, users) = (page.iter().map(shown).collect(), people.chats, people.users);
    Ok(if page.len() == all.len() {
        types::contacts::Blocked { blocked, chats, users }.into()
    } else {
        types::contacts::BlockedSlice { count: count(all.len()), blocked, chats, users }.into()
    })
}
