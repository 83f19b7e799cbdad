//! What a message carries beside its words, both ways; and what can't be carried here.

use serde_json::{Map, Value, json};

use super::Call;
use super::answer::ApiError;
use super::parse::formatted;
use crate::world::{Extras, MessageView, Preview, Quote};

/// Parameters that would change what happens, and of which the sandbox knows nothing.
const ELSEWHERE: [&str; 6] = [
    "business_connection_id",
    "direct_messages_topic_id",
    "ephemeral_message_parameters",
    "suggested_post_parameters",
    "inline_message_id",
    "rich_message",
];

/// The same of `reply_parameters`.
const REPLIED_ELSEWHERE: [&str; 3] = ["ephemeral_message_id", "checklist_task_id", "poll_option_id"];

/// The message to be answered.
pub(super) struct Reply {
    pub id: i32,
    /// Send even if it is gone.
    pub optional: bool,
    pub quote: Option<Quote>,
}

impl Call {
    /// Refuses what would be done otherwise than asked.
    pub fn nothing_from_elsewhere(&self) -> Result<(), ApiError> {
        if let Some(name) = ELSEWHERE.into_iter().find(|name| self.params.has(name)) {
            return Err(ApiError::unknown_here(name));
        }
        if self.params.has("message_thread_id") {
            // No chat has topics here.
            return Err(ApiError::bad("message thread not found"));
        }
        if self.params.has("message_effect_id") {
            return Err(ApiError::bad("EFFECT_ID_INVALID"));
        }
        Ok(())
    }

    /// All that the call asks for, apart from the quote.
    pub fn extras(&self) -> Result<Extras, ApiError> {
        Ok(Extras {
            protected: self.params.flag("protect_content"),
            preview: self.preview()?,
            quote: None,
            caption_above: self.params.flag("show_caption_above_media"),
            spoiler: self.params.flag("has_spoiler"),
        })
    }

    /// `link_preview_options`, or the older `disable_web_page_preview`.
    fn preview(&self) -> Result<Option<Preview>, ApiError> {
        let Some(given) = self.params.json("link_preview_options")? else {
            let is_disabled = self.params.flag("disable_web_page_preview");
            return Ok(is_disabled.then(|| Preview { is_disabled, ..Preview::default() }));
        };
        let faulty = |what: &str| ApiError::bad(format!("can't parse link preview options: {what}"));
        if !given.is_object() {
            return Err(faulty("Expected an Object"));
        }
        let flag = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or(false);
        let url = given.get("url").and_then(Value::as_str).filter(|url| !url.is_empty());
        let preview = Preview {
            is_disabled: flag("is_disabled"),
            url: url.map(str::to_owned),
            prefer_small_media: flag("prefer_small_media"),
            prefer_large_media: flag("prefer_large_media"),
            show_above_text: flag("show_above_text"),
        };
        Ok(Some(preview).filter(|preview| *preview != Preview::default()))
    }

    /// `reply_parameters`, or the older `reply_to_message_id`.
    pub fn reply(&self) -> Result<Option<Reply>, ApiError> {
        if let Some(given) = self.params.json("reply_parameters")? {
            return self.reply_in(&given).map(Some);
        }
        let id = self.params.small("reply_to_message_id").filter(|id| *id != 0);
        let optional = self.params.flag("allow_sending_without_reply");
        Ok(id.map(|id| Reply { id, optional, quote: None }))
    }

    fn reply_in(&self, given: &Value) -> Result<Reply, ApiError> {
        let faulty = || ApiError::bad("can't parse reply parameters JSON object");
        if let Some(name) = REPLIED_ELSEWHERE.into_iter().find(|name| given.get(name).is_some()) {
            return Err(ApiError::unknown_here(&format!("reply_parameters.{name}")));
        }
        let chat = given.get("chat_id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        if chat.is_some_and(|chat| Some(chat) != self.params.text("chat_id")) {
            return Err(ApiError::bad("the sandbox has no replies to messages of other chats"));
        }
        let id = given.get("message_id").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
        let optional = given.get("allow_sending_without_reply").and_then(Value::as_bool);
        Ok(Reply { id: id.ok_or_else(faulty)?, optional: optional.unwrap_or(false), quote: quote(given)? })
    }
}

fn quote(given: &Value) -> Result<Option<Quote>, ApiError> {
    let field = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    if field("quote").is_empty() {
        return Ok(None);
    }
    let entities = given.get("quote_entities");
    let (text, entities) = formatted(field("quote").to_owned(), field("quote_parse_mode"), entities)?;
    let position = given.get("quote_position").and_then(Value::as_u64).unwrap_or(0);
    Ok(Some(Quote { text, entities, position: usize::try_from(position).unwrap_or(usize::MAX) }))
}

/// Puts into a message what it carries.
pub(super) fn add(view: &MessageView, entities: impl Fn(&Quote) -> Vec<Value>, value: &mut Value) {
    let extras = &view.extras;
    if extras.protected {
        value["has_protected_content"] = json!(true);
    }
    if let Some(preview) = &extras.preview {
        value["link_preview_options"] = shown_preview(preview);
    }
    if let Some(quote) = &extras.quote {
        value["quote"] = json!({ "text": quote.text, "position": quote.position, "is_manual": true });
        let entities = entities(quote);
        if !entities.is_empty() {
            value["quote"]["entities"] = entities.into();
        }
    }
    let is_photo = view.document.as_ref().is_some_and(|document| document.photo.is_some());
    if is_photo && extras.caption_above {
        value["show_caption_above_media"] = json!(true);
    }
    if is_photo && extras.spoiler {
        value["has_media_spoiler"] = json!(true);
    }
}

fn shown_preview(preview: &Preview) -> Value {
    let flags = [
        ("is_disabled", preview.is_disabled),
        ("prefer_small_media", preview.prefer_small_media),
        ("prefer_large_media", preview.prefer_large_media),
        ("show_above_text", preview.show_above_text),
    ];
    let on = flags.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name.to_owned(), json!(true)));
    let url = preview.url.as_ref().map(|url| ("url".to_owned(), json!(url)));
    Value::Object(on.chain(url).collect::<Map<_, _>>())
}
