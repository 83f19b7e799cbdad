//! The world in the Bot API's JSON.

use serde_json::{Map, Value, json};

use super::{document, extras, keyboard, members};
use crate::world::{
    BotUpdate, BotUpdateKind, CallbackQuery, ChatKind, ChatView, Content, Document, Entity, EntityKind,
    MessageView, Peer, ReactionChange, Service, User, UserId, World,
};

pub(super) fn update(world: &World, bot: UserId, update: &BotUpdate) -> Value {
    let content = match &update.kind {
        BotUpdateKind::Message(view) | BotUpdateKind::EditedMessage(view) => message(world, bot, view),
        BotUpdateKind::CallbackQuery(query) => callback_query(world, bot, query),
        BotUpdateKind::MessageReaction(change) => reaction(world, bot, change),
        BotUpdateKind::MemberChanged(change) => members::change(world, bot, change),
    };
    let mut value = json!({ "update_id": update.id });
    value[update.kind.name()] = content;
    value
}

pub(super) fn user(world: &World, id: UserId) -> Value {
    world
        .user(id)
        .as_ref()
        .map_or_else(|| json!({ "id": id, "is_bot": false, "first_name": "Deleted Account" }), known_user)
}

fn known_user(user: &User) -> Value {
    let mut value = json!({ "id": user.id, "is_bot": user.is_bot(), "first_name": user.name });
    if let Some(username) = &user.username {
        value["username"] = json!(username);
    }
    value
}

/// The bot itself, with its flags.
pub(super) fn me(bot: &User) -> Value {
    let mut value = known_user(bot);
    let (privacy, can_join) = bot.bot().map_or((true, true), |bot| (bot.privacy, bot.can_join_groups));
    let flags = [
        ("can_join_groups", can_join),
        ("can_read_all_group_messages", !privacy),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
        ("has_topics_enabled", false),
        ("allows_users_to_create_topics", false),
        ("can_manage_bots", false),
        ("supports_guest_queries", false),
    ];
    for (name, flag) in flags {
        value[name] = json!(flag);
    }
    value
}

/// The chat as it stands in messages.
pub(super) fn chat(world: &World, bot: UserId, peer: Peer) -> Value {
    match (peer, world.chat(bot, peer)) {
        (Peer::User(other), _) => private_chat(world, other),
        (_, Ok(view)) => group_chat(&view),
        // The bot is no longer in it, and is told of what happened while it was. Titles never change here.
        (_, Err(_)) => world.group(peer).map_or_else(
            || json!({ "id": peer.to_bot_api(), "type": "group", "title": "" }),
            |was| group_chat(&was),
        ),
    }
}

fn private_chat(world: &World, other: UserId) -> Value {
    let mut value = user(world, other);
    if let Some(fields) = value.as_object_mut() {
        fields.remove("is_bot");
        fields.insert("type".to_owned(), json!("private"));
    }
    value
}

fn group_chat(view: &ChatView) -> Value {
    let mut value = json!({ "id": view.peer.to_bot_api(), "title": view.title, "type": kind(view.kind) });
    if view.kind == ChatKind::Group {
        // Undocumented, and always there.
        value["all_members_are_administrators"] = json!(false);
        value["accepted_gift_types"] = gift_types(false);
    }
    value
}

fn kind(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Supergroup => "supergroup",
    }
}

fn gift_types(accepted: bool) -> Value {
    let names =
        ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"];
    names.iter().map(|name| ((*name).to_owned(), json!(accepted))).collect::<Map<_, _>>().into()
}

/// The answer of `getChat`.
pub(super) fn full_chat(world: &World, bot: UserId, view: &ChatView) -> Value {
    let mut value = chat(world, bot, view.peer);
    value["accent_color_id"] = json!(view.peer.to_bot_api().rem_euclid(7));
    value["max_reaction_count"] = json!(11);
    value["accepted_gift_types"] = gift_types(view.kind == ChatKind::Private);
    if view.kind != ChatKind::Private {
        value["permissions"] = permissions();
    }
    if let Some(id) = view.pinned
        && let Ok(pinned) = world.message(bot, view.peer, id)
    {
        value["pinned_message"] = message(world, bot, &pinned);
    }
    value
}

fn permissions() -> Value {
    json!({
        "can_send_messages": true, "can_send_audios": true, "can_send_documents": true, "can_send_photos": true,
        "can_send_videos": true, "can_send_video_notes": true, "can_send_voice_notes": true,
        "can_send_polls": true, "can_send_other_messages": true, "can_add_web_page_previews": true,
        "can_change_info": true, "can_invite_users": true, "can_pin_messages": true, "can_manage_topics": true,
    })
}

/// A message, with the one it answers or pins, which tells of no further one: as it was when the view was made.
pub(super) fn message(world: &World, bot: UserId, view: &MessageView) -> Value {
    let mut value = json!({
        "message_id": view.id,
        "from": user(world, view.from),
        "chat": chat(world, bot, view.peer),
        "date": view.date,
    });
    if let Some(date) = view.edit_date {
        value["edit_date"] = json!(date);
    }
    let is_pin = matches!(view.content, Content::Service(Service::Pinned { .. }));
    if let Some(replied) = view.replied.as_deref().filter(|_| !is_pin) {
        value["reply_to_message"] = message(world, bot, replied);
    }
    add_content(world, bot, view, &mut value);
    extras::add(view, |quote| quote.entities.iter().map(|e| entity(world, e)).collect(), &mut value);
    if let Some(keyboard) = &view.keyboard {
        value["reply_markup"] = keyboard::shown(keyboard);
    }
    value
}

