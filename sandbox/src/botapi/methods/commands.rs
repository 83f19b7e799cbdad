//! The command menus.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::botapi::Call;
use crate::botapi::answer::ApiError;
use crate::world::{Peer, UserId};

/// Commands of one menu.
const COMMANDS_LIMIT: usize = 100;
/// Characters of a command.
const NAME_LIMIT: usize = 32;
/// Characters of a description.
const DESCRIPTION_LIMIT: usize = 256;
/// Menus kept of all bots together.
const MENUS_KEPT: usize = 1000;

/// Bots' command menus, by scope and language.
#[derive(Debug, Default)]
pub(in crate::botapi) struct Menus(Mutex<BTreeMap<(UserId, Scope, String), Value>>);

/// To whom a menu is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Default,
    AllPrivateChats,
    AllGroupChats,
    AllChatAdministrators,
    Chat(Peer),
    ChatAdministrators(Peer),
    ChatMember(Peer, UserId),
}

impl Call {
    /// An empty list takes the menu away.
    pub fn set_my_commands(&self) -> Result<Value, ApiError> {
        let given = self.params.json("commands")?;
        let expected = || ApiError::bad("can't parse commands: Expected an Array of BotCommand");
        let commands = given.as_ref().and_then(Value::as_array).ok_or_else(expected)?;
        if commands.len() > COMMANDS_LIMIT {
            return Err(ApiError::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        let commands: Vec<Value> = commands.iter().map(command).collect::<Result<_, _>>()?;
        let key = self.menu()?;
        let mut menus = self.menus();
        if commands.is_empty() {
            menus.remove(&key);
        } else if menus.len() < MENUS_KEPT || menus.contains_key(&key) {
            menus.insert(key, Value::Array(commands));
        } else {
            return Err(ApiError::bad("too many command menus"));
        }
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
    fn menu(&self) -> Result<(UserId, Scope, String), ApiError> {
        let scope = self.params.json("scope")?.map_or(Ok(Scope::Default), |given| self.scope(&given))?;
        let language = self.params.text("language_code").unwrap_or_default();
        Ok((self.bot.id, scope, language.to_ascii_lowercase()))
    }

    fn scope(&self, given: &Value) -> Result<Scope, ApiError> {
        let faulty = |fault: &str| ApiError::bad(format!("can't parse BotCommandScope: {fault}"));
        let chat = || self.known_chat(given.get("chat_id").and_then(as_number));
        let kind = given.get("type").and_then(Value::as_str);
        Ok(match kind.ok_or_else(|| faulty("Can't find field \"type\""))? {
            "default" => Scope::Default,
            "all_private_chats" => Scope::AllPrivateChats,
            "all_group_chats" => Scope::AllGroupChats,
            "all_chat_administrators" => Scope::AllChatAdministrators,
            "chat" => Scope::Chat(chat()?),
            "chat_administrators" => Scope::ChatAdministrators(chat()?),
            "chat_member" => {
                let user = given.get("user_id").and_then(as_number);
                Scope::ChatMember(chat()?, UserId(user.ok_or_else(|| faulty("Invalid user_id specified"))?))
            }
            _ => return Err(faulty("Unsupported type specified")),
        })
    }

    fn menus(&self) -> MutexGuard<'_, BTreeMap<(UserId, Scope, String), Value>> {
        self.door.inner.menus.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number, also when written as text.
fn as_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
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
