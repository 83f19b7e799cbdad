//! The group becomes a supergroup while the node runs: what waits for it goes there, under another random id.

use commands::effect::Effect;
use commands::ids::ChatId;
use commands::input::{EffectResult, Input, What};
use sessions::{OutboxEntry, Progress};

use super::Engine;
use super::work::Work;
use crate::dispatch::Gone;
use crate::node::chance;

impl Engine {
    /// What an earlier run knew of chats that moved.
    pub(super) fn remember_moves(&mut self) {
        let group = self.mind.rules().group;
        if let Some(former) = self.mind.mesh().moved.former(group) {
            tracing::warn!(%former, %group, "the group is a supergroup by now; its id may be written into [mesh] group");
            self.dispatch.moved(former, group);
        }
    }

    /// Goes on in another chat. An answer to a tap lapses: whoever tapped looks at another chat by now.
    pub(super) fn follow(&mut self, from: ChatId, to: ChatId, work: &mut Work) {
        tracing::warn!(%from, %to, "the group goes on as a supergroup");
        if let Some((bot, _)) = &self.voices.bot {
            bot.moved(from, to);
        }
        let moved = &self.mind.mesh().moved;
        let new = std::mem::take(&mut work.batch.effects);
        work.batch.effects = new
            .into_iter()
            .filter_map(|mut new| {
                new.effect = moved.readdress(new.effect)?;
                Some(new)
            })
            .collect();
        let mut waiting: Vec<_> =
            self.dispatch.moved(from, to).into_iter().filter_map(|gone| self.found(gone)).collect();
        waiting.extend(work.again.extract_if(.., |entry| entry.effect.chat() == Some(from)));
        for entry in waiting {
            self.readdress(entry, work);
        }
    }

    /// What was taken off, as it was.
    fn found(&self, gone: Gone) -> Option<OutboxEntry> {
        match gone {
            Gone::Here(entry) => Some(*entry),
            Gone::Kept(id) => self
                .store
                .effect(id)
                .inspect_err(|error| tracing::error!(%id, %error, "an effect of the outbox"))
                .ok()
                .flatten(),
        }
    }

    /// Whether an effect is for a chat in which nothing can be done any more.
    pub(super) fn is_left_behind(&self, entry: &OutboxEntry) -> bool {
        let moved = entry.effect.chat().is_some_and(|chat| self.mind.mesh().moved.is(chat));
        moved && !matches!(entry.effect, Effect::Delete { .. })
    }

    /// Sends an effect where its chat is now; one that makes no sense there is struck off.
    pub(super) fn readdress(&mut self, mut entry: OutboxEntry, work: &mut Work) {
        self.dispatch.finished(entry.id);
        work.batch.retried.retain(|retry| retry.id != entry.id);
        let lapsed = matches!(entry.effect, Effect::AnswerTap { .. });
        let pressed = matches!(entry.effect, Effect::Press { .. });
        if pressed {
            let why = "the group became a supergroup: its old messages can't be tapped any more";
            return self.end(entry, EffectResult::Failed(why.to_owned()), work);
        }
        let effect = if lapsed { None } else { self.mind.mesh().moved.readdress(entry.effect.clone()) };
        let Some(effect) = effect else { return work.batch.struck.push(entry.id) };
        (entry.class, entry.lane, entry.effect) = (effect.class(), effect.lane(self.mind.mesh()), effect);
        (entry.random_id, entry.state, entry.tries) = (chance(), Progress::Waiting, 0);
        entry.not_before = (self.clock)();
        work.batch.replaced.push(entry.clone());
        work.readdressed.push(entry);
    }

    /// Telegram told so where the mesh meant to do something.
    pub(super) fn was_moved(&mut self, entry: OutboxEntry, to: ChatId, work: &mut Work) {
        let Some(from) = entry.effect.chat() else { return self.end(entry, EffectResult::Unknown, work) };
        let at = self.mind.now();
        self.decide_one(Input { at, what: What::Migrated { from, to } }, work);
        if self.is_left_behind(&entry) {
            return self.readdress(entry, work);
        }
        self.end(entry, EffectResult::Failed(format!("the chat is {to} by now")), work);
    }
}