fn add_content(world: &World, bot: UserId, view: &MessageView, value: &mut Value) {
    match &view.content {
        Content::Text { text, entities } => add_words(world, bot, view, text, entities, value),
        Content::Service(Service::Created { .. }) if matches!(view.peer, Peer::Channel(_)) => {
            value["supergroup_chat_created"] = json!(true);
        }
        Content::Service(Service::Created { .. }) => value["group_chat_created"] = json!(true),
        Content::Service(Service::Joined { users }) => {
            value["new_chat_members"] = users.iter().map(|id| user(world, *id)).collect();
        }
        Content::Service(Service::Left { user: gone }) => value["left_chat_member"] = user(world, *gone),
        Content::Service(Service::MigratedTo { channel }) => {
            value["migrate_to_chat_id"] = json!(Peer::Channel(*channel).to_bot_api());
        }
        Content::Service(Service::MigratedFrom { group, .. }) => {
            value["migrate_from_chat_id"] = json!(Peer::Group(*group).to_bot_api());
        }
        Content::Service(Service::Pinned { message: id }) => {
            value["pinned_message"] = pinned(world, bot, view, id.unwrap_or(0));
        }
    }
}

/// A text, or a file with its caption.
fn add_words(
    world: &World,
    bot: UserId,
    view: &MessageView,
    text: &str,
    entities: &[Entity],
    value: &mut Value,
) {
    let (words, marks) =
        if view.document.is_some() { ("caption", "caption_entities") } else { ("text", "entities") };
    match &view.document {
        Some(file @ Document { photo: Some(size), .. }) => value["photo"] = document::photo(bot, file, *size),
        Some(file) => value["document"] = document::document(bot, file),
        None => {}
    }
    if view.document.is_none() || !text.is_empty() {
        value[words] = json!(text);
    }
    if !entities.is_empty() {
        value[marks] = entities.iter().map(|e| entity(world, e)).collect();
    }
}

/// The pinned message, or what is told of one that was gone by then.
fn pinned(world: &World, bot: UserId, pin: &MessageView, id: i32) -> Value {
    match pin.replied.as_deref() {
        Some(view) => message(world, bot, view),
        None => json!({ "chat": chat(world, bot, pin.peer), "message_id": id, "date": 0 }),
    }
}

fn entity(world: &World, entity: &Entity) -> Value {
    let mut value =
        json!({ "type": entity_type(&entity.kind), "offset": entity.offset, "length": entity.length });
    match &entity.kind {
        EntityKind::Pre { language: Some(language) } => value["language"] = json!(language),
        EntityKind::TextLink { url } => value["url"] = json!(url),
        EntityKind::TextMention { user: id } => value["user"] = user(world, *id),
        EntityKind::CustomEmoji { id } => value["custom_emoji_id"] = json!(id.to_string()),
        _ => {}
    }
    value
}

fn entity_type(kind: &EntityKind) -> &'static str {
    match kind {
        EntityKind::Mention => "mention",
        EntityKind::Hashtag => "hashtag",
        EntityKind::Cashtag => "cashtag",
        EntityKind::Email => "email",
        EntityKind::Phone => "phone_number",
        EntityKind::BotCommand => "bot_command",
        EntityKind::Url => "url",
        EntityKind::Bold => "bold",
        EntityKind::Italic => "italic",
        EntityKind::Underline => "underline",
        EntityKind::Strikethrough => "strikethrough",
        EntityKind::Spoiler => "spoiler",
        EntityKind::Code => "code",
        EntityKind::Pre { .. } => "pre",
        EntityKind::TextLink { .. } => "text_link",
        EntityKind::TextMention { .. } => "text_mention",
        EntityKind::Blockquote { expandable: false } => "blockquote",
        EntityKind::Blockquote { expandable: true } => "expandable_blockquote",
        EntityKind::CustomEmoji { .. } => "custom_emoji",
    }
}

fn callback_query(world: &World, bot: UserId, query: &CallbackQuery) -> Value {
    json!({
        "id": query.id.to_string(),
        "from": user(world, query.from),
        "message": message(world, bot, &query.message),
        "chat_instance": query.chat_instance.to_string(),
        "data": String::from_utf8_lossy(&query.data),
    })
}

fn reaction(world: &World, bot: UserId, change: &ReactionChange) -> Value {
    let list = |emoji: &Option<String>| -> Vec<Value> {
        emoji.iter().map(|emoji| json!({ "type": "emoji", "emoji": emoji })).collect()
    };
    json!({
        "chat": chat(world, bot, change.peer),
        "message_id": change.id,
        "user": user(world, change.by),
        "date": change.date,
        "old_reaction": list(&change.old),
        "new_reaction": list(&change.new),
    })
}
