//! What is told an agent by its hook: as which letter it goes, and what comes of it.

use std::time::Duration;

use bridge::hooks::{Letter, Sent};
use commands::effect::{Effect, Envelope};
use commands::ids::{AgentId, Ear, Who};
use commands::input::{EffectResult, Input, What};
use jiff::Timestamp;
use serde_json::{Value, json};
use sessions::{Batch, OutboxEntry, Progress};

use super::Engine;
use super::work::Work;
use crate::dispatch::Door;
use crate::node::chance;
use crate::perform::Finished;

/// The version of what goes with a letter.
const ENVELOPE: u8 = 1;
/// A shorter wait is over before anybody has read of it.
const THROTTLED_FROM: Duration = Duration::from_secs(5);

impl Engine {
    /// A notice takes along those that wait behind it, and is written as it then is: however often it goes, it is the
    /// same letter.
    pub(super) fn begin_notice(&mut self, entry: &mut OutboxEntry) -> anyhow::Result<()> {
        let notice = matches!(entry.effect, Effect::Tell { .. }) && !entry.effect.is_run();
        if !notice || entry.state != Progress::Waiting || !self.dispatch.is_by_hook(entry.id) {
            return Ok(());
        }
        let struck = self.dispatch.fold(entry, (self.clock)());
        entry.state = Progress::Started;
        let batch = Batch { struck, replaced: vec![entry.clone()], ..Batch::default() };
        tokio::task::block_in_place(|| self.store.commit(batch))?;
        Ok(())
    }

    /// The letter, where an effect goes by an agent's hook.
    pub(super) fn letter(&self, entry: &OutboxEntry) -> Option<(AgentId, Letter)> {
        let Effect::Tell { agent, text, order, envelope, .. } = &entry.effect else { return None };
        if !self.dispatch.is_by_hook(entry.id) {
            return None;
        }
        let (mesh, rules) = (self.mind.mesh(), self.mind.rules());
        let name = envelope.from.map_or_else(|| rules.node.clone(), |who| mesh.name(who));
        let key = format!("mesh-{}-{:016x}", entry.id, entry.random_id);
        let text = match envelope.omitted {
            0 => text.clone(),
            1 => format!("1 message omitted.\n{text}"),
            omitted => format!("{omitted} messages omitted.\n{text}"),
        };
        let is_run = entry.effect.is_run();
        let about = envelope.about.as_ref();
        let mut told = json!({
            "v": ENVELOPE,
            "id": key,
            "type": kind(envelope, order.is_some(), is_run),
            "from": name,
            "to": mesh.name(Who::Agent(*agent)),
            "at": entry.at,
            "expires": about.and_then(|about| about.until),
            "thread": thread(envelope),
            "task": about.map(|about| &about.task),
            "fence": about.and_then(|about| about.fence),
            "origin": envelope.origin.filter(|origin| origin.ear != Ear::Hook).map_or(Value::Null, |origin| {
                json!({ "chat": origin.chat, "id": origin.id })
            }),
        });
        if let Some(fields) = told.as_object_mut() {
            fields.retain(|key, value| !(value.is_null() && matches!(key.as_str(), "task" | "fence")));
        }
        let deliver = envelope.addressed || order.is_some();
        let group = rules.group.0;
        Some((*agent, Letter { key, name, text, group, is_run, deliver, envelope: told }))
    }

    /// What came of telling an agent something: taken, to be tried again, or given up.
    pub(super) fn was_told(&mut self, entry: &mut OutboxEntry, how: Finished, work: &mut Work) -> Finished {
        let Effect::Tell { agent, .. } = entry.effect else { return how };
        let Finished::Sent(sent) = how else { return self.was_told_in_private(agent, entry, how, work) };
        self.note_throttle(agent, &sent, work);
        self.note_shut(agent, &sent, work);
        let before = self.dispatch.doors().failing_since(agent);
        let came = self.came_of(agent, entry, sent);
        let after = self.dispatch.doors().failing_since(agent);
        if before != after {
            work.batch.cursors.push((failing(agent), kept(after)));
        }
        if matches!(came, Finished::Ended(EffectResult::Done(_))) && entry.effect.is_run() {
            self.keep_runs(agent, work);
        }
        came
    }

    /// Since when each hook has failed, and what runs the day has had, is known from before this start.
    pub(super) fn remember_doors(&mut self) {
        let agents: Vec<_> = self.dispatch.doors().agents().collect();
        for agent in agents {
            if let Some(since) = self.kept(&failing(agent)) {
                self.dispatch.doors().failed_before(agent, since);
            }
            if let Some(until) = self.kept(&closed(agent)) {
                self.dispatch.doors().close_dm(agent, until);
            }
            let kept = self.store.cursor(&runs(agent)).ok().flatten().unwrap_or_default();
            if let ([day, count], []) = kept.as_chunks() {
                let (day, count) = (i64::from_be_bytes(*day), u64::from_be_bytes(*count));
                self.dispatch.doors().ran_before(agent, day, count);
            }
        }
    }

    /// The runs of the day are kept with what ticks the letter off that was one.
    pub(super) fn keep_runs(&mut self, agent: AgentId, work: &mut Work) {
        if let Some((day, count)) = self.dispatch.doors().runs(agent) {
            let kept = [day.to_be_bytes(), count.to_be_bytes()].concat();
            work.batch.cursors.push((runs(agent), kept));
        }
    }

