//! Updates cut down to the fields the mesh reads, before teloxide's strict types see them.
//!
//! teloxide 0.17 knows Bot API 9.1: a message with anything newer in it (an entity, a kind of content, a forward's
//! origin) would lose its text, and the command with it. What is not read can't do harm when it is not there.

use serde_json::{Map, Value, json};

/// Entities that say which part of a text is not the sender's own command.
const ENTITIES: [&str; 4] = ["code", "pre", "blockquote", "expandable_blockquote"];
/// Emoji of one sender on one message that are read; Telegram allows fewer.
const REACTIONS: usize = 16;

/// The number of an update.
pub(crate) fn update_id(update: &Value) -> Option<i64> {
    update["update_id"].as_i64()
}

/// The update with nothing in it but what is read; nothing for updates of other kinds.
pub(crate) fn lean(update: &Value) -> Option<Value> {
    let id = update_id(update)?;
    let (kind, content) = content(update)?;
    Some(json!({"update_id": id, kind: content}))
}

fn content(update: &Value) -> Option<(&'static str, Value)> {
    for kind in ["message", "edited_message"] {
        if let Some(found) = update.get(kind) {
            return Some((kind, message(found)));
        }
    }
    if let Some(found) = update.get("callback_query") {
        return Some(("callback_query", tap(found)));
    }
    if let Some(found) = update.get("message_reaction") {
        return Some(("message_reaction", reaction(found)?));
    }
    let found = update.get("my_chat_member")?;
    Some(("my_chat_member", found.clone()))
}

fn message(whole: &Value) -> Value {
    let mut lean = head(whole);
    let text = whole.get("text").or_else(|| whole.get("caption"));
    if let Some(text) = text {
        lean.insert("text".to_owned(), text.clone());
        lean.insert("entities".to_owned(), entities(whole));
    }
    for key in ["edit_date", "migrate_to_chat_id", "migrate_from_chat_id"] {
        copy(whole, key, &mut lean);
    }
    if whole.get("forward_origin").is_some() {
        let origin = json!({"type": "hidden_user", "sender_user_name": "", "date": 0});
        lean.insert("forward_origin".to_owned(), origin);
    }
    // In a forum, a message that answers nothing still names the first of its topic.
    let topic = whole.get("is_topic_message").and_then(|_| whole.get("message_thread_id"));
    let answered =
        whole.get("reply_to_message").filter(|answered| topic.is_none_or(|id| answered["message_id"] != *id));
    if let Some(answered) = answered {
        lean.insert("reply_to_message".to_owned(), head(answered).into());
    }
    lean.into()
}

/// Who, where and when.
fn head(whole: &Value) -> Map<String, Value> {
    let mut lean = Map::new();
    for key in ["message_id", "date"] {
        copy(whole, key, &mut lean);
    }
    for key in ["from", "via_bot"] {
        if let Some(user) = whole.get(key) {
            lean.insert(key.to_owned(), self::user(user));
        }
    }
    for key in ["chat", "sender_chat"] {
        if let Some(chat) = whole.get(key) {
            lean.insert(key.to_owned(), self::chat(chat));
        }
    }
    lean
}

fn entities(whole: &Value) -> Value {
    let found = whole.get("entities").or_else(|| whole.get("caption_entities"));
    let found = found.and_then(Value::as_array).into_iter().flatten();
    let read = found.filter(|e| ENTITIES.iter().any(|known| e["type"] == *known));
    read.map(|entity| only(entity, &["type", "offset", "length"])).collect()
}

fn tap(whole: &Value) -> Value {
    let mut lean = Map::new();
    for key in ["id", "chat_instance", "data"] {
        copy(whole, key, &mut lean);
    }
    lean.insert("from".to_owned(), user(&whole["from"]));
    if let Some(message) = whole.get("message") {
        lean.insert("message".to_owned(), head(message).into());
    }
    lean.into()
}

/// teloxide panics over a reaction of nobody.
fn reaction(whole: &Value) -> Option<Value> {
    let mut lean = Map::new();
    for key in ["message_id", "date"] {
        copy(whole, key, &mut lean);
    }
    lean.insert("chat".to_owned(), chat(&whole["chat"]));
    match (whole.get("user"), whole.get("actor_chat")) {
        (Some(by), _) => lean.insert("user".to_owned(), user(by)),
        (None, Some(by)) => lean.insert("actor_chat".to_owned(), chat(by)),
        (None, None) => return None,
    };
    let set = whole["new_reaction"].as_array()?.iter();
    let emoji = set.filter(|r| r["type"] == "emoji" && r["emoji"].is_string());
    lean.insert("old_reaction".to_owned(), json!([]));
    lean.insert("new_reaction".to_owned(), emoji.take(REACTIONS).cloned().collect());
    Some(lean.into())
}

fn user(whole: &Value) -> Value {
    only(whole, &["id", "is_bot", "first_name", "last_name", "username"])
}

fn chat(whole: &Value) -> Value {
    only(whole, &["id", "type", "title", "first_name", "last_name", "username"])
}

fn only(whole: &Value, keys: &[&str]) -> Value {
    let mut lean = Map::new();
    for key in keys {
        copy(whole, key, &mut lean);
    }
    lean.into()
}

fn copy(whole: &Value, key: &str, lean: &mut Map<String, Value>) {
    if let Some(value) = whole.get(key) {
        lean.insert(key.to_owned(), value.clone());
    }
}
