//! Looking for messages in a chat.

use grammers_tl_types::{enums, functions as f};

use super::answer;
use super::history::channel_of;
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{Cast, count, message};
use crate::world::{Content, EntityKind, MessageView, Peer};

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

/// In all chats, the newest first. A page goes on after the message that the last one ended with.
pub fn search_global(
    call: &mut Call,
    request: &f::messages::SearchGlobal,
) -> Result<enums::messages::Messages, RpcError> {
    let me = call.me()?;
    let words = request.q.to_lowercase();
    let is_wanted = |view: &MessageView| {
        suits(&request.filter, view)
            && kind_suits(request, view.peer)
            && (request.max_date == 0 || view.date < request.max_date.into())
            && (request.min_date == 0 || view.date > request.min_date.into())
            && view.text().to_lowercase().contains(&words)
    };
    let mut found = Vec::new();
    for dialog in call.world().dialogs(me) {
        found.extend(call.world().search(me, dialog.peer, is_wanted)?);
    }
    found.sort_by_key(|view| std::cmp::Reverse(view.key));
    let total = count(found.len());
    let last = input::peer(call, &request.offset_peer).ok();
    let is_last = |view: &MessageView| Some(view.peer) == last && view.id == request.offset_id;
    let start = found.iter().position(is_last).map_or(0, |at| at + 1);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(FOUND_LIMIT);
    let page: Vec<MessageView> = found.into_iter().skip(start).take(limit).collect();
    let cast = Cast::of(&page);
    let messages = page.iter().map(|view| message(view, me)).collect();
    Ok(answer(call, me, None, &cast, messages, total))
}

fn kind_suits(request: &f::messages::SearchGlobal, at: Peer) -> bool {
    let is_user = matches!(at, Peer::User(_));
    // Nothing here is a broadcast.
    !request.broadcasts_only && (!request.users_only || is_user) && (!request.groups_only || !is_user)
}

/// Files are documents; of other media there is none here.
fn suits(filter: &enums::MessagesFilter, view: &MessageView) -> bool {
    match filter {
        enums::MessagesFilter::InputMessagesFilterEmpty => true,
        enums::MessagesFilter::InputMessagesFilterPinned => view.pinned,
        enums::MessagesFilter::InputMessagesFilterDocument => {
            view.document.as_ref().is_some_and(|file| file.photo.is_none())
        }
        enums::MessagesFilter::InputMessagesFilterPhotos => {
            view.document.as_ref().is_some_and(|file| file.photo.is_some())
        }
        enums::MessagesFilter::InputMessagesFilterUrl => has_link(view),
        _ => false,
    }
}

fn has_link(view: &MessageView) -> bool {
    let Content::Text { entities, .. } = &view.content else { return false };
    let is_link =
        |kind: &EntityKind| matches!(kind, EntityKind::Url | EntityKind::TextLink { .. } | EntityKind::Email);
    entities.iter().any(|entity| is_link(&entity.kind))
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
