//! The world at a glance.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Door;
use crate::world::{ChatKey, ChatView, SeenMessage, User, UserId, World};

/// Messages shown of each chat, the newest.
const SHOWN: usize = 50;

pub(super) async fn health() -> Json<Value> {
    Json(json!({ "ok": true }))
}

pub(super) async fn world(State(door): State<Door>) -> Json<Value> {
    let world = &door.world;
    let (bots, people): (Vec<User>, Vec<User>) = world.users().into_iter().partition(User::is_bot);
    let groups: Vec<Value> = world.groups().iter().map(|view| group(world, view)).collect();
    Json(json!({
        "accounts": people.iter().map(somebody).collect::<Vec<_>>(),
        "bots": bots.iter().map(somebody).collect::<Vec<_>>(),
        "chats": groups,
        "private": private_chats(world),
        "now": world.now(),
    }))
}

fn somebody(user: &User) -> Value {
    json!({ "id": user.id, "name": user.name, "username": user.username })
}

fn group(world: &World, view: &ChatView) -> Value {
    let members: Vec<String> =
        view.members.iter().filter_map(|member| world.user(member.user)).map(|user| user.name).collect();
    json!({
        "id": view.peer.to_bot_api(),
        "title": view.title,
        "members": members,
        "messages": messages(world, ChatKey::of(UserId(0), view.peer)),
    })
}

fn private_chats(world: &World) -> Vec<Value> {
    let name = |id| world.user(id).map(|user| user.name);
    let shown = |chat: ChatKey| match chat {
        ChatKey::Private(a, b) => {
            Some(json!({ "between": [name(a), name(b)], "messages": messages(world, chat) }))
        }
        ChatKey::Group(_) | ChatKey::Channel(_) => None,
    };
    world.private_chats().into_iter().filter_map(shown).collect()
}

fn messages(world: &World, chat: ChatKey) -> Vec<Value> {
    let all = world.transcript(chat);
    let skipped = all.len().saturating_sub(SHOWN);
    all.iter().skip(skipped).map(message).collect()
}

fn message(seen: &SeenMessage) -> Value {
    json!({
        "message": seen.key,
        "date": seen.date,
        "from": seen.name,
        "text": seen.text,
        "file": seen.file,
        "reply_to": seen.reply_to,
        "buttons": seen.buttons,
        "reactions": seen.reactions.iter().map(|(by, emoji)| json!({ "by": by, "emoji": emoji })).collect::<Vec<_>>(),
        "pinned": seen.pinned,
        "edited": seen.edited,
        "silent": seen.silent,
    })
}
