//! Looking: who there is, which chats, what was said.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Page, render};
use crate::control::Refusal;
use crate::world::{ChatKey, MessageKey, Peer, User, UserId};

/// Messages shown at once.
const SHOWN: usize = 60;
/// Chats and people listed.
const LISTED: usize = 500;

#[derive(Deserialize)]
pub(super) struct Viewer {
    #[serde(rename = "as")]
    by: i64,
}

#[derive(Deserialize)]
pub(super) struct Part {
    #[serde(rename = "as")]
    by: i64,
    chat: i64,
    /// Only what was said before this message.
    before: Option<u64>,
}

impl Page {
    /// A person of the world; bots have the Bot API.
    pub(super) fn person(&self, id: i64) -> Result<User, Refusal> {
        let found = self.world.user(UserId(id)).filter(|user| !user.is_bot());
        found.ok_or_else(|| Refusal::unknown("There is no such person."))
    }

    /// A chat that the person is in, or the private chat with anybody.
    pub(super) fn place(&self, viewer: UserId, chat: i64) -> Result<Peer, Refusal> {
        let peer = Peer::from_bot_api(chat).ok_or_else(|| Refusal::unknown("There is no such chat."))?;
        self.world.chat(viewer, peer)?;
        Ok(peer)
    }
}

pub(super) async fn start(State(page): State<Page>) -> Json<Value> {
    let users = page.world.users();
    let people = users.iter().filter(|user| !user.is_bot()).take(LISTED).map(somebody);
    Json(json!({ "people": people.collect::<Vec<_>>() }))
}

fn somebody(user: &User) -> Value {
    json!({ "id": user.id, "name": user.name, "username": user.username, "bot": user.is_bot() })
}

/// The chats of a person, the newest first, and everybody else to write to.
pub(super) async fn chats(
    State(page): State<Page>,
    Query(viewer): Query<Viewer>,
) -> Result<Json<Value>, Refusal> {
    let me = page.person(viewer.by)?.id;
    // Taken before the chats are: what happens in between is told twice rather than never.
    let position = page.log.position();
    let dialogs = page.world.dialogs(me);
    let chats: Vec<Value> =
        dialogs.iter().take(LISTED).filter_map(|dialog| render::dialog(&page.world, me, dialog)).collect();
    let is_new = |user: &&User| user.id != me && !dialogs.iter().any(|own| own.peer == Peer::User(user.id));
    let users = page.world.users();
    let people: Vec<Value> = users.iter().filter(is_new).take(LISTED).map(somebody).collect();
    Ok(Json(json!({ "position": position, "chats": chats, "people": people })))
}

/// A chat and its newest messages, the oldest first; or those before a message.
pub(super) async fn chat(State(page): State<Page>, Query(part): Query<Part>) -> Result<Json<Value>, Refusal> {
    let me = page.person(part.by)?.id;
    let peer = page.place(me, part.chat)?;
    let view = page.world.chat(me, peer)?;
    let all = page.world.transcript(ChatKey::of(me, peer));
    let until = part.before.map_or(all.len(), |key| all.partition_point(|seen| seen.key < MessageKey(key)));
    let from = until.saturating_sub(SHOWN);
    let shown = all[from..until].iter().filter_map(|seen| render::message(&page.world, me, seen.key));
    let messages: Vec<Value> = shown.collect();
    Ok(Json(json!({
        "chat": render::chat(&page.world, me, &view),
        "messages": messages,
        "more": from > 0,
    })))
}
