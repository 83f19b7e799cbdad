//! Updates.

use grammers_tl_types::{enums, types};

use super::typing::typing;
use super::{Cast, date, message, participants, peer, reactions};
use crate::world::{MessageView, Peer, Update, UpdateKind, UserId, World};

/// An update as `viewer` is told it.
pub fn update(update: &Update, viewer: UserId) -> enums::Update {
    match &update.kind {
        UpdateKind::NewMessage(view) => new(update, view, viewer),
        UpdateKind::EditMessage(view) => edited(update, view, viewer),
        UpdateKind::DeleteMessages { ids } => deleted(update, ids),
        UpdateKind::PinnedMessage { peer, id, pinned } => pin(update, *peer, *id, *pinned),
        UpdateKind::Reactions { peer: at, id, reactions: set } => types::UpdateMessageReactions {
            peer: peer(*at),
            msg_id: *id,
            top_msg_id: None,
            saved_peer_id: None,
            reactions: reactions(set, viewer, !matches!(at, Peer::User(_))),
        }
        .into(),
        UpdateKind::Typing { peer, by, action } => typing(*peer, *by, *action),
        UpdateKind::Members(group) => {
            types::UpdateChatParticipants { participants: participants(bare(group.peer), group) }.into()
        }
        UpdateKind::Rank { group, user, admin, version } => types::UpdateChatParticipantAdmin {
            chat_id: *group,
            user_id: user.0,
            is_admin: *admin,
            version: *version,
        }
        .into(),
        UpdateKind::Blocked { user, on } => types::UpdatePeerBlocked {
            blocked: *on,
            blocked_my_stories_from: false,
            peer_id: peer(Peer::User(*user)),
        }
        .into(),
        UpdateKind::Channel { channel } => types::UpdateChannel { channel_id: *channel }.into(),
        UpdateKind::ReadOutbox { peer, max_id } => read_by_others(update, *peer, *max_id),
        UpdateKind::ReadInbox { peer, max_id, unread } => read(update, *peer, *max_id, *unread),
    }
}

fn bare(peer: Peer) -> i64 {
    match peer {
        Peer::Group(id) | Peer::Channel(id) | Peer::User(UserId(id)) => id,
    }
}

fn new(update: &Update, view: &MessageView, viewer: UserId) -> enums::Update {
    let (message, pts, pts_count) = (message(view, viewer), update.pts, update.pts_count);
    match update.channel {
        Some(_) => types::UpdateNewChannelMessage { message, pts, pts_count }.into(),
        None => types::UpdateNewMessage { message, pts, pts_count }.into(),
    }
}

fn edited(update: &Update, view: &MessageView, viewer: UserId) -> enums::Update {
    let (message, pts, pts_count) = (message(view, viewer), update.pts, update.pts_count);
    match update.channel {
        Some(_) => types::UpdateEditChannelMessage { message, pts, pts_count }.into(),
        None => types::UpdateEditMessage { message, pts, pts_count }.into(),
    }
}

fn deleted(update: &Update, ids: &[i32]) -> enums::Update {
    let (messages, pts, pts_count) = (ids.to_vec(), update.pts, update.pts_count);
    match update.channel {
        Some(channel_id) => {
            types::UpdateDeleteChannelMessages { channel_id, messages, pts, pts_count }.into()
        }
        None => types::UpdateDeleteMessages { messages, pts, pts_count }.into(),
    }
}

fn pin(update: &Update, at: Peer, id: i32, pinned: bool) -> enums::Update {
    let (messages, pts, pts_count) = (vec![id], update.pts, update.pts_count);
    match update.channel {
        Some(channel_id) => {
            types::UpdatePinnedChannelMessages { pinned, channel_id, messages, pts, pts_count }.into()
        }
        None => types::UpdatePinnedMessages { pinned, peer: peer(at), messages, pts, pts_count }.into(),
    }
}

fn read(update: &Update, at: Peer, max_id: i32, still_unread_count: i32) -> enums::Update {
    let (pts, pts_count) = (update.pts, update.pts_count);
    match update.channel {
        Some(channel_id) => {
            types::UpdateReadChannelInbox { folder_id: None, channel_id, max_id, still_unread_count, pts }
                .into()
        }
        None => types::UpdateReadHistoryInbox {
            folder_id: None,
            peer: peer(at),
            top_msg_id: None,
            max_id,
            still_unread_count,
            pts,
            pts_count,
        }
        .into(),
    }
}

fn read_by_others(update: &Update, at: Peer, max_id: i32) -> enums::Update {
    let (pts, pts_count) = (update.pts, update.pts_count);
    match update.channel {
        Some(channel_id) => types::UpdateReadChannelOutbox { channel_id, max_id }.into(),
        None => types::UpdateReadHistoryOutbox { peer: peer(at), max_id, pts, pts_count }.into(),
    }
}

/// Updates with everybody they name, `first` before them.
pub fn updates(first: Vec<enums::Update>, rest: &[Update], viewer: UserId, world: &World) -> types::Updates {
    let mut cast = Cast::default();
    for update in rest {
        cast.update(update);
    }
    let people = cast.people(world, viewer);
    let rest = rest.iter().map(|one| update(one, viewer));
    types::Updates {
        updates: first.into_iter().chain(rest).collect(),
        users: people.users,
        chats: people.chats,
        date: date(world.now()),
        seq: 0,
    }
}
