//! Logging out of this server, and closing the bot before it moves to another.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::botapi::answer::ApiError;
use crate::botapi::{Call, Door};
use crate::world::UserId;

/// Ten minutes of the world's clock, in milliseconds: how long a bot stays logged out, and how long after its launch
/// it may not be closed.
const TEN_MINUTES: i64 = 10 * 60 * 1000;

/// When bots were launched and logged out, in milliseconds of the world's clock.
#[derive(Debug, Default)]
pub(in crate::botapi) struct Sessions(Mutex<BTreeMap<UserId, Session>>);

#[derive(Clone, Copy, Debug, Default)]
struct Session {
    launched: Option<i64>,
    logged_out: Option<i64>,
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<UserId, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Door {
    /// Launches the bot, unless it logged out lately.
    pub(in crate::botapi) fn enter(&self, bot: UserId) -> Result<(), ApiError> {
        let now = self.world().clock().millis();
        let mut sessions = self.inner.sessions.lock();
        let session = sessions.entry(bot).or_default();
        if session.logged_out.is_some_and(|at| now - at < TEN_MINUTES) {
            return Err(ApiError::logged_out());
        }
        session.launched.get_or_insert(now);
        Ok(())
    }
}

impl Call {
    pub fn log_out(&self) -> Value {
        let now = self.door.world().clock().millis();
        self.door.inner.webhooks.remove(self.bot.id);
        self.door
            .inner
            .sessions
            .lock()
            .insert(self.bot.id, Session { launched: None, logged_out: Some(now) });
        json!(true)
    }

    /// Refused in the first ten minutes after the launch; the next call launches the bot again.
    pub fn close(&self) -> Result<Value, ApiError> {
        let now = self.door.world().clock().millis();
        let mut sessions = self.door.inner.sessions.lock();
        let session = sessions.entry(self.bot.id).or_default();
        let wait = session.launched.map_or(0, |at| at + TEN_MINUTES - now);
        if wait > 0 {
            return Err(ApiError::too_many(u32::try_from((wait + 999) / 1000).unwrap_or(1)));
        }
        session.launched = None;
        Ok(json!(true))
    }
}
