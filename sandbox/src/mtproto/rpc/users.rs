//! `users`.

use grammers_tl_types::{enums, functions as f, types};

use super::{Call, RpcError, input};
use crate::mtproto::view::{Cast, blank, notify_settings, user};
use crate::world::{Peer, UserId};

/// The most users of one request.
const USERS_LIMIT: usize = 200;

pub fn get_users(call: &mut Call, request: &f::users::GetUsers) -> Result<Vec<enums::User>, RpcError> {
    let me = call.me()?;
    let mut found = Vec::new();
    for wanted in request.id.iter().take(USERS_LIMIT) {
        let id = input::user(call, wanted)?;
        let known = call.world().user(id).map(|known| user(&known, me));
        found.push(known.unwrap_or_else(|| types::UserEmpty { id: id.0 }.into()));
    }
    Ok(found)
}

pub fn get_full_user(
    call: &mut Call,
    request: &f::users::GetFullUser,
) -> Result<enums::users::UserFull, RpcError> {
    let me = call.me()?;
    let id = input::user(call, &request.id)?;
    let known = call.world().user(id).ok_or(RpcError::bad("USER_ID_INVALID"))?;
    let mut cast = Cast::default();
    cast.user(id);
    let people = cast.people(call.world(), me);
    let full_user = full(call, id, known.is_bot());
    Ok(types::users::UserFull { full_user, chats: people.chats, users: people.users }.into())
}

fn full(call: &Call, id: UserId, is_bot: bool) -> enums::UserFull {
    let pinned = call.me().ok().and_then(|me| call.world().chat(me, Peer::User(id)).ok()?.pinned);
    let bot_info = types::BotInfo { user_id: Some(id.0), ..blank() };
    types::UserFull {
        blocked: call.me().is_ok_and(|me| call.world().is_blocked(me, id)),
        can_pin_message: true,
        id: id.0,
        bot_info: is_bot.then(|| bot_info.into()),
        pinned_msg_id: pinned,
        ..nothing()
    }
    .into()
}

/// A profile with nothing set.
fn nothing() -> types::UserFull {
    types::UserFull {
        blocked: false,
        phone_calls_available: false,
        phone_calls_private: false,
        can_pin_message: false,
        has_scheduled: false,
        video_calls_available: false,
        voice_messages_forbidden: false,
        translations_disabled: false,
        stories_pinned_available: false,
        blocked_my_stories_from: false,
        wallpaper_overridden: false,
        contact_require_premium: false,
        read_dates_private: false,
        sponsored_enabled: false,
        can_view_revenue: false,
        bot_can_manage_emoji_status: false,
        display_gifts_button: false,
        noforwards_my_enabled: false,
        noforwards_peer_enabled: false,
        unofficial_security_risk: false,
        id: 0,
        about: None,
        settings: blank::<types::PeerSettings>().into(),
        personal_photo: None,
        profile_photo: None,
        fallback_photo: None,
        notify_settings: notify_settings(),
        bot_info: None,
        pinned_msg_id: None,
        common_chats_count: 0,
        folder_id: None,
        ttl_period: None,
        theme: None,
        private_forward_name: None,
        bot_group_admin_rights: None,
        bot_broadcast_admin_rights: None,
        wallpaper: None,
        stories: None,
        business_work_hours: None,
        business_location: None,
        business_greeting_message: None,
        business_away_message: None,
        business_intro: None,
        birthday: None,
        personal_channel_id: None,
        personal_channel_message: None,
        stargifts_count: None,
        starref_program: None,
        bot_verification: None,
        send_paid_messages_stars: None,
        disallowed_gifts: None,
        stars_rating: None,
        stars_my_pending_rating: None,
        stars_my_pending_rating_date: None,
        main_tab: None,
        saved_music: None,
        note: None,
        bot_manager_id: None,
    }
}
