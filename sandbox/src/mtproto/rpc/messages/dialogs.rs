//! The list of chats.

use grammers_tl_types::{enums, functions as f, types};

use crate::mtproto::rpc::{Call, RpcError, input, updates};
use crate::mtproto::view::{Cast, count, message, notify_settings, peer};
use crate::world::{Dialog, Peer, UserId};

/// The most chats of one answer.
const DIALOGS_LIMIT: usize = 100;
/// The archive, which is always empty.
const ARCHIVE: i32 = 1;

pub fn get_dialogs(
    call: &mut Call,
    request: &f::messages::GetDialogs,
) -> Result<enums::messages::Dialogs, RpcError> {
    let me = call.me()?;
    let mut all = call.world().dialogs(me);
    if request.folder_id == Some(ARCHIVE) {
        all.clear();
    }
    let total = all.len();
    let start = start(call, &all, request);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(DIALOGS_LIMIT);
    let page: Vec<Dialog> = all.into_iter().skip(start).take(limit).collect();
    let cast = cast(&page);
    let people = cast.people(call.world(), me);
    let (dialogs, messages) = to_tl(&page, me);
    let (chats, users) = (people.chats, people.users);
    Ok(if start == 0 && page.len() == total {
        types::messages::Dialogs { dialogs, messages, chats, users }.into()
    } else {
        types::messages::DialogsSlice { count: count(total), dialogs, messages, chats, users }.into()
    })
}

/// Nothing can be pinned to the top here.
pub fn get_pinned_dialogs(
    call: &mut Call,
    _: &f::messages::GetPinnedDialogs,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let me = call.me()?;
    Ok(peer_dialogs(call, me, &[]))
}

pub fn get_peer_dialogs(
    call: &mut Call,
    request: &f::messages::GetPeerDialogs,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let me = call.me()?;
    let mut wanted = Vec::new();
    for named in request.peers.iter().take(DIALOGS_LIMIT) {
        if let enums::InputDialogPeer::Peer(named) = named {
            wanted.push(input::peer(call, &named.peer)?);
        }
    }
    let mut found = call.world().dialogs(me);
    found.retain(|dialog| wanted.contains(&dialog.peer));
    Ok(peer_dialogs(call, me, &found))
}

fn peer_dialogs(call: &Call, me: UserId, found: &[Dialog]) -> enums::messages::PeerDialogs {
    let people = cast(found).people(call.world(), me);
    let (dialogs, messages) = to_tl(found, me);
    let state = updates::state(call, call.world().account_state(me).pts);
    types::messages::PeerDialogs { dialogs, messages, chats: people.chats, users: people.users, state }.into()
}

/// Where a page begins: after the chat the last page ended with, or after its date.
fn start(call: &Call, all: &[Dialog], request: &f::messages::GetDialogs) -> usize {
    let last: Option<Peer> = input::peer(call, &request.offset_peer).ok();
    if let Some(at) = all.iter().position(|dialog| Some(dialog.peer) == last) {
        return at + 1;
    }
    let is_older = |dialog: &Dialog| {
        (request.offset_date == 0 || dialog.top.date < request.offset_date.into())
            && (request.offset_id == 0 || dialog.top.id < request.offset_id)
    };
    all.iter().position(is_older).unwrap_or(all.len())
}

fn cast(dialogs: &[Dialog]) -> Cast {
    let mut cast = Cast::of(dialogs.iter().map(|dialog| &dialog.top));
    for dialog in dialogs {
        cast.peer(dialog.peer);
    }
    cast
}

fn to_tl(dialogs: &[Dialog], me: UserId) -> (Vec<enums::Dialog>, Vec<enums::Message>) {
    let messages = dialogs.iter().map(|dialog| message(&dialog.top, me)).collect();
    (dialogs.iter().map(one_to_tl).collect(), messages)
}

fn one_to_tl(dialog: &Dialog) -> enums::Dialog {
    types::Dialog {
        pinned: false,
        unread_mark: false,
        view_forum_as_messages: false,
        peer: peer(dialog.peer),
        top_message: dialog.top.id,
        read_inbox_max_id: dialog.read_max_id,
        read_outbox_max_id: dialog.read_outbox_max_id,
        unread_count: dialog.unread,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings: notify_settings(),
        pts: matches!(dialog.peer, Peer::Channel(_)).then_some(dialog.pts),
        draft: None,
        folder_id: None,
        ttl_period: None,
    }
    .into()
}
