//! What a request caused, as the answer to it.

use grammers_tl_types::{enums, types};

use super::{Call, RpcError};
use crate::mtproto::view::updates;
use crate::world::{Update, UserId, World, WorldError};

/// Does something, and tells whoever asked for it of all it caused for them.
pub fn caused<T>(
    call: &mut Call,
    me: UserId,
    act: impl FnOnce(&World) -> Result<T, WorldError>,
) -> Result<(T, enums::Updates), RpcError> {
    let before = call.world().account_state(me).cursor;
    let done = act(call.world())?;
    let own = call.world().updates_since(me, before);
    Ok((done, told(call, me, &own)))
}

/// Own updates, as the answer to what caused them.
pub fn told(call: &mut Call, me: UserId, own: &[Update]) -> enums::Updates {
    call.carry(own);
    updates(Vec::new(), own, me, call.world()).into()
}

/// The answer to an invitation; everybody who exists comes.
pub fn invited(updates: enums::Updates) -> enums::messages::InvitedUsers {
    types::messages::InvitedUsers { updates, missing_invitees: Vec::new() }.into()
}
