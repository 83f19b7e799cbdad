//! A 👍 that is waited for: reactions have to be asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use bridge::telegram::Account;
use commands::ids::{ChatId, Ear};

use super::Engine;
use crate::perform::Speaker;

impl Engine {
    pub(super) fn awaits_thumb(&self) -> bool {
        !self.voices.accounts.is_empty() && self.mind.mesh().awaits_thumb().next().is_some()
    }

    pub(super) fn reactions_every(&self) -> Duration {
        self.mind.rules().reactions_every.try_into().unwrap_or_default()
    }

    /// A 👍 set as a reaction is told to an account only if it asks.
    pub(super) fn ask_for_reactions(&mut self) {
        let now = tokio::time::Instant::now();
        if !self.awaits_thumb() || self.asked.is_some_and(|asked| now - asked < self.reactions_every()) {
            return;
        }
        let Some(Speaker { account, .. }) = self.voices.accounts.first() else { return };
        self.asked = Some(now);
        let ear = Ear::Account(account.user().0);
        let mut waiting: BTreeMap<ChatId, Vec<i32>> = BTreeMap::new();
        for message in self.mind.mesh().awaits_thumb().filter(|message| message.ear == ear) {
            waiting.entry(message.chat).or_default().push(message.id);
        }
        let account: Account = account.clone();
        self.calls.spawn(async move {
            for (chat, ids) in waiting {
                let answer = account.reactions_of(chat, &ids).await;
                tracing::debug!(?answer, ?ids, "asked for reactions");
            }
        });
    }
}
