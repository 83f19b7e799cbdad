//! Reactions.

use grammers_tl_types::{enums, functions as f, types};

use super::history::channel_of;
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{Cast, count, date, peer, peer_reaction, reactions};
use crate::world::{MessageView, Peer, Reaction, UserId};

/// The most messages of one request.
const MESSAGES_LIMIT: usize = 100;
/// The most reactions of one answer.
const REACTIONS_LIMIT: usize = 100;

const REACTION_INVALID: RpcError = RpcError::bad("REACTION_INVALID");

pub fn send_reaction(
    call: &mut Call,
    request: &f::messages::SendReaction,
) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let emoji = chosen(request.reaction.as_deref().unwrap_or_default())?;
    let view = call.world().react(me, at, request.msg_id, emoji)?;
    Ok(told(call, me, at, &[view]))
}

pub fn get_messages_reactions(
    call: &mut Call,
    request: &f::messages::GetMessagesReactions,
) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let ids = &request.id[..request.id.len().min(MESSAGES_LIMIT)];
    let found = call.world().messages(me, channel_of(at), ids);
    let found: Vec<MessageView> = found.into_iter().flatten().filter(|view| view.peer == at).collect();
    Ok(told(call, me, at, &found))
}

pub fn get_message_reactions_list(
    call: &mut Call,
    request: &f::messages::GetMessageReactionsList,
) -> Result<enums::messages::MessageReactionsList, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    let view = call.world().message(me, at, request.id)?;
    let only = request.reaction.as_ref().map(emoji).transpose()?;
    let is_wanted = |reaction: &&Reaction| only.is_none_or(|only| reaction.emoji == only);
    let wanted: Vec<&Reaction> = view.reactions.iter().filter(is_wanted).collect();
    let limit = usize::try_from(request.limit).unwrap_or(0).min(REACTIONS_LIMIT);
    let people = Cast::of([&view]).people(call.world(), me);
    Ok(types::messages::MessageReactionsList {
        count: count(wanted.len()),
        reactions: wanted.into_iter().rev().take(limit).map(|reaction| peer_reaction(reaction, me)).collect(),
        chats: people.chats,
        users: people.users,
        next_offset: None,
    }
    .into())
}

/// One reaction at most, as for accounts without Premium.
fn chosen(reactions: &[enums::Reaction]) -> Result<Option<&str>, RpcError> {
    match reactions {
        [] | [enums::Reaction::Empty] => Ok(None),
        [one] => emoji(one).map(Some),
        _ => Err(RpcError::bad("REACTIONS_TOO_MANY")),
    }
}

fn emoji(reaction: &enums::Reaction) -> Result<&str, RpcError> {
    match reaction {
        enums::Reaction::Emoji(emoji) => Ok(&emoji.emoticon),
        enums::Reaction::Empty | enums::Reaction::CustomEmoji(_) | enums::Reaction::Paid => {
            Err(REACTION_INVALID)
        }
    }
}

/// The reactions of messages as they are now.
fn told(call: &Call, me: UserId, at: Peer, views: &[MessageView]) -> enums::Updates {
    let mut cast = Cast::of(views);
    cast.peer(at);
    let people = cast.people(call.world(), me);
    let update = |view: &MessageView| {
        types::UpdateMessageReactions {
            peer: peer(at),
            msg_id: view.id,
            top_msg_id: None,
            saved_peer_id: None,
            reactions: reactions(&view.reactions, me, !matches!(at, Peer::User(_))),
        }
        .into()
    };
    types::Updates {
        updates: views.iter().map(update).collect(),
        users: people.users,
        chats: people.chats,
        date: date(call.world().now()),
        seq: 0,
    }
    .into()
}
