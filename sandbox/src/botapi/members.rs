//! Members and their standing in the Bot API's JSON.

use serde_json::{Value, json};

use super::render::{chat, user};
use crate::world::{MemberChange, Rank, Standing, UserId, World};

/// A `ChatMember`.
pub(super) fn member(world: &World, id: UserId, standing: Standing) -> Value {
    let user = user(world, id);
    match standing {
        Standing::In(Rank::Creator) => json!({ "user": user, "status": "creator", "is_anonymous": false }),
        Standing::In(Rank::Member) => json!({ "user": user, "status": "member" }),
        Standing::In(Rank::Admin) => administrator(&user),
        Standing::Left => json!({ "user": user, "status": "left" }),
        // Zero: for good.
        Standing::Kicked => json!({ "user": user, "status": "kicked", "until_date": 0 }),
    }
}

fn administrator(user: &Value) -> Value {
    json!({
        "user": user, "status": "administrator", "can_be_edited": false, "is_anonymous": false,
        "can_manage_chat": true, "can_change_info": true, "can_delete_messages": true,
        "can_invite_users": true, "can_restrict_members": true, "can_pin_messages": true,
        "can_promote_members": false, "can_manage_video_chats": true, "can_post_stories": false,
        "can_edit_stories": false, "can_delete_stories": false, "can_send_welcome_messages": false,
    })
}

/// A `ChatMemberUpdated`.
pub(super) fn change(world: &World, bot: UserId, change: &MemberChange) -> Value {
    json!({
        "chat": chat(world, bot, change.peer),
        "from": user(world, change.by),
        "date": change.date,
        "old_chat_member": member(world, change.user, change.old),
        "new_chat_member": member(world, change.user, change.new),
    })
}
