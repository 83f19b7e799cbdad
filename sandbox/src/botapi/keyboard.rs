//! Inline keyboards, both ways.

use serde_json::{Value, json};

use super::Call;
use super::answer::ApiError;
use crate::world::{Button, ButtonAction, ChosenKinds, InlinePlace, Keyboard};

/// Schemes of the web.
const WEB: [&str; 2] = ["http", "https"];
/// Schemes of Telegram's own.
const OWN: [&str; 3] = ["tg", "ton", "tonsite"];

impl Call {
    /// The inline keyboard of `reply_markup`; other keyboards are accepted and not shown.
    pub fn keyboard(&self) -> Result<Option<Keyboard>, ApiError> {
        let Some(markup) = self.params.json("reply_markup")? else { return Ok(None) };
        if !markup.is_object() {
            return Err(ApiError::bad("object expected as reply markup"));
        }
        let Some(rows) = markup.get("inline_keyboard") else { return Ok(None) };
        let rows = rows.as_array().ok_or_else(not_a_keyboard)?;
        let rows: Result<Vec<Vec<Button>>, ApiError> = rows.iter().map(row).collect();
        Ok(Some(Keyboard { rows: rows? }))
    }
}

fn not_a_keyboard() -> ApiError {
    ApiError::bad("field \"inline_keyboard\" of the InlineKeyboardMarkup should be an Array of Arrays")
}

fn row(row: &Value) -> Result<Vec<Button>, ApiError> {
    row.as_array().ok_or_else(not_a_keyboard)?.iter().map(button).collect()
}

fn faulty(fault: &str) -> ApiError {
    ApiError::bad(format!("can't parse inline keyboard button: {fault}"))
}

fn button(given: &Value) -> Result<Button, ApiError> {
    let text = given.get("text").and_then(Value::as_str);
    let text = text.ok_or_else(|| faulty("Can't find field \"text\""))?;
    Ok(Button { text: text.to_owned(), action: action(given)? })
}

/// What a tap does: the first of the fields that Telegram looks for.
fn action(given: &Value) -> Result<ButtonAction, ApiError> {
    let field = |name: &str| given.get(name).and_then(Value::as_str);
    let inner = |outer: &str, name: &str| given.get(outer)?.get(name)?.as_str();
    let inline = |query: &str, place| ButtonAction::SwitchInline { query: query.to_owned(), place };
    if let Some(url) = field("url") {
        return address(url, "button URL").map(ButtonAction::Url);
    }
    if let Some(data) = field("callback_data") {
        return Ok(ButtonAction::Callback(data.as_bytes().to_vec()));
    }
    if let Some(query) = field("switch_inline_query") {
        return Ok(inline(query, InlinePlace::Any));
    }
    if let Some(query) = field("switch_inline_query_current_chat") {
        return Ok(inline(query, InlinePlace::Current));
    }
    if let Some(chosen) = given.get("switch_inline_query_chosen_chat") {
        let query = chosen.get("query").and_then(Value::as_str).unwrap_or_default();
        return Ok(inline(query, InlinePlace::Chosen(chosen_kinds(chosen)?)));
    }
    if given.get("copy_text").is_some() {
        let text = inner("copy_text", "text").ok_or_else(|| faulty("Can't find field \"text\""))?;
        return Ok(ButtonAction::CopyText(text.to_owned()));
    }
    if given.get("web_app").is_some() {
        let url = inner("web_app", "url").ok_or_else(|| faulty("Can't find field \"url\""))?;
        return web_app(url).map(ButtonAction::WebApp);
    }
    if given.get("login_url").is_some() {
        // No domain was ever linked to a bot here, which Telegram asks for.
        return Err(ApiError::bad("BOT_DOMAIN_INVALID"));
    }
    for elsewhere in ["callback_game", "pay", "disabled"] {
        if given.get(elsewhere).is_some_and(|value| *value != Value::Bool(false)) {
            return Err(ApiError::bad("BUTTON_TYPE_INVALID"));
        }
    }
    Err(faulty("Text buttons are unallowed in the inline keyboard"))
}

fn chosen_kinds(given: &Value) -> Result<ChosenKinds, ApiError> {
    let flag = |name: &str| given.get(name).and_then(Value::as_bool).unwrap_or(false);
    let (users, bots) = (flag("allow_user_chats"), flag("allow_bot_chats"));
    let (groups, channels) = (flag("allow_group_chats"), flag("allow_channel_chats"));
    if users || bots || groups || channels {
        Ok(ChosenKinds { users, bots, groups, channels })
    } else {
        Err(faulty("At least one chat type must be allowed"))
    }
}

/// An address as `TDLib` reads it before it asks its server: with a scheme, `http` where none is given.
fn address(given: &str, what: &str) -> Result<String, ApiError> {
    let wrong = |fault: &str| ApiError::bad(format!("inline keyboard {what} '{given}' is invalid: {fault}"));
    let url = given.trim();
    if url.is_empty() {
        return Err(wrong("URL must be non-empty"));
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let scheme = scheme.to_ascii_lowercase();
    if OWN.contains(&scheme.as_str()) {
        return Ok(url.to_owned());
    }
    if !WEB.contains(&scheme.as_str()) {
        return Err(wrong("Unsupported URL protocol"));
    }
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let name = host.rsplit('@').next().unwrap_or_default();
    let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
    if !name.contains('.') && !name.starts_with('[') {
        return Err(wrong("Wrong HTTP URL"));
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok(format!("{scheme}://{host}{slash}{path}"))
}

fn web_app(given: &str) -> Result<String, ApiError> {
    let url = address(given, "button Web App URL")?;
    if url.starts_with("https://") {
        return Ok(url);
    }
    let only = "Only HTTPS links are allowed";
    Err(ApiError::bad(format!("inline keyboard button Web App URL '{given}' is invalid: {only}")))
}

/// A keyboard as a bot is told of it.
pub(super) fn shown(keyboard: &Keyboard) -> Value {
    let rows: Vec<Vec<Value>> =
        keyboard.rows.iter().map(|row| row.iter().map(shown_button).collect()).collect();
    json!({ "inline_keyboard": rows })
}

fn shown_button(button: &Button) -> Value {
    let (name, value) = match &button.action {
        ButtonAction::Callback(data) => ("callback_data", json!(String::from_utf8_lossy(data))),
        ButtonAction::Url(url) => ("url", json!(url)),
        ButtonAction::CopyText(text) => ("copy_text", json!({ "text": text })),
        ButtonAction::WebApp(url) => ("web_app", json!({ "url": url })),
        ButtonAction::SwitchInline { query, place } => switch(query, *place),
    };
    let mut shown = json!({ "text": button.text });
    shown[name] = value;
    shown
}

fn switch(query: &str, place: InlinePlace) -> (&'static str, Value) {
    match place {
        InlinePlace::Any => ("switch_inline_query", json!(query)),
        InlinePlace::Current => ("switch_inline_query_current_chat", json!(query)),
        InlinePlace::Chosen(kinds) => {
            let mut chosen = json!({ "query": query });
            let named = [
                ("allow_user_chats", kinds.users),
                ("allow_bot_chats", kinds.bots),
                ("allow_group_chats", kinds.groups),
                ("allow_channel_chats", kinds.channels),
            ];
            for (name, _) in named.into_iter().filter(|(_, on)| *on) {
                chosen[name] = json!(true);
            }
            ("switch_inline_query_chosen_chat", chosen)
        }
    }
}
