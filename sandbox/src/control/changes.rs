//! Editing, deleting and pinning as anyone.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::names::Name;
use super::refusal::{Refusal, read};
use crate::world::{ChatKind, Peer, Rank, User, UserId};

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
    #[serde(skip)]
    leaves: bool,
}

impl Membership {
    /// Who changes it, in which group, of whom.
    fn find(&self, door: &Door) -> Result<(UserId, Peer, User), Refusal> {
        let by = door.who(&self.by)?;
        let group = door.group(&self.chat)?;
        let peer = door.place_for(&by, &self.chat)?;
        let user = door.who(&self.user)?;
        if user.id != by.id && group.rank(user.id).is_none() && self.leaves {
            return Err(Refusal::conflict(format!("{} is not in {}.", user.name, group.title)));
        }
        Ok((by.id, peer, user))
    }
}

pub(super) async fn join(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let (by, group, user) = read::<Membership>(&body)?.find(&door)?;
    door.world.add_member(by, group, user.id)?;
    Ok(done())
}

pub(super) async fn leave(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let order = Membership { leaves: true, ..read(&body)? };
    let (by, group, user) = order.find(&door)?;
    door.world.remove_member(by, group, user.id)?;
    Ok(done())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    #[serde(rename = "as")]
    by: Name,
    #[serde(alias = "bot")]
    user: Name,
}

impl Block {
    fn set(&self, door: &Door, on: bool) -> Result<Json<Value>, Refusal> {
        let (by, other) = (door.account(&self.by)?, door.who(&self.user)?);
        if by == other.id {
            return Err(Refusal::conflict("Nobody blocks themselves."));
        }
        door.world.set_blocked(by, other.id, on);
        Ok(done())
    }
}

/// A person blocks a bot, or another person.
pub(super) async fn block(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    read::<Block>(&body)?.set(&door, true)
}

pub(super) async fn unblock(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    read::<Block>(&body)?.set(&door, false)
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
    let group = door.group(&given.chat)?;
    if group.kind != ChatKind::Group || group.migrated_to.is_some() {
        return Err(Refusal::conflict(format!("{} is a supergroup already.", group.title)));
    }
    let creator = group.members.iter().find(|member| member.rank == Rank::Creator).map(|member| member.user);
    let by = given.by.map(|name| door.who(&name)).transpose()?.map(|user| user.id).or(creator);
    let by = by.filter(|by| Some(*by) == creator);
    let by = by.ok_or_else(|| {
        let creator = creator.and_then(|creator| door.world.user(creator)).map(|user| user.name);
        let creator = creator.map_or_else(|| "nobody".to_owned(), |name| format!("{name} alone"));
        Refusal::conflict(format!("Only who made a group makes a supergroup of it: {creator}."))
    })?;
    let migrated = door.world.migrate(by, group.peer)?;
    Ok(Json(json!({ "chat": migrated.to.to_bot_api() })))
}

pub(super) fn done() -> Json<Value> {
    Json(json!({ "ok": true }))
}
