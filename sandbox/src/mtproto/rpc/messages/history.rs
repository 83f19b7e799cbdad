//! Looking back, one chat at a time.

use grammers_tl_types::{enums, functions as f, types};

use super::{answer, empty_where_missing, wanted_ids};
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{Cast, count, message};
use crate::world::{HistoryQuery, Peer};

pub fn get_history(
    call: &mut Call,
    request: &f::messages::GetHistory,
) -> Result<enums::messages::Messages, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let query = HistoryQuery {
        offset_id: request.offset_id,
        offset_date: request.offset_date.into(),
        add_offset: request.add_offset,
        limit: usize::try_from(request.limit).unwrap_or(0),
        max_id: request.max_id,
        min_id: request.min_id,
    };
    let (page, total) = call.world().history(me, at, query)?;
    let mut cast = Cast::of(&page);
    cast.peer(at);
    let messages = page.iter().map(|view| message(view, me)).collect();
    Ok(answer(call, me, channel_of(at), &cast, messages, count(total)))
}

pub fn get_messages(
    call: &mut Call,
    request: &f::messages::GetMessages,
) -> Result<enums::messages::Messages, RpcError> {
    let me = call.me()?;
    let ids = wanted_ids(&request.id);
    let found = call.world().messages(me, None, &ids);
    let cast = Cast::of(found.iter().flatten());
    let messages = empty_where_missing(&ids, &found, me);
    let count = count(messages.len());
    Ok(answer(call, me, None, &cast, messages, count))
}

pub fn read_history(
    call: &mut Call,
    request: &f::messages::ReadHistory,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let affected = match call.world().read(me, at, request.max_id)? {
        Some(update) => {
            call.carry(std::slice::from_ref(&update));
            types::messages::AffectedMessages { pts: update.pts, pts_count: update.pts_count }
        }
        None => types::messages::AffectedMessages { pts: call.world().account_state(me).pts, pts_count: 0 },
    };
    Ok(affected.into())
}

/// The bare id where `peer` is a supergroup.
pub fn channel_of(peer: Peer) -> Option<i64> {
    match peer {
        Peer::Channel(id) => Some(id),
        Peer::User(_) | Peer::Group(_) => None,
    }
}
