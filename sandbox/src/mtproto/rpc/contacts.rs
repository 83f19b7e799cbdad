//! `contacts`: finding people.

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError};
use crate::mtproto::view::{Cast, peer};
use crate::world::Peer;

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
