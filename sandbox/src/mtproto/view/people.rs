//! Users and chats.

use grammers_tl_types::{enums, types};

use super::{access_hash, blank, count, date};
use crate::world::{ChatView, Peer, Rank, User, UserId};

/// A user as `viewer` sees it; the phone number is one's own only.
pub fn user(user: &User, viewer: UserId) -> enums::User {
    let is_self = user.id == viewer;
    let phone =
        user.person().filter(|_| is_self).map(|person| person.phone.trim_start_matches('+').to_owned());
    let bot = user.bot();
    enums::User::User(types::User {
        is_self,
        bot: bot.is_some(),
        bot_chat_history: bot.is_some_and(|bot| !bot.privacy),
        bot_nochats: bot.is_some_and(|bot| !bot.can_join_groups),
        bot_info_version: bot.map(|_| 1),
        id: user.id.0,
        access_hash: Some(access_hash(viewer, Peer::User(user.id))),
        first_name: Some(user.name.clone()),
        username: user.username.clone(),
        phone,
        status: bot.is_none().then_some(enums::UserStatus::Recently(blank())),
        ..blank()
    })
}

/// A basic group or a supergroup as a member sees it.
pub fn chat(chat: &ChatView, viewer: UserId) -> enums::Chat {
    let rank = chat.rank(viewer);
    match chat.peer {
        Peer::Channel(id) => enums::Chat::Channel(channel(chat, id, viewer, rank)),
        Peer::Group(id) | Peer::User(UserId(id)) => enums::Chat::Chat(types::Chat {
            creator: rank == Some(Rank::Creator),
            left: rank.is_none(),
            deactivated: chat.migrated_to.is_some(),
            call_active: false,
            call_not_empty: false,
            noforwards: false,
            id,
            title: chat.title.clone(),
            photo: enums::ChatPhoto::Empty,
            participants_count: count(chat.members.len()),
            date: date(chat.date),
            version: chat.version,
            migrated_to: chat.migrated_to.map(|channel| input_channel(channel, viewer)),
            admin_rights: (rank == Some(Rank::Admin)).then(|| admin_rights().into()),
            default_banned_rights: Some(blank::<types::ChatBannedRights>().into()),
        }),
    }
}

fn input_channel(channel_id: i64, viewer: UserId) -> enums::InputChannel {
    let access_hash = access_hash(viewer, Peer::Channel(channel_id));
    types::InputChannel { channel_id, access_hash }.into()
}

/// A chat that `viewer` is not in.
pub fn forbidden(chat: &ChatView, viewer: UserId) -> enums::Chat {
    let title = chat.title.clone();
    match chat.peer {
        Peer::Group(id) | Peer::User(UserId(id)) => types::ChatForbidden { id, title }.into(),
        Peer::Channel(id) => types::ChannelForbidden {
            broadcast: false,
            megagroup: true,
            monoforum: false,
            id,
            access_hash: access_hash(viewer, chat.peer),
            title,
            until_date: None,
        }
        .into(),
    }
}

fn channel(chat: &ChatView, id: i64, viewer: UserId, rank: Option<Rank>) -> types::Channel {
    types::Channel {
        creator: rank == Some(Rank::Creator),
        left: rank.is_none(),
        megagroup: true,
        id,
        access_hash: Some(access_hash(viewer, chat.peer)),
        title: chat.title.clone(),
        date: date(chat.date),
        admin_rights: rank.filter(|rank| *rank >= Rank::Admin).map(|_| admin_rights().into()),
        default_banned_rights: Some(blank::<types::ChatBannedRights>().into()),
        participants_count: Some(count(chat.members.len())),
        ..nothing()
    }
}

/// What an administrator of the sandbox may do.
pub fn admin_rights() -> types::ChatAdminRights {
    types::ChatAdminRights {
        change_info: true,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        other: true,
        ..blank()
    }
}

/// A channel with nothing set.
fn nothing() -> types::Channel {
    types::Channel {
        creator: false,
        left: false,
        broadcast: false,
        verified: false,
        megagroup: false,
        restricted: false,
        signatures: false,
        min: false,
        scam: false,
        has_link: false,
        has_geo: false,
        slowmode_enabled: false,
        call_active: false,
        call_not_empty: false,
        fake: false,
        gigagroup: false,
        noforwards: false,
        join_to_send: false,
        join_request: false,
        forum: false,
        stories_hidden: false,
        stories_hidden_min: false,
        stories_unavailable: false,
        signature_profiles: false,
        autotranslation: false,
        broadcast_messages_allowed: false,
        monoforum: false,
        forum_tabs: false,
        id: 0,
        access_hash: None,
        title: String::new(),
        username: None,
        photo: enums::ChatPhoto::Empty,
        date: 0,
        restriction_reason: None,
        admin_rights: None,
        banned_rights: None,
        default_banned_rights: None,
        participants_count: None,
        usernames: None,
        stories_max_id: None,
        color: None,
        profile_color: None,
        emoji_status: None,
        level: None,
        subscription_until_date: None,
        bot_verification_icon: None,
        send_paid_messages_stars: None,
        linked_monoforum_id: None,
        linked_community_id: None,
    }
}
