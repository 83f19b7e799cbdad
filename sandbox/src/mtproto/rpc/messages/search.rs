//! Looking for messages in a chat.

use grammers_tl_types::{enums, functions as f};

use super::answer;
use super::history::channel_of;
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{Cast, count, message};
use crate::world::{MessageView, Peer};

/// The most messages of one answer.
const FOUND_LIMIT: usize = 100;

pub fn search(call: &mut Call, request: &f::messages::Search) -> Result<enums::messages::Messages, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let author = request.from_id.as_ref().map(|from| input::peer(call, from)).transpose()?;
    let words = request.q.to_lowercase();
    let is_wanted = |view: &MessageView| {
        suits(&request.filter, view)
            && author.is_none_or(|author| author == Peer::User(view.from))
            && view.text().to_lowercase().contains(&words)
    };
    let found = call.world().search(me, at, is_wanted)?;
    let total = count(found.len());
    let page = page(found, request);
    let mut cast = Cast::of(&page);
    cast.peer(at);
    let messages = page.iter().map(|view| message(view, me)).collect();
    Ok(answer(call, me, channel_of(at), &cast, messages, total))
}

/// Messages here have no media, so any filter by media finds none.
fn suits(filter: &enums::MessagesFilter, view: &MessageView) -> bool {
    match filter {
        enums::MessagesFilter::InputMessagesFilterEmpty => true,
        enums::MessagesFilter::InputMessagesFilterPinned => view.pinned,
        _ => false,
    }
}

fn page(found: Vec<MessageView>, request: &f::messages::Search) -> Vec<MessageView> {
    let limit = usize::try_from(request.limit).unwrap_or(0).min(FOUND_LIMIT);
    let skip = usize::try_from(request.add_offset).unwrap_or(0);
    let in_bounds = |view: &MessageView| {
        (request.offset_id == 0 || view.id < request.offset_id)
            && (request.max_id == 0 || view.id < request.max_id)
            && (request.min_id == 0 || view.id > request.min_id)
            && (request.max_date == 0 || view.date < request.max_date.into())
            && (request.min_date == 0 || view.date > request.min_date.into())
    };
    found.into_iter().filter(in_bounds).skip(skip).take(limit).collect()
}
