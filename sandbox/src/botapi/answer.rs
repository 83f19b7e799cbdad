//! What the door says: `ok` with a result, or an error whose HTTP status is its `error_code`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::polling::TurnedOut;
use crate::world::{PHOTO_LIMIT, Peer, WorldError};

/// An error body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    code: u16,
    description: String,
    retry_after: Option<u32>,
    migrate_to_chat_id: Option<i64>,
}

/// A result, sometimes with a word about it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    result: Value,
    description: Option<&'static str>,
}

impl Reply {
    pub fn told(result: impl Into<Value>, description: &'static str) -> Self {
        Self { result: result.into(), description: Some(description) }
    }
}

impl From<Value> for Reply {
    fn from(result: Value) -> Self {
        Self { result, description: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut body = json!({ "ok": true, "result": self.result });
        if let Some(description) = self.description {
            body["description"] = json!(description);
        }
        Json(body).into_response()
    }
}

impl ApiError {
    fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), retry_after: None, migrate_to_chat_id: None }
    }

    /// 400, "Bad Request: …".
    pub fn bad(what: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", what.as_ref()))
    }

    pub fn forbidden(what: &str) -> Self {
        Self::new(403, format!("Forbidden: {what}"))
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub fn no_page() -> Self {
        Self::new(404, "Not Found")
    }

    pub fn no_method() -> Self {
        Self::new(404, "Not Found: method not found")
    }

    /// A method of Telegram's that this sandbox does not have. No 404: clients take that for a wrong token.
    pub fn not_here(method: &str) -> Self {
        Self::bad(format!("the sandbox does not have the method {method}"))
    }

    /// A parameter that would change what happens, and of which the sandbox knows nothing.
    pub fn unknown_here(parameter: &str) -> Self {
        Self::bad(format!("the sandbox does not have the parameter {parameter}"))
    }

    /// The body did not come, or not to its end.
    pub fn timeout() -> Self {
        Self::new(408, "Request Timeout")
    }

    pub fn too_large() -> Self {
        Self::new(413, "Request Entity Too Large")
    }

    /// After `logOut`, until the bot may come back.
    pub fn logged_out() -> Self {
        Self::new(400, "Logged out")
    }

    pub fn webhook_is_set() -> Self {
        Self::new(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
    }

    pub fn turned_out(by: TurnedOut) -> Self {
        match by {
            TurnedOut::ByPoll => Self::other_poller(),
            TurnedOut::ByWebhook => Self::new(409, "Conflict: terminated by setWebhook request"),
        }
    }

    pub fn other_poller() -> Self {
        Self::new(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    }

    pub fn too_many(retry_after: u32) -> Self {
        let description = format!("Too Many Requests: retry after {retry_after}");
        Self { retry_after: Some(retry_after), ..Self::new(429, description) }
    }

    /// A fault that was ordered over the control door.
    pub fn fault(status: u16, retry_after: u32) -> Self {
        match status {
            429 => Self::too_many(retry_after),
            409 => Self::other_poller(),
            status => {
                let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
                Self::new(status, reason.unwrap_or("Internal Server Error"))
            }
        }
    }

    /// The basic group became this supergroup.
    pub fn migrated(channel: i64) -> Self {
        let to = Some(Peer::Channel(channel).to_bot_api());
        Self { migrate_to_chat_id: to, ..Self::bad("group chat was upgraded to a supergroup chat") }
    }

    /// A refusal that names the kind of chat, for the chat it is about.
    pub fn about(mut self, chat: Option<Peer>) -> Self {
        if self.code == 403 && matches!(chat, Some(Peer::Channel(_))) {
            self.description = self.description.replace("the group chat", "the supergroup chat");
        }
        self
    }

    /// A refusal of the world; `verb` is what was to be done with the message: "message to {verb} not found".
    pub fn refused(error: &WorldError, verb: &str) -> Self {
        match error {
            WorldError::Migrated { channel } => Self::migrated(*channel),
            WorldError::Kicked => Self::forbidden("bot was kicked from the group chat"),
            WorldError::Blocked => Self::forbidden("bot was blocked by the user"),
            WorldError::FileEmpty => Self::bad("file must be non-empty"),
            WorldError::FileTooBig { size, limit } if *limit == PHOTO_LIMIT => Self::bad(format!(
                "file of size {size} bytes is too big for a photo; the maximum size is {limit} bytes"
            )),
            WorldError::FileTooBig { .. } => Self::too_large(),
            WorldError::PhotoInvalid => Self::bad("IMAGE_PROCESS_FAILED"),
            WorldError::CaptionTooLong => Self::bad("message caption is too long"),
            WorldError::ChatNotFound => Self::bad("chat not found"),
            WorldError::NotMember => Self::forbidden("bot is not a member of the group chat"),
            WorldError::MessageNotFound => Self::bad(format!("message to {verb} not found")),
            WorldError::ReplyNotFound => Self::bad("message to be replied not found"),
            WorldError::TextEmpty => Self::bad("message text is empty"),
            WorldError::TextTooLong if verb == "edit" => Self::bad("MESSAGE_TOO_LONG"),
            WorldError::TextTooLong => Self::bad("message is too long"),
            WorldError::NotModified => Self::bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message",
            ),
            WorldError::NotAuthor => Self::bad(format!("message can't be {verb}ed")),
            WorldError::NotAdmin if verb == "delete" => Self::bad("message can't be deleted"),
            WorldError::NotAdmin => Self::bad("not enough rights to manage pinned messages in the chat"),
            WorldError::ReactionInvalid => Self::bad("REACTION_INVALID"),
            WorldError::BotCantInitiate => Self::forbidden("bot can't initiate conversation with a user"),
            WorldError::BotToBot => Self::forbidden("bot can't send messages to bots"),
            WorldError::ButtonDataInvalid => Self::bad("BUTTON_DATA_INVALID"),
            WorldError::KeyboardInvalid => Self::bad("REPLY_MARKUP_TOO_LONG"),
            WorldError::QueryTooOld => {
                Self::bad("query is too old and response timeout expired or query ID is invalid")
            }
            WorldError::RandomIdDuplicate
            | WorldError::BotResponseTimeout
            | WorldError::YouBlocked
            | WorldError::BotGroupsBlocked
            | WorldError::QuoteInvalid
            | WorldError::ButtonUrlInvalid
            | WorldError::ButtonCopyTextInvalid
            | WorldError::ButtonTypeInvalid => Self::bad(error.rpc().1),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({ "retry_after": seconds });
        }
        if let Some(chat) = self.migrate_to_chat_id {
            body["parameters"] = json!({ "migrate_to_chat_id": chat });
        }
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
