//! The world as JSON for the browser, as one person sees it. Offsets count UTF-16 units, as the browser's own do.

use serde_json::{Map, Value, json};

use crate::world::{
    ButtonAction, ChatKind, ChatView, Content, Dialog, Entity, EntityKind, Keyboard, MessageKey, MessageView,
    UserId, World,
};

/// The part of an answered message that is shown.
const QUOTE_LENGTH: usize = 100;

/// A message; `None` where the person does not have it.
pub fn message(world: &World, viewer: UserId, key: MessageKey) -> Option<Value> {
    let (peer, id) = world.place_of(viewer, key)?;
    let view = world.message(viewer, peer, id).ok()?;
    let seen = world.seen_message(key)?;
    let author = world.user(view.from);
    Some(json!({
        "key": key,
        "chat": peer.to_bot_api(),
        "date": view.date,
        "by": seen.name,
        "bot": author.is_some_and(|author| author.is_bot()),
        "own": view.outgoing,
        "text": seen.text,
        "entities": entities(&view),
        "service": seen.service,
        "file": seen.file,
        "reply": seen.reply_to.and_then(|reply| quote(world, reply)),
        "buttons": view.keyboard.as_ref().map(buttons),
        "reactions": reactions(world, viewer, &view),
        "pinned": view.pinned,
        "edited": view.edit_date.is_some(),
        "silent": view.silent,
    }))
}

fn quote(world: &World, key: MessageKey) -> Option<Value> {
    let seen = world.seen_message(key)?;
    let text: String = seen.text.chars().take(QUOTE_LENGTH).collect();
    Some(json!({ "key": key, "by": seen.name, "text": text }))
}

fn entities(view: &MessageView) -> Vec<Value> {
    match &view.content {
        Content::Text { entities, .. } => entities.iter().map(entity).collect(),
        Content::Service(_) => Vec::new(),
    }
}

fn entity(entity: &Entity) -> Value {
    let (kind, url) = match &entity.kind {
        EntityKind::TextLink { url } => ("link", Some(url)),
        EntityKind::Url => ("url", None),
        EntityKind::Email => ("email", None),
        EntityKind::Bold => ("bold", None),
        EntityKind::Italic => ("italic", None),
        EntityKind::Underline => ("underline", None),
        EntityKind::Strikethrough => ("strike", None),
        EntityKind::Spoiler => ("spoiler", None),
        EntityKind::Code => ("code", None),
        EntityKind::Pre { .. } => ("pre", None),
        EntityKind::Blockquote { .. } => ("quote", None),
        EntityKind::Mention
        | EntityKind::Hashtag
        | EntityKind::Cashtag
        | EntityKind::Phone
        | EntityKind::BotCommand
        | EntityKind::TextMention { .. }
        | EntityKind::CustomEmoji { .. } => ("name", None),
    };
    json!({ "offset": entity.offset, "length": entity.length, "kind": kind, "url": url })
}

fn buttons(keyboard: &Keyboard) -> Vec<Vec<Value>> {
    let button = |button: &crate::world::Button| match &button.action {
        ButtonAction::Callback(_) => json!({ "text": button.text }),
        ButtonAction::Url(url) | ButtonAction::WebApp(url) => json!({ "text": button.text, "url": url }),
        ButtonAction::CopyText(text) => json!({ "text": button.text, "copy": text }),
        ButtonAction::SwitchInline { .. } => json!({ "text": button.text, "idle": true }),
    };
    keyboard.rows.iter().map(|row| row.iter().map(button).collect()).collect()
}

/// By emoji, in the order first set.
fn reactions(world: &World, viewer: UserId, view: &MessageView) -> Vec<Value> {
    let mut by_emoji: Vec<(String, Vec<String>, bool)> = Vec::new();
    for reaction in &view.reactions {
        let name = world.user(reaction.by).map_or_else(|| reaction.by.to_string(), |user| user.name);
        let own = reaction.by == viewer;
        match by_emoji.iter_mut().find(|(emoji, ..)| *emoji == reaction.emoji) {
            Some((_, names, is_own)) => {
                names.push(name);
                *is_own |= own;
            }
            None => by_emoji.push((reaction.emoji.clone(), vec![name], own)),
        }
    }
    let shown = |(emoji, names, own)| json!({ "emoji": emoji, "names": names, "own": own });
    by_emoji.into_iter().map(shown).collect()
}

/// A chat over its messages.
pub fn chat(world: &World, viewer: UserId, view: &ChatView) -> Value {
    let name = |id| world.user(id).map(|user| user.name);
    let kind = match view.kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Supergroup => "supergroup",
    };
    let others = view.members.iter().map(|member| member.user).filter(|user| *user != viewer);
    let members: Vec<String> = others.filter_map(name).collect();
    json!({ "id": view.peer.to_bot_api(), "title": view.title, "kind": kind, "members": members })
}

/// A chat in the list.
pub fn dialog(world: &World, viewer: UserId, dialog: &Dialog) -> Option<Value> {
    let view = world.chat(viewer, dialog.peer).ok()?;
    let last = message(world, viewer, dialog.top.key);
    let mut shown: Map<String, Value> = chat(world, viewer, &view).as_object()?.clone();
    shown.insert("last".to_owned(), last.unwrap_or_default());
    Some(shown.into())
}
