//! A 👍 that is waited for: reactions have to be asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bridge::telegram::{Account, Performed};
use commands::ids::{ChatId, Ear};
use tokio::time::Instant;

use super::Engine;
use crate::perform::Speaker;

/// When reactions may be asked for next.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Option<Instant>>>);

impl Asked {
    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    pub(super) fn awaits_thumb(&self) -> bool {
        !self.voices.accounts.is_empty() && self.mind.mesh().awaits_thumb().next().is_some()
    }

    pub(super) fn reactions_every(&self) -> Duration {
        self.mind.rules().reactions_every.try_into().unwrap_or_default()
    }

    /// A 👍 set as a reaction is told to an account only if it asks.
    pub(super) fn ask_for_reactions(&mut self) {
        let now = Instant::now();
        if !self.awaits_thumb() || self.asked.lock().is_some_and(|next| now < next) {
            return;
        }
        let Some(Speaker { account, .. }) = self.voices.accounts.first() else { return };
        *self.asked.lock() = now.checked_add(self.reactions_every());
        let ear = Ear::Account(account.user().0);
        let mut waiting: BTreeMap<ChatId, Vec<i32>> = BTreeMap::new();
        for message in self.mind.mesh().awaits_thumb().filter(|message| message.ear == ear) {
            waiting.entry(message.chat).or_default().push(message.id);
        }
        let (account, asked): (Account, Asked) = (account.clone(), self.asked.clone());
        self.calls.spawn(async move {
            for (chat, ids) in waiting {
                let answer = account.reactions_of(chat, &ids).await;
                tracing::debug!(?answer, ?ids, "asked for reactions");
                if let Performed::RetryAfter(pause) = answer {
                    let seconds = pause.as_secs();
                    tracing::warn!("Telegram asks for a pause: reactions are not asked for for {seconds} s");
                    *asked.lock() = Instant::now().checked_add(pause);
                    return;
                }
            }
        });
    }
}
