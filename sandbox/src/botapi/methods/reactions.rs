//! Reacting.

use serde_json::{Value, json};

use crate::botapi::Call;
use crate::botapi::answer::ApiError;
use crate::world::WorldError;

impl Call {
    /// A bot sets at most one reaction, of the free set; the same again is accepted.
    pub fn set_message_reaction(&self) -> Result<Value, ApiError> {
        let (chat, id) = (self.chat()?, self.message_id()?);
        let emoji = self.reaction()?;
        match self.door.world().react(self.bot.id, chat, id, emoji.as_deref()) {
            Ok(_) | Err(WorldError::NotModified) => Ok(json!(true)),
            Err(error) => Err(ApiError::refused(&error, "react")),
        }
    }

    fn reaction(&self) -> Result<Option<String>, ApiError> {
        let Some(given) = self.params.json("reaction")? else { return Ok(None) };
        let expected = || ApiError::bad("can't parse reaction types JSON object");
        match given.as_array().ok_or_else(expected)?.as_slice() {
            [] => Ok(None),
            [one] if one["type"] == "emoji" => {
                one["emoji"].as_str().map(|emoji| Some(emoji.to_owned())).ok_or_else(expected)
            }
            [_] => Err(ApiError::bad("REACTION_INVALID")),
            _ => Err(ApiError::bad("REACTIONS_TOO_MANY")),
        }
    }
}
