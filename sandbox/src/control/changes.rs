//! Editing, deleting and pinning as anyone.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::names::Name;
use super::refusal::{Refusal, read};
use crate::world::{Peer, Rank, UserId};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Migration {
    /// The group's creator, unless said otherwise.
    #[serde(rename = "as")]
    by: Option<Name>,
    chat: Name,
}

/// A basic group becomes a supergroup.
pub(super) async fn migrate(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let given: Migration = read(&body)?;
    let group = door.place(&given.chat)?;
    let by = match given.by {
        Some(name) => door.who(&name)?.id,
        None => door.creator(group)?,
    };
    let migrated = door.world.migrate(by, group)?;
    Ok(Json(json!({ "chat": migrated.to.to_bot_api() })))
}

impl Door {
    fn creator(&self, group: Peer) -> Result<UserId, Refusal> {
        let found = self.world.group(group);
        let members = found.map(|group| group.members).unwrap_or_default();
        let creator = members.iter().find(|member| member.rank == Rank::Creator);
        creator.map(|member| member.user).ok_or_else(|| Refusal::bad("Only a group becomes a supergroup."))
    }
}

pub(super) fn done() -> Json<Value> {
    Json(json!({ "ok": true }))
}
