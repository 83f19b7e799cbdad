//! Webhooks: which bot has one, and what it has met.

mod certificate;
mod delivery;
mod target;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::{CancellationToken, DropGuard};

use super::Door;
use super::answer::ApiError;
use crate::world::UserId;

pub(super) use target::Target;

/// The webhooks that are set, by bot.
#[derive(Debug, Default)]
pub(super) struct Webhooks(Mutex<BTreeMap<UserId, Webhook>>);

#[derive(Debug)]
struct Webhook {
    target: Target,
    trouble: Option<Trouble>,
    /// Ends the deliveries.
    _stop: DropGuard,
}

/// The last delivery that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Unix seconds.
    pub date: i64,
    /// In Telegram's words.
    pub message: String,
}

impl Webhooks {
    /// Where the bot's updates go, and what went wrong last.
    pub fn of(&self, bot: UserId) -> Option<(Target, Option<Trouble>)> {
        self.lock().get(&bot).map(|webhook| (webhook.target.clone(), webhook.trouble.clone()))
    }

    pub fn is_set(&self, bot: UserId) -> bool {
        self.lock().contains_key(&bot)
    }

    /// Takes a webhook away; false if there was none.
    pub fn remove(&self, bot: UserId) -> bool {
        self.lock().remove(&bot).is_some()
    }

    fn note(&self, bot: UserId, trouble: Trouble) {
        if let Some(webhook) = self.lock().get_mut(&bot) {
            webhook.trouble = Some(trouble);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<UserId, Webhook>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Door {
    /// Sends the bot's updates to `target` from now on.
    pub(super) fn set_webhook(&self, bot: UserId, target: Target) -> Result<(), ApiError> {
        let stop: CancellationToken = self.inner.stop.child_token();
        let deliveries = self.deliveries(bot, target.clone(), stop.clone())?;
        let webhook = Webhook { target, trouble: None, _stop: stop.drop_guard() };
        self.inner.webhooks.lock().insert(bot, webhook);
        tokio::spawn(deliveries);
        Ok(())
    }
}
