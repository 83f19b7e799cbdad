//! Keys for clients that know only Telegram's own RSA keys, and the end of sessions.

use std::fmt::Write;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Door;
use super::names::Name;
use super::refusal::{Refusal, read};
use crate::world::UserId;

/// The data centre that the sandbox is.
const DATA_CENTRE: i32 = 2;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(rename = "as")]
    by: Option<Name>,
}

/// An auth key as if it had been exchanged; signed in, where somebody is named.
pub(super) async fn key(State(door): State<Door>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let wanted: Wanted = if body.is_empty() { Wanted::default() } else { read(&body)? };
    let account = wanted.by.map(|name| door.account(&name)).transpose()?;
    let made = door.sessions()?.make_key(account);
    let mut hex = String::new();
    for byte in made.auth_key {
        // Writing to a String can't fail.
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(Json(json!({ "dc": DATA_CENTRE, "address": made.address.to_string(), "auth_key": hex })))
}

impl Door {
    /// A person, who can sign in.
    pub(super) fn account(&self, name: &Name) -> Result<UserId, Refusal> {
        let user = self.who(name)?;
        if user.is_bot() {
            return Err(Refusal::bad(format!("{} is a bot; bots have no sessions here.", user.name)));
        }
        Ok(user.id)
    }
}
