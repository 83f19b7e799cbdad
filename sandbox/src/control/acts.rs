//! Posting, tapping and reacting as anyone.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::names::Name;
use super::refusal::{Refusal, read};
use crate::world::{Draft, MessageKey};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Post {
    #[serde(rename = "as")]
    by: Name,
    chat: Name,
    text: String,
    reply_to: Option<u64>,
    #[serde(default)]
    silent: bool,
}

pub(super) async fn post(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Post = read(&body)?;
    let by = door.who(&given.by)?;
    let (chat, by) = (door.place_for(&by, &given.chat)?, by.id);
    let reply_to = given.reply_to.map(|key| door.message(by, key)).transpose()?.map(|(_, id)| id);
    let draft = Draft { reply_to, silent: given.silent, ..Draft::text(given.text) };
    let posted = door.world.post(by, chat, draft)?;
    Ok(Json(json!({ "message": posted.key, "id": posted.view.id })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    #[serde(rename = "as")]
    by: Name,
    /// Only for the reader's sake: the message says where it is.
    #[serde(rename = "chat")]
    _chat: Option<Name>,
    message: u64,
    data: Option<String>,
    button: Option<String>,
}

pub(super) async fn tap(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Tap = read(&body)?;
    let by = door.who(&given.by)?.id;
    let (peer, id) = door.message(by, given.message)?;
    let data = match (given.data, given.button) {
        (Some(data), _) => data.into_bytes(),
        (None, Some(label)) => door.button_data(by, given.message, &label)?,
        (None, None) => return Err(Refusal::bad("Say which \"button\" (its label) or what \"data\".")),
    };
    let answer = door.world.tap(by, peer, id, data).await?;
    Ok(Json(json!({ "text": answer.text, "alert": answer.alert, "url": answer.url })))
}

impl Door {
    fn button_data(&self, by: crate::world::UserId, key: u64, label: &str) -> Result<Vec<u8>, Refusal> {
        let (peer, id) = self.message(by, key)?;
        let view = self.world.message(by, peer, id)?;
        let rows = view.keyboard.map(|keyboard| keyboard.rows).unwrap_or_default();
        let button = rows.iter().flatten().find(|button| button.text.trim() == label.trim());
        let data = button.and_then(|button| button.data());
        let labels: Vec<&str> = rows.iter().flatten().map(|button| button.text.as_str()).collect();
        data.map(<[u8]>::to_vec).ok_or_else(|| {
            Refusal::unknown(format!("Message {key} has no such button; it has: [{}].", labels.join("] [")))
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct React {
    #[serde(rename = "as")]
    by: Name,
    #[serde(rename = "chat")]
    _chat: Option<Name>,
    message: u64,
    /// Absent or null: takes the reaction away.
    emoji: Option<String>,
}

pub(super) async fn react(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: React = read(&body)?;
    let by = door.who(&given.by)?.id;
    let (peer, id) = door.message(by, given.message)?;
    door.world.react(by, peer, id, given.emoji.as_deref())?;
    let seen = door.world.seen_message(MessageKey(given.message));
    Ok(Json(json!({ "reactions": seen.map(|seen| seen.reactions) })))
}
