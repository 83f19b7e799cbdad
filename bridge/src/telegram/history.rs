//! Reading what is already there: chats and their messages.

use grammers_tl_types::enums::{
    ChannelParticipantsFilter, Chat, Dialog as AnyDialog, InputPeer, Message as AnyMessage, User, channels,
    messages,
};
use grammers_tl_types::functions;
use grammers_tl_types::types::{
    Dialog, InputChannel, InputDialogPeer, InputMessageId, Message, MessageService,
};

use super::call::{CallError, Caller};

/// The most that Telegram gives at once, of messages and of chats.
pub(super) const PAGE: i32 = 100;

/// Messages with what names their people, newest first.
pub(super) struct Page {
    pub(super) messages: Vec<Message>,
    pub(super) service: Vec<MessageService>,
    /// The numbers and dates of both.
    pub(super) positions: Vec<(i32, i32)>,
    /// The lowest id among all of them, deleted ones too.
    pub(super) oldest: Option<i32>,
    pub(super) users: Vec<User>,
    pub(super) chats: Vec<Chat>,
}

/// The messages of a chat before an id (0: the newest), at most `limit`.
pub(super) async fn page(
    caller: &Caller,
    peer: InputPeer,
    before: i32,
    limit: i32,
) -> Result<Page, CallError> {
    let request = functions::messages::GetHistory {
        peer,
        offset_id: before,
        offset_date: 0,
        add_offset: 0,
        limit,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    Ok(paged(caller.call(&request).await?))
}

/// Messages of a chat by their ids, at most 100; those that are gone are left out.
pub(super) async fn these(
    caller: &Caller,
    peer: InputPeer,
    ids: impl Iterator<Item = i32>,
) -> Result<Page, CallError> {
    let id = ids.map(|id| InputMessageId { id }.into()).collect();
    let found = match peer {
        InputPeer::Channel(channel) => {
            let channel = InputChannel { channel_id: channel.channel_id, access_hash: channel.access_hash };
            caller.call(&functions::channels::GetMessages { channel: channel.into(), id }).await?
        }
        _ => caller.call(&functions::messages::GetMessages { id }).await?,
    };
    Ok(paged(found))
}

fn paged(found: messages::Messages) -> Page {
    let (all, users, chats) = match found {
        messages::Messages::Messages(all) => (all.messages, all.users, all.chats),
        messages::Messages::Slice(all) => (all.messages, all.users, all.chats),
        messages::Messages::ChannelMessages(all) => (all.messages, all.users, all.chats),
        messages::Messages::NotModified(_) => Default::default(),
    };
    let mut page = Page {
        oldest: all.iter().map(AnyMessage::id).min(),
        messages: Vec::with_capacity(all.len()),
        service: Vec::new(),
        positions: Vec::with_capacity(all.len()),
        users,
        chats,
    };
    for one in all {
        match one {
            AnyMessage::Message(message) => {
                page.positions.push((message.id, message.date));
                page.messages.push(message);
            }
            AnyMessage::Service(service) => {
                page.positions.push((service.id, service.date));
                page.service.push(service);
            }
            AnyMessage::Empty(_) => {}
        }
    }
    page
}

/// A group, as Telegram describes it now.
pub(super) async fn described(caller: &Caller, group: InputPeer) -> Result<Vec<Chat>, CallError> {
    let found = match group {
        InputPeer::Channel(channel) => {
            let channel = InputChannel { channel_id: channel.channel_id, access_hash: channel.access_hash };
            caller.call(&functions::channels::GetChannels { id: vec![channel.into()] }).await?
        }
        InputPeer::Chat(chat) => {
            caller.call(&functions::messages::GetChats { id: vec![chat.chat_id] }).await?
        }
        _ => return Ok(Vec::new()),
    };
    Ok(match found {
        messages::Chats::Chats(all) => all.chats,
        messages::Chats::Slice(all) => all.chats,
    })
}

/// The members of a group, as far as Telegram tells in one answer (all of a basic group, the newest 100 of a larger
/// one): agents that never wrote are known by nothing else.
pub(super) async fn members(caller: &Caller, group: InputPeer) -> Result<Vec<User>, CallError> {
    match group {
        InputPeer::Chat(chat) => {
            let request = functions::messages::GetFullChat { chat_id: chat.chat_id };
            let messages::ChatFull::Full(full) = caller.call(&request).await?;
            Ok(full.users)
        }
        InputPeer::Channel(channel) => {
            let channel = InputChannel { channel_id: channel.channel_id, access_hash: channel.access_hash };
            let request = functions::channels::GetParticipants {
                channel: channel.into(),
                filter: ChannelParticipantsFilter::ChannelParticipantsRecent,
                offset: 0,
                limit: PAGE,
                hash: 0,
            };
            match caller.call(&request).await? {
                channels::ChannelParticipants::Participants(found) => Ok(found.users),
                channels::ChannelParticipants::NotModified => Ok(Vec::new()),
            }
        }
        _ => Ok(Vec::new()),
    }
}

/// The newest chats of the account.
pub(super) struct ChatList {
    pub(super) dialogs: Vec<Dialog>,
    pub(super) users: Vec<User>,
    pub(super) chats: Vec<Chat>,
}

/// The 100 chats that were last written in.
pub(super) async fn newest_chats(caller: &Caller) -> Result<ChatList, CallError> {
    let request = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: InputPeer::Empty,
        limit: PAGE,
        hash: 0,
    };
    let (dialogs, users, chats) = match caller.call(&request).await? {
        messages::Dialogs::Dialogs(all) => (all.dialogs, all.users, all.chats),
        messages::Dialogs::Slice(all) => (all.dialogs, all.users, all.chats),
        messages::Dialogs::NotModified(_) => Default::default(),
    };
    let dialogs = dialogs
        .into_iter()
        .filter_map(|dialog| match dialog {
            AnyDialog::Dialog(dialog) => Some(dialog),
            AnyDialog::Folder(_) | AnyDialog::Community(_) => None,
        })
        .collect();
    Ok(ChatList { dialogs, users, chats })
}

/// Where a supergroup's counter stands, and its newest message; none where the account is not in it.
pub(super) async fn counter(caller: &Caller, group: InputPeer) -> Result<Option<(i32, i32)>, CallError> {
    let peers = vec![InputDialogPeer { peer: group }.into()];
    let messages::PeerDialogs::Dialogs(found) =
        caller.call(&functions::messages::GetPeerDialogs { peers }).await?;
    Ok(found.dialogs.into_iter().find_map(|dialog| match dialog {
        AnyDialog::Dialog(dialog) => Some((dialog.pts?, dialog.top_message)),
        AnyDialog::Folder(_) | AnyDialog::Community(_) => None,
    }))
}
