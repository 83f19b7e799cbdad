//! `messages`: everything about chats.

pub mod chats;
pub mod dialogs;
pub mod groups;
pub mod history;
pub mod media;
mod otherwise;
pub mod reactions;
pub mod search;
pub mod send;
pub mod taps;

use grammers_tl_types::{enums, types};

use super::Call;
use crate::mtproto::view::{Cast, message};
use crate::world::{MessageView, UserId};

/// The most single messages of one request.
const IDS_LIMIT: usize = 200;

/// The ids asked for; other ways of naming a message are not known here and count as missing.
pub fn wanted_ids(wanted: &[enums::InputMessage]) -> Vec<i32> {
    let id = |wanted: &enums::InputMessage| match wanted {
        enums::InputMessage::Id(message) => message.id,
        enums::InputMessage::ReplyTo(_)
        | enums::InputMessage::Pinned
        | enums::InputMessage::CallbackQuery(_) => 0,
    };
    wanted.iter().take(IDS_LIMIT).map(id).collect()
}

/// The messages found, and `messageEmpty` for the others.
pub fn empty_where_missing(ids: &[i32], found: &[Option<MessageView>], me: UserId) -> Vec<enums::Message> {
    let one = |(id, found): (&i32, &Option<MessageView>)| match found {
        Some(view) => message(view, me),
        None => types::MessageEmpty { id: *id, peer_id: None }.into(),
    };
    ids.iter().zip(found).map(one).collect()
}

/// Messages and everybody in them; `count` is that of all there are.
pub fn answer(
    call: &Call,
    me: UserId,
    channel: Option<i64>,
    cast: &Cast,
    messages: Vec<enums::Message>,
    count: i32,
) -> enums::messages::Messages {
    let people = cast.people(call.world(), me);
    let (users, chats, topics) = (people.users, people.chats, Vec::new());
    if let Some(channel) = channel {
        let at = crate::world::Peer::Channel(channel);
        let pts = call.world().chat(me, at).map_or(0, |view| view.pts);
        return types::messages::ChannelMessages {
            inexact: false,
            pts,
            count,
            offset_id_offset: None,
            messages,
            topics,
            chats,
            users,
        }
        .into();
    }
    if usize::try_from(count).is_ok_and(|count| count <= messages.len()) {
        return types::messages::Messages { messages, topics, chats, users }.into();
    }
    types::messages::MessagesSlice {
        inexact: false,
        count,
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics,
        chats,
        users,
    }
    .into()
}
