//! `updates`: where the account stands, and what it missed.

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError, input};
use crate::mtproto::view::{Cast, People, count, date, message, notify_settings, peer, update};
use crate::world::{Difference, HistoryQuery, Peer, Update, UserId};

/// Updates of one slice of a difference.
const SLICE: usize = 100;
/// Seconds after which a client should ask for a supergroup's difference again.
const ASK_AGAIN: i32 = 30;

pub fn get_state(call: &mut Call, _: &f::updates::GetState) -> Result<enums::updates::State, RpcError> {
    let me = call.me()?;
    let pts = call.world().account_state(me).pts;
    Ok(state(call, pts))
}

pub fn get_difference(
    call: &mut Call,
    request: &f::updates::GetDifference,
) -> Result<enums::updates::Difference, RpcError> {
    let me = call.me()?;
    let missed = call.world().difference(me, request.pts);
    let total_limit = request.pts_total_limit.and_then(|limit| usize::try_from(limit).ok());
    if missed.too_long
        || request.pts > missed.pts
        || total_limit.is_some_and(|limit| missed.updates.len() > limit)
    {
        return Ok(types::updates::DifferenceTooLong { pts: missed.pts }.into());
    }
    if missed.updates.is_empty() {
        return Ok(types::updates::DifferenceEmpty { date: date(missed.date), seq: 0 }.into());
    }
    let slice = slice_of(&missed, request.pts_limit);
    let told = Told::of(call, me, slice);
    let pts = slice.last().map_or(missed.pts, |last| last.pts);
    Ok(if slice.len() < missed.updates.len() {
        told.into_slice(state(call, pts))
    } else {
        told.into_rest(state(call, missed.pts))
    })
}

pub fn get_channel_difference(
    call: &mut Call,
    request: &f::updates::GetChannelDifference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    let me = call.me()?;
    let channel = input::channel(call, &request.channel)?;
    call.world().chat(me, Peer::Channel(channel)).map_err(|_| RpcError::bad("CHANNEL_PRIVATE"))?;
    let missed = call.world().channel_difference(me, channel, request.pts);
    if request.pts > missed.pts {
        return Err(RpcError::bad("PERSISTENT_TIMESTAMP_INVALID"));
    }
    if missed.too_long {
        return channel_too_long(call, me, channel, &missed);
    }
    let slice = slice_of(&missed, Some(request.limit));
    let is_final = slice.len() == missed.updates.len();
    let pts = if is_final { missed.pts } else { slice.last().map_or(missed.pts, |last| last.pts) };
    if slice.is_empty() {
        let empty = types::updates::ChannelDifferenceEmpty { r#final: true, pts, timeout: Some(ASK_AGAIN) };
        return Ok(empty.into());
    }
    let told = Told::of(call, me, slice);
    Ok(types::updates::ChannelDifference {
        r#final: is_final,
        pts,
        timeout: Some(ASK_AGAIN),
        new_messages: told.new,
        other_updates: told.other,
        chats: told.people.chats,
        users: told.people.users,
    }
    .into())
}

fn channel_too_long(
    call: &Call,
    me: UserId,
    channel: i64,
    missed: &Difference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    let at = Peer::Channel(channel);
    let query = HistoryQuery { limit: 20, ..HistoryQuery::default() };
    let (newest, _) = call.world().history(me, at, query)?;
    let mut cast = Cast::of(&newest);
    cast.peer(at);
    let people = cast.people(call.world(), me);
    let dialog = types::Dialog {
        pinned: false,
        unread_mark: false,
        view_forum_as_messages: false,
        peer: peer(at),
        top_message: newest.first().map_or(0, |top| top.id),
        read_inbox_max_id: 0,
        read_outbox_max_id: 0,
        unread_count: 0,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings: notify_settings(),
        pts: Some(missed.pts),
        draft: None,
        folder_id: None,
        ttl_period: None,
    };
    Ok(types::updates::ChannelDifferenceTooLong {
        r#final: true,
        timeout: Some(ASK_AGAIN),
        dialog: dialog.into(),
        messages: newest.iter().map(|view| message(view, me)).collect(),
        chats: people.chats,
        users: people.users,
    }
    .into())
}

/// The part of what was missed that fits in one answer.
fn slice_of(missed: &Difference, limit: Option<i32>) -> &[Update] {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
    let limit = limit.unwrap_or(SLICE).min(SLICE);
    &missed.updates[..missed.updates.len().min(limit)]
}

/// A part of a difference in TL.
struct Told {
    new: Vec<enums::Message>,
    other: Vec<enums::Update>,
    people: People,
}

impl Told {
    fn of(call: &Call, me: UserId, updates: &[Update]) -> Self {
        let mut cast = Cast::default();
        let (mut new, mut other) = (Vec::new(), Vec::new());
        for one in updates {
            cast.update(one);
            match update(one, me) {
                enums::Update::NewMessage(update) => new.push(update.message),
                enums::Update::NewChannelMessage(update) => new.push(update.message),
                update => other.push(update),
            }
        }
        Self { new, other, people: cast.people(call.world(), me) }
    }

    fn into_rest(self, state: enums::updates::State) -> enums::updates::Difference {
        types::updates::Difference {
            new_messages: self.new,
            new_encrypted_messages: Vec::new(),
            other_updates: self.other,
            chats: self.people.chats,
            users: self.people.users,
            state,
        }
        .into()
    }

    fn into_slice(self, intermediate_state: enums::updates::State) -> enums::updates::Difference {
        types::updates::DifferenceSlice {
            new_messages: self.new,
            new_encrypted_messages: Vec::new(),
            other_updates: self.other,
            chats: self.people.chats,
            users: self.people.users,
            intermediate_state,
        }
        .into()
    }
}

/// The account's state at `pts`.
pub fn state(call: &Call, pts: i32) -> enums::updates::State {
    let unread = call.me().map_or(0, |me| call.world().unread_chats(me));
    let now = date(call.world().now());
    types::updates::State { pts, qts: 0, date: now, seq: 0, unread_count: count(unread) }.into()
}
