//! What one turn of the loop leaves to be written together.

use commands::answer::Answer;
use commands::decide::{Audited, Decision};
use commands::effect::Effect;
use commands::fact::Fact;
use commands::ids::AgentId;
use commands::mesh::Mesh;
use jiff::Timestamp;
use sessions::{Anchor, AuditLine, Batch, Became, Cause, EffectId, NewEffect, OutboxEntry};
use tokio::sync::oneshot;

use super::ears::{BOT_CURSOR, encode_offset};
use crate::control::{Heeded, Obeyed};
use crate::node::chance;

/// What one turn of the loop leaves to be written together.
#[derive(Default)]
pub struct Work {
    /// For the store: one transaction.
    pub batch: Batch,
    /// Told once it is written.
    pub committed: Vec<oneshot::Sender<()>>,
    /// Answers to calls, given once it is written.
    pub answers: Vec<(oneshot::Sender<Heeded>, Answer)>,
    /// Effects to be tried again, from then on.
    pub again: Vec<OutboxEntry>,
    /// Effects that go to another chat by now.
    pub readdressed: Vec<OutboxEntry>,
    /// What came of orders, told once it is written.
    pub obeyed: Vec<(oneshot::Sender<Obeyed>, Obeyed)>,
    /// Who may do what has changed.
    pub people: bool,
}

impl Work {
    /// Adds what was decided: true as of `at`, for this reason, to be done from `now` on. Gives back the answer to a
    /// call, which may not leave before this is written.
    pub fn record(
        &mut self,
        decision: Decision,
        at: Timestamp,
        cause: Cause,
        now: Timestamp,
        mesh: &Mesh,
    ) -> Option<Answer> {
        let Decision { facts, effects, audit, answer, struck: _ } = decision;
        self.people |= facts.iter().any(is_about_people);
        if !facts.is_empty() {
            self.batch.facts.push(Became { at, cause, facts });
        }
        let new = |effect: Effect| {
            let lane = effect.lane(mesh);
            NewEffect { effect, lane, random_id: chance(), at: now, not_before: now }
        };
        self.batch.effects.extend(effects.into_iter().map(new));
        self.batch.audit.extend(audit.into_iter().map(|audited| audit_line(at, audited)));
        answer.map(|(_, answer)| answer)
    }

    /// What was found at the start was found now, wherever the journal ends.
    pub fn date_audit(&mut self, now: Timestamp) {
        self.batch.audit.iter_mut().for_each(|line| line.at = now);
    }

    /// Drops what was to be done for an agent that was told to stand down; returns what is under way no more.
    pub fn strike(&mut self, agent: AgentId) -> Vec<EffectId> {
        self.batch.effects.retain(|new| !new.effect.is_struck_for(agent));
        let gone = self.again.extract_if(.., |entry| entry.effect.is_struck_for(agent));
        gone.map(|entry| entry.id).collect()
    }

    /// Tries an effect again that is another than in the outbox.
    pub fn change(&mut self, entry: OutboxEntry) {
        self.batch.replaced.push(entry.clone());
        self.again.push(entry);
    }

    /// Where the bot's updates go on, and what it heard that the ear may point at.
    pub fn note_bot(&mut self, heard: bot::Batch, now: Timestamp) {
        self.batch.sightings.extend(heard.sightings);
        self.batch.cursors.push((BOT_CURSOR.to_owned(), encode_offset(heard.offset, now)));
        self.committed.push(heard.committed);
    }

    /// Whether there is nothing to write.
    pub fn is_idle(&self) -> bool {
        let Batch { facts, effects, struck, retried, replaced, cursors, sightings, audit } = &self.batch;
        facts.is_empty()
            && effects.is_empty()
            && struck.is_empty()
            && retried.is_empty()
            && replaced.is_empty()
            && cursors.is_empty()
            && sightings.is_empty()
            && audit.is_empty()
    }
}

fn is_about_people(fact: &Fact) -> bool {
    matches!(fact, Fact::PersonKnown(_) | Fact::Forgotten { .. } | Fact::Ordered(_))
}

fn audit_line(at: Timestamp, audited: Audited) -> AuditLine {
    let (result, error) = match audited.result {
        Ok(result) => (result, None),
        Err(error) => ("refused".to_owned(), Some(error)),
    };
    let anchor = audited.anchor.as_ref().map(Anchor::from);
    let Audited { user, name, command, target, .. } = audited;
    AuditLine { at, user, name, command, target, result, error, anchor }
}
