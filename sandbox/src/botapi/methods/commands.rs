//! The command menus.

use std::sync::{MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, Menus};
use crate::world::UserId;

/// Commands of one menu.
const COMMANDS_LIMIT: usize = 100;
/// Characters of a command.
const NAME_LIMIT: usize = 32;
/// Characters of a description.
const DESCRIPTION_LIMIT: usize = 256;
/// Menus kept of all bots together.
const MENUS_KEPT: usize = 1000;

impl Call {
    pub fn set_my_commands(&self) -> Result<Value, ApiError> {
        let given = self.params.json("commands")?;
        let expected = || ApiError::bad("can't parse commands: expected an Array of BotCommand");
        let commands = given.as_ref().and_then(Value::as_array).ok_or_else(expected)?;
        if commands.len() > COMMANDS_LIMIT {
            return Err(ApiError::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        let commands: Result<Vec<Value>, ApiError> = commands.iter().map(command).collect();
        let key = self.menu()?;
        let mut menus = self.menus();
        if menus.len() >= MENUS_KEPT && !menus.contains_key(&key) {
            return Err(ApiError::bad("too many command menus"));
        }
        menus.insert(key, Value::Array(commands?));
        Ok(json!(true))
    }

    pub fn get_my_commands(&self) -> Result<Value, ApiError> {
        let key = self.menu()?;
        Ok(self.menus().get(&key).cloned().unwrap_or_else(|| json!([])))
    }

    pub fn delete_my_commands(&self) -> Result<Value, ApiError> {
        let key = self.menu()?;
        self.menus().remove(&key);
        Ok(json!(true))
    }

    /// Which menu is meant: the bot's, for a scope and a language.
    fn menu(&self) -> Result<(UserId, String, String), ApiError> {
        let default = || json!({ "type": "default" });
        let scope = self.params.json("scope")?.unwrap_or_else(default);
        if scope.get("type").and_then(Value::as_str).is_none() {
            return Err(ApiError::bad("can't parse BotCommandScope: can't find field \"type\""));
        }
        Ok((self.bot.id, scope.to_string(), self.params.text("language_code").unwrap_or_default()))
    }

    fn menus(&self) -> MutexGuard<'_, Menus> {
        self.door.inner.menus.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn command(given: &Value) -> Result<Value, ApiError> {
    let field = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let name = field("command").trim_start_matches('/');
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(is_allowed) {
        return Err(ApiError::bad("BOT_COMMAND_INVALID"));
    }
    let description = field("description");
    if description.is_empty() || description.chars().count() > DESCRIPTION_LIMIT {
        return Err(ApiError::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(json!({ "command": name, "description": description }))
}
