//! Answering taps.

use serde_json::{Value, json};

use crate::botapi::Call;
use crate::botapi::answer::ApiError;
use crate::world::{TapAnswer, WorldError};

/// The longest notice, in characters.
const NOTICE_LIMIT: usize = 200;

impl Call {
    pub fn answer_callback_query(&self) -> Result<Value, ApiError> {
        let refused = |error| ApiError::refused(&error, "answer");
        let query =
            self.params.number("callback_query_id").ok_or_else(|| refused(WorldError::QueryTooOld))?;
        let text = self.params.text("text").filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > NOTICE_LIMIT) {
            return Err(ApiError::bad("MESSAGE_TOO_LONG"));
        }
        let answer = TapAnswer {
            text,
            alert: self.params.flag("show_alert"),
            url: self.params.text("url").filter(|url| !url.is_empty()),
            cache_time: self.params.small("cache_time").unwrap_or(0).max(0),
        };
        self.door.world().answer_tap(self.bot.id, query, answer).map_err(refused)?;
        Ok(json!(true))
    }
}