    fn came_of(&mut self, agent: AgentId, entry: &OutboxEntry, sent: Sent) -> Finished {
        let (now, drawn) = ((self.clock)(), chance().unsigned_abs());
        let is_run = entry.effect.is_run();
        // A notice that was begun goes again as it is; and what another attempt may have brought, this one has not undone.
        let is_new = is_run && entry.state == Progress::Waiting;
        let doors = self.dispatch.doors();
        match sent {
            Sent::Accepted => {
                doors.worked(agent, is_run, now);
                Finished::Ended(EffectResult::Done(None))
            }
            Sent::Throttled(asked, why) => self.put_off(agent, is_new, Some(asked), &why),
            Sent::Later(asked, why) => self.put_off(agent, is_new, asked, &why),
            // By another door it would not be known as the same: there it says so.
            Sent::Lost(why) => self.put_off(agent, false, None, &why),
            Sent::Shut(why) => {
                doors.shut(agent, now, drawn);
                tracing::warn!(%agent, "a hook lets nothing in: {why}");
                if doors.of(&entry.effect, now) == Some(Door::Dm) {
                    return again(is_new, Duration::ZERO);
                }
                doors.gave_up(agent);
                Finished::Ended(EffectResult::Failed(why))
            }
            Sent::Refused(why) => {
                doors.gave_up(agent);
                Finished::Ended(EffectResult::Failed(why))
            }
        }
    }

    fn put_off(&mut self, agent: AgentId, is_new: bool, asked: Option<Duration>, why: &str) -> Finished {
        let (now, drawn) = ((self.clock)(), chance().unsigned_abs());
        let wait = self.dispatch.doors().failed(agent, now, asked, drawn);
        tracing::info!(%agent, ?wait, "a hook did not take a message: {why}");
        again(is_new, wait)
    }

    /// An agent says so of itself.
    pub(super) fn says_it_is_throttled(&mut self, agent: AgentId, until: Option<Timestamp>, work: &mut Work) {
        work.batch.cursors.push((said(agent), kept(until)));
        self.decide(Input { at: self.mind.now(), what: What::Throttled { agent, until } }, work);
    }

    /// That a hook lets nothing in, though its agent can be reached, is a fact: Execs hear of it once. So is that it takes
    /// something again.
    fn note_shut(&mut self, agent: AgentId, sent: &Sent, work: &mut Work) {
        let known = self.mind.mesh().letters.shut(agent).is_some();
        let why = match sent {
            Sent::Shut(why) if !known && self.dispatch.doors().has(agent, Door::Dm) => Some(why.clone()),
            Sent::Accepted if known => None,
            _ => return,
        };
        // An answer does not move time.
        self.decide(Input { at: self.mind.now(), what: What::HookShut { agent, why } }, work);
    }

    /// The instant that a cursor tells.
    fn kept(&self, cursor: &str) -> Option<Timestamp> {
        let kept = self.store.cursor(cursor).ok().flatten()?;
        Timestamp::from_millisecond(i64::from_be_bytes(kept.try_into().ok()?)).ok()
    }

    /// That an agent is throttled is a fact: its leases stop. So is that it is not any more. What it said of itself holds
    /// even so: its hook takes things all the same.
    fn note_throttle(&mut self, agent: AgentId, sent: &Sent, work: &mut Work) {
        let until = match sent {
            Sent::Throttled(asked, _) if *asked >= THROTTLED_FROM => (self.clock)().checked_add(*asked).ok(),
            Sent::Accepted if self.mind.mesh().floor.throttled.contains_key(&agent) => None,
            _ => return,
        };
        let until = until.max(self.kept(&said(agent)).filter(|said| *said > (self.clock)()));
        // An answer does not move time.
        self.decide(Input { at: self.mind.now(), what: What::Throttled { agent, until } }, work);
    }
}

/// A letter that the gateway surely has not is as before it was sent; another was begun.
fn again(is_new: bool, wait: Duration) -> Finished {
    if is_new { Finished::Again(Some(wait)) } else { Finished::Unclear(Some(wait)) }
}

/// The name of the cursor that tells until when an agent is written no private messages.
pub(super) fn closed(agent: AgentId) -> String {
    format!("closed/{agent}")
}

/// The name of the cursor that tells an agent's runs of the day.
fn runs(agent: AgentId) -> String {
    format!("runs/{agent}")
}

/// As a cursor keeps it, to the millisecond; none as no bytes.
pub(super) fn kept(at: Option<Timestamp>) -> Vec<u8> {
    at.map(|at| at.as_millisecond().to_be_bytes().to_vec()).unwrap_or_default()
}

/// The name of the cursor that tells until when an agent said that it is throttled.
fn said(agent: AgentId) -> String {
    format!("throttled/{agent}")
}

/// The name of the cursor that tells since when a hook has failed.
fn failing(agent: AgentId) -> String {
    format!("failing/{agent}")
}

/// What is said about one task is one thread; else what follows from one message.
fn thread(envelope: &Envelope) -> Option<String> {
    let of_task = envelope.about.as_ref().map(|about| format!("task:{}", about.task));
    of_task.or_else(|| envelope.origin.map(|origin| format!("{}:{}", origin.chat, origin.id)))
}

/// What it is, in one word.
fn kind(envelope: &Envelope, is_order: bool, is_run: bool) -> &'static str {
    match envelope {
        _ if is_order => "order",
        Envelope { from: Some(_), .. } => "message",
        Envelope { answers: true, .. } => "answer",
        Envelope { addressed: true, .. } => "question",
        _ if is_run => "request",
        _ => "notice",
    }
}
