//! Editing, deleting and pinning as anyone.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::names::Name;
use super::refusal::{Refusal, read};
use crate::world::{Peer, UserId};

/// Somebody and a message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    #[serde(rename = "as")]
    by: Name,
    #[serde(rename = "chat")]
    _chat: Option<Name>,
    message: u64,
}

impl Target {
    fn find(&self, door: &Door) -> Result<(UserId, Peer, i32), Refusal> {
        let by = door.who(&self.by)?.id;
        let (peer, id) = door.message(by, self.message)?;
        Ok((by, peer, id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    #[serde(rename = "as")]
    by: Name,
    message: u64,
    text: String,
}

pub(super) async fn edit(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Edit = read(&body)?;
    let by = door.who(&given.by)?.id;
    let (peer, id) = door.message(by, given.message)?;
    let keyboard = door.world.message(by, peer, id)?.keyboard;
    door.world.edit(by, peer, id, &given.text, Vec::new(), keyboard)?;
    Ok(done())
}

pub(super) async fn delete(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let (by, peer, id) = read::<Target>(&body)?.find(&door)?;
    let channel = match peer {
        Peer::Channel(channel) => Some(channel),
        Peer::User(_) | Peer::Group(_) => None,
    };
    door.world.delete(by, channel, &[id])?;
    Ok(done())
}

pub(super) async fn pin(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let (by, peer, id) = read::<Target>(&body)?.find(&door)?;
    door.world.pin(by, peer, id, false)?;
    Ok(done())
}

pub(super) async fn unpin(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let (by, peer, id) = read::<Target>(&body)?.find(&door)?;
    door.world.unpin(by, peer, id)?;
    Ok(done())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Membership {
    #[serde(rename = "as")]
    by: Name,
    chat: Name,
    user: Name,
}

pub(super) async fn join(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Membership = read(&body)?;
    door.world.add_member(door.who(&given.by)?.id, door.place(&given.chat)?, door.who(&given.user)?.id)?;
    Ok(done())
}

pub(super) async fn leave(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Membership = read(&body)?;
    door.world.remove_member(door.who(&given.by)?.id, door.place(&given.chat)?, door.who(&given.user)?.id)?;
    Ok(done())
}

pub(super) fn done() -> Json<Value> {
    Json(json!({ "ok": true }))
}
