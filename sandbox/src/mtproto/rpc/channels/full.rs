//! A supergroup's profile.

use grammers_tl_types::{enums, functions as f, types};

use crate::mtproto::rpc::{Call, RpcError};
use crate::mtproto::view::{Cast, count, notify_settings};
use crate::world::{ChatView, Dialog, Peer, Rank, UserId};

pub fn get_full_channel(
    call: &mut Call,
    request: &f::channels::GetFullChannel,
) -> Result<enums::messages::ChatFull, RpcError> {
    let me = call.me()?;
    let view = super::view(call, me, &request.channel)?;
    let mut cast = Cast::default();
    cast.peer(view.peer);
    cast.users(view.members.iter().map(|member| member.user));
    view.migrated_from.into_iter().for_each(|group| cast.peer(Peer::Group(group)));
    let people = cast.people(call.world(), me);
    let full_chat = full(call, me, &view).into();
    Ok(types::messages::ChatFull { full_chat, chats: people.chats, users: people.users }.into())
}

fn full(call: &Call, me: UserId, view: &ChatView) -> types::ChannelFull {
    let id = match view.peer {
        Peer::Channel(id) | Peer::Group(id) | Peer::User(UserId(id)) => id,
    };
    let dialog: Option<Dialog> = call.world().dialogs(me).into_iter().find(|dialog| dialog.peer == view.peer);
    let admins = view.members.iter().filter(|member| member.rank >= Rank::Admin).count();
    types::ChannelFull {
        can_view_participants: true,
        can_delete_channel: view.rank(me) == Some(Rank::Creator),
        id,
        participants_count: Some(count(view.members.len())),
        admins_count: Some(count(admins)),
        read_outbox_max_id: dialog.as_ref().map_or(0, |dialog| dialog.read_outbox_max_id),
        read_inbox_max_id: dialog.as_ref().map_or(0, |dialog| dialog.read_max_id),
        unread_count: dialog.as_ref().map_or(0, |dialog| dialog.unread),
        // Its history stays behind, so there is none of it in here.
        migrated_from_chat_id: view.migrated_from,
        migrated_from_max_id: view.migrated_from.map(|_| 0),
        pinned_msg_id: view.pinned,
        pts: view.pts,
        ..nothing()
    }
}

/// A profile with nothing set.
fn nothing() -> types::ChannelFull {
    types::ChannelFull {
        can_view_participants: false,
        can_set_username: false,
        can_set_stickers: false,
        hidden_prehistory: false,
        can_set_location: false,
        has_scheduled: false,
        can_view_stats: false,
        blocked: false,
        can_delete_channel: false,
        antispam: false,
        participants_hidden: false,
        translations_disabled: false,
        stories_pinned_available: false,
        view_forum_as_messages: false,
        restricted_sponsored: false,
        can_view_revenue: false,
        paid_media_allowed: false,
        can_view_stars_revenue: false,
        paid_reactions_available: false,
        stargifts_available: false,
        paid_messages_available: false,
        has_welcome_messages: false,
        id: 0,
        about: String::new(),
        participants_count: None,
        admins_count: None,
        kicked_count: None,
        banned_count: None,
        online_count: None,
        read_inbox_max_id: 0,
        read_outbox_max_id: 0,
        unread_count: 0,
        chat_photo: types::PhotoEmpty { id: 0 }.into(),
        notify_settings: notify_settings(),
        exported_invite: None,
        bot_info: Vec::new(),
        migrated_from_chat_id: None,
        migrated_from_max_id: None,
        pinned_msg_id: None,
        stickerset: None,
        available_min_id: None,
        folder_id: None,
        linked_chat_id: None,
        location: None,
        slowmode_seconds: None,
        slowmode_next_send_date: None,
        stats_dc: None,
        pts: 0,
        call: None,
        ttl_period: None,
        pending_suggestions: None,
        groupcall_default_join_as: None,
        theme_emoticon: None,
        requests_pending: None,
        recent_requesters: None,
        default_send_as: None,
        available_reactions: None,
        reactions_limit: None,
        stories: None,
        wallpaper: None,
        boosts_applied: None,
        boosts_unrestrict: None,
        emojiset: None,
        bot_verification: None,
        stargifts_count: None,
        send_paid_messages_stars: None,
        main_tab: None,
        guard_bot_id: None,
    }
}
