//! What comes in as JSON: entities, chats, texts with their formatting.

use std::fmt::Display;

use serde_json::Value;

use super::Call;
use super::answer::ApiError;
use super::markup::{html, legacy, markdown};
use crate::world::{Entity, EntityKind, Peer, UserId};

impl Call {
    /// The `chat_id`: a number, or a group's `@username` (which this world has none of).
    pub fn chat(&self) -> Result<Peer, ApiError> {
        let given = self.params.text("chat_id").filter(|text| !text.is_empty());
        let given = given.ok_or_else(|| ApiError::bad("chat_id is empty"))?;
        let id = given.trim().parse().ok();
        self.known_chat(id)
    }

    /// A chat by its id; a group that became a supergroup says so, whatever is wanted of it.
    pub fn known_chat(&self, id: Option<i64>) -> Result<Peer, ApiError> {
        let peer = id.and_then(Peer::from_bot_api).ok_or_else(|| ApiError::bad("chat not found"))?;
        let became = match peer {
            Peer::Group(_) => {
                self.door.world().chat(self.bot.id, peer).ok().and_then(|view| view.migrated_to)
            }
            Peer::User(_) | Peer::Channel(_) => None,
        };
        became.map_or(Ok(peer), |channel| Err(ApiError::migrated(channel)))
    }

    /// The `message_id`.
    pub fn message_id(&self) -> Result<i32, ApiError> {
        let id = self.params.small("message_id").filter(|id| *id > 0);
        id.ok_or_else(|| ApiError::bad("message identifier is not specified"))
    }

    /// A text or a caption with its formatting, by `parse_mode` or by the entities of this name.
    pub fn formatted(&self, name: &str, entities: &str) -> Result<(String, Vec<Entity>), ApiError> {
        let text = self.params.text(name).unwrap_or_default();
        let mode = self.params.text("parse_mode").unwrap_or_default();
        formatted(text, &mode, self.params.json(entities)?.as_ref())
    }
}

/// A text with its formatting, by its mode of marks, or by entities where it has none.
pub(super) fn formatted(
    text: String,
    mode: &str,
    entities: Option<&Value>,
) -> Result<(String, Vec<Entity>), ApiError> {
    let faulty = |fault: &dyn Display| ApiError::bad(format!("can't parse entities: {fault}"));
    match mode.to_ascii_lowercase().as_str() {
        "" | "none" => Ok((text, entities.map_or(Ok(Vec::new()), entities_in)?)),
        "html" => html::parse(&text).map_err(|fault| faulty(&fault)),
        "markdown" => legacy::parse(&text).map_err(|fault| faulty(&fault)),
        "markdownv2" => markdown::parse(&text).map_err(|fault| faulty(&fault)),
        _ => Err(ApiError::bad("unsupported parse_mode")),
    }
}

fn entities_in(given: &Value) -> Result<Vec<Entity>, ApiError> {
    let given = given.as_array().ok_or_else(|| ApiError::bad("can't parse entities: Expected an Array"))?;
    given.iter().map(entity).filter_map(Result::transpose).collect()
}

/// One `MessageEntity`; kinds this world does not know are passed over.
fn entity(given: &Value) -> Result<Option<Entity>, ApiError> {
    let number = |name: &str| given.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let (Some(offset), Some(length)) = (number("offset"), number("length")) else {
        return Err(ApiError::bad("can't parse entities: Field \"offset\" or \"length\" is missing"));
    };
    Ok(entity_kind(given).map(|kind| Entity { offset, length, kind }))
}

fn entity_kind(given: &Value) -> Option<EntityKind> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(match given.get("type")?.as_str()? {
        "mention" => EntityKind::Mention,
        "hashtag" => EntityKind::Hashtag,
        "cashtag" => EntityKind::Cashtag,
        "email" => EntityKind::Email,
        "phone_number" => EntityKind::Phone,
        "bot_command" => EntityKind::BotCommand,
        "url" => EntityKind::Url,
        "bold" => EntityKind::Bold,
        "italic" => EntityKind::Italic,
        "underline" => EntityKind::Underline,
        "strikethrough" => EntityKind::Strikethrough,
        "spoiler" => EntityKind::Spoiler,
        "code" => EntityKind::Code,
        "pre" => EntityKind::Pre { language: text("language").filter(|language| !language.is_empty()) },
        "text_link" => EntityKind::TextLink { url: text("url")? },
        "text_mention" => EntityKind::TextMention { user: UserId(given.get("user")?.get("id")?.as_i64()?) },
        "blockquote" => EntityKind::Blockquote { expandable: false },
        "expandable_blockquote" => EntityKind::Blockquote { expandable: true },
        "custom_emoji" => EntityKind::CustomEmoji { id: text("custom_emoji_id")?.parse().ok()? },
        _ => return None,
    })
}
