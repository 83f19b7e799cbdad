//! Writing: post, edit, delete, pin.

use grammers_tl_types::{enums, functions as f, types};

use super::history::channel_of;
use super::otherwise::{otherwise, replied};
use crate::mtproto::rpc::caused::told;
use crate::mtproto::rpc::{Call, RpcError, input};
use crate::mtproto::view::{date, entities_from_tl, entities_to_tl, updates};
use crate::world::{Content, Draft, Extras, MessageView, Peer, Posted, Update, UserId};

/// The most messages deleted by one request.
const DELETE_LIMIT: usize = 100;

pub fn send_message(call: &mut Call, request: &f::messages::SendMessage) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let to = input::peer(call, &request.peer)?;
    otherwise!(request).refuse(call, me)?;
    let (reply_to, quote) = replied(call, me, to, request.reply_to.as_ref())?;
    let draft = Draft {
        entities: entities_from_tl(request.entities.as_deref().unwrap_or_default(), me),
        reply_to,
        silent: request.silent,
        random_id: Some(request.random_id),
        text: request.message.clone(),
        extras: Extras { quote, ..Extras::default() },
        ..Draft::default()
    };
    let posted = call.world().post(me, to, draft)?;
    sent(call, me, request.random_id, &posted)
}

pub fn edit_message(call: &mut Call, request: &f::messages::EditMessage) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    if request.schedule_date.is_some() || request.schedule_repeat_period.is_some() {
        return Err(RpcError::bad("SCHEDULE_DATE_INVALID"));
    }
    if request.quick_reply_shortcut_id.is_some() {
        return Err(RpcError::bad("SHORTCUT_INVALID"));
    }
    let text = request.message.as_deref().ok_or(RpcError::bad("MESSAGE_NOT_MODIFIED"))?;
    let entities = entities_from_tl(request.entities.as_deref().unwrap_or_default(), me);
    let posted = call.world().edit(me, at, request.id, text, entities, None)?;
    Ok(told(call, me, posted.update.as_slice()))
}

pub fn delete_messages(
    call: &mut Call,
    request: &f::messages::DeleteMessages,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let me = call.me()?;
    if !request.revoke {
        let ids = &request.id[..request.id.len().min(DELETE_LIMIT)];
        let updates = call.world().delete_for_oneself(me, ids);
        call.carry(&updates);
        return Ok(affected(&updates, call.world().account_state(me).pts));
    }
    delete(call, me, None, &request.id, |call| call.world().account_state(me).pts)
}

/// Deletes in a supergroup or in the common box; `pts` tells where the box stands if nothing was deleted.
pub fn delete(
    call: &mut Call,
    me: UserId,
    channel: Option<i64>,
    ids: &[i32],
    pts: impl Fn(&Call) -> i32,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let ids = &ids[..ids.len().min(DELETE_LIMIT)];
    let updates = call.world().delete(me, channel, ids)?;
    call.carry(&updates);
    Ok(affected(&updates, pts(call)))
}

/// Where the box stands now, and how far the updates have moved it.
fn affected(updates: &[Update], pts: i32) -> enums::messages::AffectedMessages {
    let pts = updates.last().map_or(pts, |update| update.pts);
    let pts_count = updates.iter().map(|update| update.pts_count).sum();
    types::messages::AffectedMessages { pts, pts_count }.into()
}

pub fn update_pinned_message(
    call: &mut Call,
    request: &f::messages::UpdatePinnedMessage,
) -> Result<enums::Updates, RpcError> {
    let me = call.me()?;
    let at = input::peer(call, &request.peer)?;
    if request.pm_oneside && matches!(at, Peer::User(_)) {
        // For oneself alone nothing is pinned here.
        return Err(RpcError::UNKNOWN);
    }
    let updates = if request.unpin {
        call.world().unpin(me, at, request.id)?
    } else {
        call.world().pin(me, at, request.id, request.silent)?
    };
    Ok(told(call, me, &updates))
}

/// Telegram's two forms: a short one for plain words to a user, else the message itself.
pub fn sent(
    call: &mut Call,
    me: UserId,
    random_id: i64,
    posted: &Posted,
) -> Result<enums::Updates, RpcError> {
    let Some(update) = &posted.update else { return Err(RpcError::BUSY) };
    call.carry(std::slice::from_ref(update));
    if let Some(short) = short(me, &posted.view, update) {
        return Ok(short.into());
    }
    let id = types::UpdateMessageId { id: posted.view.id, random_id }.into();
    Ok(updates(vec![id], std::slice::from_ref(update), me, call.world()).into())
}

fn short(me: UserId, view: &MessageView, update: &Update) -> Option<types::UpdateShortSentMessage> {
    let Content::Text { entities, .. } = &view.content else { return None };
    let is_to_another = matches!(view.peer, Peer::User(other) if other != me);
    (is_to_another && view.document.is_none() && view.reply_to.is_none() && channel_of(view.peer).is_none())
        .then(|| types::UpdateShortSentMessage {
            out: true,
            id: view.id,
            pts: update.pts,
            pts_count: update.pts_count,
            date: date(view.date),
            media: None,
            entities: entities_to_tl(entities),
            ttl_period: None,
        })
}
