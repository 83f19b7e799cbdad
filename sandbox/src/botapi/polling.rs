//! `getUpdates`: one poller a bot, the newest wins.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use super::answer::ApiError;
use super::{Call, render};
use crate::world::UserId;

/// The longest wait, in seconds; longer ones are cut to it.
const LONGEST_WAIT: i64 = 50;
/// The same offset so soon after: one update.
const SAME_AT_ONCE: Duration = Duration::from_millis(500);
/// The same offset so soon after: no shorter wait than this.
const SAME_WAIT: Duration = Duration::from_secs(3);
/// Updates in one answer.
const LIMIT: i64 = 100;

/// Why a poll ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TurnedOut {
    ByPoll,
    ByWebhook,
}

/// Who was turned out last, by bot: a poll that is not the last one any more gives way.
#[derive(Debug, Default)]
pub(super) struct Pollers {
    turns: Mutex<BTreeMap<UserId, watch::Sender<TurnedOut>>>,
    /// The offset of each bot's last poll, and when it was.
    offsets: Mutex<BTreeMap<UserId, (i32, Instant)>>,
}

impl Pollers {
    /// Begins a poll and turns out the one before.
    fn begin(&self, bot: UserId) -> watch::Receiver<TurnedOut> {
        self.turn_out(bot, TurnedOut::ByPoll)
    }

    /// Ends the poll that is under way. The receiver sees only what comes later.
    pub fn turn_out(&self, bot: UserId, why: TurnedOut) -> watch::Receiver<TurnedOut> {
        let mut pollers = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let poller = pollers.entry(bot).or_insert_with(|| watch::Sender::new(why));
        poller.send_replace(why);
        poller.subscribe()
    }
}

impl Pollers {
    /// Whether the bot ever polled.
    #[cfg(test)]
    pub fn is_known(&self, bot: UserId) -> bool {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&bot)
    }

    /// How long ago the bot's last poll was, if it had this offset too.
    fn since_same(&self, bot: UserId, offset: i32) -> Option<Duration> {
        let mut offsets = self.offsets.lock().unwrap_or_else(PoisonError::into_inner);
        let last = offsets.insert(bot, (offset, Instant::now()));
        last.filter(|(same, _)| *same == offset).map(|(_, at)| at.elapsed())
    }
}

impl Call {
    pub async fn get_updates(&self) -> Result<Value, ApiError> {
        if self.door.inner.webhooks.is_set(self.bot.id) {
            return Err(ApiError::webhook_is_set());
        }
        self.take_allowed_updates()?;
        let offset = self.params.small("offset").unwrap_or(0);
        let limit = self.params.number("limit").unwrap_or(LIMIT).clamp(1, LIMIT);
        let limit = usize::try_from(limit).unwrap_or(1);
        let wait = self.params.number("timeout").unwrap_or(0).clamp(0, LONGEST_WAIT);
        let wait = Duration::from_secs(wait.unsigned_abs());
        let (limit, wait) = self.slowed(offset, limit, wait);
        self.poll(offset, limit, Instant::now() + wait).await
    }

    /// With limits on, a bot that asks the same again at once is given less, and made to wait.
    fn slowed(&self, offset: i32, limit: usize, wait: Duration) -> (usize, Duration) {
        let since = self.door.inner.pollers.since_same(self.bot.id, offset);
        match since.filter(|_| self.door.inner.limits.are_on()) {
            Some(since) if since < SAME_AT_ONCE => (1, wait.max(SAME_WAIT)),
            Some(since) if since < SAME_WAIT => (limit, wait.max(SAME_WAIT)),
            _ => (limit, wait),
        }
    }

    async fn poll(&self, offset: i32, limit: usize, deadline: Instant) -> Result<Value, ApiError> {
        let (world, bot) = (self.door.world(), self.bot.id);
        let mut other = self.door.inner.pollers.begin(bot);
        let mut news = world.subscribe(bot).ok_or_else(ApiError::unauthorized)?;
        loop {
            news.borrow_and_update();
            let updates = world.bot_updates(bot, offset, limit);
            if !updates.is_empty() {
                return Ok(updates.iter().map(|update| render::update(world, bot, update)).collect());
            }
            tokio::select! {
                biased;
                _ = other.changed() => return Err(ApiError::turned_out(*other.borrow())),
                () = self.door.inner.stop.cancelled() => return Ok(Value::Array(Vec::new())),
                _ = news.changed() => {}
                () = tokio::time::sleep_until(deadline) => return Ok(Value::Array(Vec::new())),
            }
        }
    }

    /// `allowed_updates` stays until given again; an empty list is the default.
    pub fn take_allowed_updates(&self) -> Result<(), ApiError> {
        let Some(given) = self.params.json("allowed_updates")? else { return Ok(()) };
        let names = given
            .as_array()
            .ok_or_else(|| ApiError::bad("can't parse allowed updates: Expected an Array of String"))?;
        let names = names.iter().filter_map(Value::as_str).map(str::to_ascii_lowercase).collect();
        self.door.world().set_allowed_updates(self.bot.id, names);
        Ok(())
    }
}
