//! What comes in as JSON: keyboards, entities, chats, texts with their formatting.

use std::fmt::Display;

use serde_json::Value;

use super::Call;
use super::answer::ApiError;
use super::markup::{html, legacy, markdown};
use crate::world::{Button, ButtonAction, Entity, EntityKind, Keyboard, Peer, UserId};

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
        let faulty = |fault: &dyn Display| ApiError::bad(format!("can't parse entities: {fault}"));
        let text = self.params.text(name).unwrap_or_default();
        let mode = self.params.text("parse_mode").unwrap_or_default();
        match mode.to_ascii_lowercase().as_str() {
            "" | "none" => Ok((text, self.entities(entities)?)),
            "html" => html::parse(&text).map_err(|fault| faulty(&fault)),
            "markdown" => legacy::parse(&text).map_err(|fault| faulty(&fault)),
            "markdownv2" => markdown::parse(&text).map_err(|fault| faulty(&fault)),
            _ => Err(ApiError::bad("unsupported parse_mode")),
        }
    }

    fn entities(&self, name: &str) -> Result<Vec<Entity>, ApiError> {
        let Some(given) = self.params.json(name)? else { return Ok(Vec::new()) };
        let given =
            given.as_array().ok_or_else(|| ApiError::bad("can't parse entities: expected an Array"))?;
        given.iter().map(entity).filter_map(Result::transpose).collect()
    }

    /// The inline keyboard of `reply_markup`; other keyboards are accepted and not shown.
    pub fn keyboard(&self) -> Result<Option<Keyboard>, ApiError> {
        let Some(markup) = self.params.json("reply_markup")? else { return Ok(None) };
        let Some(rows) = markup.get("inline_keyboard") else { return Ok(None) };
        let rows = rows.as_array().ok_or_else(not_a_keyboard)?;
        let rows: Result<Vec<Vec<Button>>, ApiError> = rows.iter().map(row).collect();
        Ok(Some(Keyboard { rows: rows? }))
    }
}

fn not_a_keyboard() -> ApiError {
    ApiError::bad("can't parse inline keyboard: expected an Array of Array of InlineKeyboardButton")
}

fn row(row: &Value) -> Result<Vec<Button>, ApiError> {
    row.as_array().ok_or_else(not_a_keyboard)?.iter().map(button).collect()
}

fn button(given: &Value) -> Result<Button, ApiError> {
    let field = |name: &str| given.get(name).and_then(Value::as_str);
    let text = field("text")
        .ok_or_else(|| ApiError::bad("can't parse inline keyboard button: can't find field \"text\""))?;
    let action = match (field("callback_data"), field("url")) {
        (Some(data), _) => ButtonAction::Callback(data.as_bytes().to_vec()),
        (None, Some(url)) => ButtonAction::Url(url.to_owned()),
        (None, None) => {
            return Err(ApiError::bad(
                "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
            ));
        }
    };
    Ok(Button { text: text.to_owned(), action })
}

/// One `MessageEntity`; kinds this world does not know are passed over.
fn entity(given: &Value) -> Result<Option<Entity>, ApiError> {
    let number = |name: &str| given.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let (Some(offset), Some(length)) = (number("offset"), number("length")) else {
        return Err(ApiError::bad("can't parse entities: field \"offset\" or \"length\" is missing"));
    };
    Ok(entity_kind(given).map(|kind| Entity { offset, length, kind }))
}

fn entity_kind(given: &Value) -> Option<EntityKind> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(match given.get("type")?.as_str()? {
        "mention" => EntityKind::Mention,
        "hashtag" => EntityKind::Hashtag,
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
