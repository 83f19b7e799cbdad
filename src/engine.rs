//! The one loop: input, decide, journal, perform. Everything that happens to the node happens here, one after the other.

mod agents;
mod calls;
mod driving;
pub mod ears;
pub mod hearing;
mod looks;
mod migration;
mod orders;
mod pauses;
pub mod presence;
mod private;
mod pulses;
mod queries;
mod restarts;
mod tells;
mod thumbs;
pub mod vitals;
mod waking;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use commands::answer::Answer;
use commands::decide::Mind;
use commands::effect::{Class, Effect};
use commands::fact::{Fact, Roster};
use commands::ids::AgentId;
use commands::input::{EffectResult, Input, Outcome, What};
use jiff::Timestamp;
use sessions::{Batch, Cause, EffectId, OutboxEntry, Progress, Retry, Seq, Store};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::ears::{Ears, bot_changed, changed, next_of};
use self::waking::sleep_until;
use self::work::Work;
use crate::agents::{Followers, Pauses};
use crate::control::Obeyed;
use crate::dispatch::{self, Dispatch, Next};
use crate::fail_point::{self, Step};
use crate::health::Pulse;
use crate::logging;
use crate::node::chance;
use crate::perform::{Finished, Voices};
use crate::permissions;

/// So many batches of inputs share one transaction at most.
const SHARED_COMMIT: usize = 64;
/// At most so many answers of effects wait for the loop.
const FINISHED_MOST: usize = 256;
/// The journal is replaced by a snapshot after so many facts.
const SNAPSHOT_EVERY: u64 = 10_000;
/// So long the bot waits for the ear after a start.
const EAR_FIRST_FOR: Duration = Duration::from_secs(15);
/// How long a stop waits for calls that are under way.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// The node's loop.
pub struct Engine {
    mind: Mind,
    store: Store,
    voices: Voices,
    dispatch: Dispatch,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    finished: (mpsc::Sender<Ended>, mpsc::Receiver<Ended>),
    calls: TaskTracker,
    /// Who waits for what came of an order, by its key.
    ordered: BTreeMap<String, Vec<oneshot::Sender<Obeyed>>>,
    asked: thumbs::Asked,
    started: tokio::time::Instant,
    ear_first: bool,
    /// When everything was last heard ...
    present: Option<Timestamp>,
    /// ... and as that was last written.
    present_kept: Option<Timestamp>,
    /// When a message was last heard.
    heard_last: Option<Timestamp>,
    /// The order to start the node anew that is under way.
    restarting: Option<EffectId>,
    permissions: Option<permissions::File>,
    /// How each agent answers.
    pulses: BTreeMap<AgentId, Pulse>,
    /// Which agents are paused, for the gateways that follow.
    paused: watch::Sender<Pauses>,
    /// How the gateways of those follow.
    followed: watch::Receiver<Followers>,
}

struct Ended {
    entry: OutboxEntry,
    how: Finished,
}

impl Engine {
    /// Takes up where the journal and the outbox left off.
    ///
    /// # Errors
    /// A store that can't be read or written.
    pub fn new(
        mind: Mind,
        roster: Roster,
        store: Store,
        voices: Voices,
        dispatch: Dispatch,
        permissions: Option<permissions::File>,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> anyhow::Result<Self> {
        let (finished, calls) = (mpsc::channel(FINISHED_MOST), TaskTracker::new());
        let (started, followed) = (tokio::time::Instant::now(), voices.drivers.followed());
        let mut engine = Self {
            mind,
            store,
            voices,
            dispatch,
            clock,
            finished,
            calls,
            ordered: BTreeMap::new(),
            asked: thumbs::Asked::default(),
            started,
            ear_first: true,
            present: None,
            present_kept: None,
            heard_last: None,
            restarting: None,
            permissions,
            pulses: BTreeMap::new(),
            paused: watch::Sender::default(),
            followed,
        };
        engine.present = presence::last(&engine.store);
        engine.present_kept = engine.present;
        engine.remember_moves();
        engine.remember_doors();
        for entry in engine.store.outbox() {
            engine.take_up(entry.context("the outbox can't be read")?)?;
        }
        let mut work = Work::default();
        // A first start begins now; later ones where the journal ends, for what was said meanwhile is yet to be heard.
        let at = if engine.store.last() == Seq(0) { (engine.clock)() } else { engine.mind.now() };
        let people = permissions::configured(&engine.store, engine.mind.mesh(), roster.people)?;
        let roster = Roster { people, ..roster };
        engine.decide(Input { at, what: What::Roster(roster) }, &mut work);
        let edit = engine.permissions.as_ref().map(|file| file.edit(&engine.store, engine.mind.mesh()));
        if let Some(edit) = edit.transpose()?.flatten() {
            engine.decide(Input { at, what: What::People(edit) }, &mut work);
        }
        work.date_audit((engine.clock)());
        engine.was_away(&mut work);
        engine.commit(work)?;
        engine.write_permissions()?;
        engine.note_pauses();
        Ok(engine)
    }

    /// An effect of an earlier run: what was begun and may not be repeated has an unknown outcome.
    fn take_up(&mut self, entry: OutboxEntry) -> anyhow::Result<()> {
        let begun_once = entry.class == Class::Once && entry.state == Progress::Started;
        if self.is_left_behind(&entry) {
            let mut work = Work::default();
            self.readdress(entry, &mut work);
            return self.commit(work);
        }
        if !begun_once && !dispatch::outlived(&entry, (self.clock)()) {
            let needless = self.dispatch.add(entry);
            return self.strike(needless);
        }
        let mut work = Work::default();
        let clean = matches!(entry.effect, Effect::Restart { .. }) && self.ended_cleanly_for(entry.id)?;
        let result = if clean { EffectResult::Done(None) } else { EffectResult::Unknown };
        self.end(entry, result, &mut work);
        self.commit(work)
    }

    /// Runs until `stop`.
    ///
    /// # Errors
    /// A store that can't be written: nothing that was not journalled is acted on.
    pub async fn run(mut self, mut ears: Ears, stop: CancellationToken) -> anyhow::Result<()> {
        loop {
            let due = self.send_what_is_due()?;
            let caught_up = ears.caught_up();
            let hears_bot = self.hears_bot(&ears);
            let wake = self.wake_at(due, caught_up, hears_bot);
            let mut work = Work::default();
            tokio::select! {
                biased;
                // 1. Stop.
                () = stop.cancelled() => break,
                // 2. What became of effects.
                Some(ended) = self.finished.1.recv() => self.learn(ended, &mut work),
                // 3. Questions, answered from memory.
                Some(query) = ears.control.recv() => self.answer(query, caught_up, &mut work),
                // 4. Calls; after a start they wait for the ear, as the bot does.
                Some(call) = ears.calls.recv(), if hears_bot => self.call(call, caught_up, &mut work),
                // ... and orders of whoever is at the shell.
                Some(order) = ears.orders.recv(), if hears_bot => self.obey(order, caught_up, &mut work),
                // 5. The bot: commands and taps.
                Some(batch) = next_of(ears.bot.as_mut()), if hears_bot => {
                    self.hear_bot(batch, &mut work);
                }
                // 6. The account: everything said.
                Some(batch) = next_of(ears.account.as_mut()) => {
                    self.hear_account(batch, &ears.account_cursor, &mut work);
                }
                // ... and what is said in private to the other accounts.
                Some((cursor, batch)) = next_of(ears.others.as_mut()), if hears_bot => {
                    self.hear_account(batch, &cursor, &mut work);
                }
                // 7. The ear has caught up, or lost the thread.
                Some(()) = changed(ears.account_caught_up.as_mut()) => {}
                // 8. Another program took the bot's updates, or gave them back.
                Some(()) = bot_changed(ears.bot_health.as_mut()) => self.note_bot(&ears, &mut work),
                // 9. Agents that were asked whether they are there.
                Some(asked) = next_of(ears.pulses.as_mut()) => self.feel(&asked, caught_up, &mut work),
                // 10. Time.
                () = sleep_until(wake) => {}
            }
            self.drain(&mut ears, hears_bot, &mut work);
            self.note_presence(ears.caught_up(), &mut work);
            if ears.caught_up() {
                self.tick(&mut work);
                self.ask_for_reactions();
            }
            self.commit(work)?;
        }
        self.calls.close();
        let _ = tokio::time::timeout(STOP_WITHIN, self.calls.wait()).await;
        self.note_clean_end()
    }

    /// Right after a start the bot waits until the ear has caught up: a command of now must not move time past what
    /// was said while the node was away.
    fn hears_bot(&mut self, ears: &Ears) -> bool {
        let may_come = ears.account.is_some() && !ears.account_is_lost() && !ears.caught_up();
        self.ear_first &= may_come && self.started.elapsed() < EAR_FIRST_FOR;
        !self.ear_first
    }

    /// What is ready now shares the commit.
    fn drain(&mut self, ears: &mut Ears, hears_bot: bool, work: &mut Work) {
        for _ in 0..SHARED_COMMIT {
            if let Ok(ended) = self.finished.1.try_recv() {
                self.learn(ended, work);
            } else if let Some(batch) = ears.account.as_mut().and_then(|ear| ear.try_recv().ok()) {
                self.hear_account(batch, &ears.account_cursor, work);
            } else if let Some(call) = hears_bot.then(|| ears.calls.try_recv().ok()).flatten() {
                self.call(call, ears.caught_up(), work);
            } else {
                return;
            }
        }
    }

    /// Decides an input; deadlines before it fire first, so that each fact has its own cause.
    fn decide(&mut self, input: Input, work: &mut Work) -> Option<Answer> {
        while let Some(at) = self.mind.next_deadline().filter(|deadline| *deadline < input.at) {
            self.decide_one(Input { at, what: What::Tick }, work);
        }
        self.decide_one(input, work)
    }

    fn decide_one(&mut self, input: Input, work: &mut Work) -> Option<Answer> {
        self.note_followers();
        let cause = Cause::of(&input);
        let decision = self.mind.decide(input);
        for agent in &decision.struck {
            let under_way = work.strike(*agent);
            for id in &under_way {
                self.dispatch.finished(*id);
            }
            work.batch.struck.extend(self.dispatch.strike(*agent).into_iter().chain(under_way));
        }
        let moved = decision.facts.iter().find_map(|fact| match fact {
            Fact::Migrated { from, to, .. } => Some((*from, *to)),
            _ => None,
        });
        let answer = work.record(decision, self.mind.now(), cause, (self.clock)(), self.mind.mesh());
        if let Some((from, to)) = moved {
            self.follow(from, to, work);
        }
        answer
    }

    fn tick(&mut self, work: &mut Work) {
        let now = (self.clock)();
        while let Some(at) = self.mind.next_deadline().filter(|deadline| *deadline <= now) {
            self.decide_one(Input { at, what: What::Tick }, work);
        }
    }

    fn learn(&mut self, ended: Ended, work: &mut Work) {
        let Ended { mut entry, how } = ended;
        let how = self.was_told(&mut entry, how, work);
        let done = matches!(how, Finished::Ended(EffectResult::Done(_)));
        if !done && self.is_left_behind(&entry) {
            return self.readdress(entry, work);
        }
        let (wait, unclear) = match how {
            Finished::Ended(result) => return self.end(entry, result, work),
            Finished::Moved(to) => return self.was_moved(entry, to, work),
            Finished::DrawAnew => {
                entry.random_id = chance();
                return work.change(entry);
            }
            Finished::ByHook => return work.change(entry),
            Finished::Again(wait) => (wait, false),
            Finished::NoAccount => (None, false),
            Finished::Unclear(wait) => (wait, true),
            Finished::NotHere | Finished::Sent(_) => return,
        };
        let now = (self.clock)();
        if dispatch::outlived(&entry, now) {
            return self.end(entry, EffectResult::Unknown, work);
        }
        let asked = wait.filter(|_| !unclear);
        let wait = dispatch::delay(wait, entry.tries, chance().unsigned_abs());
        entry.tries = entry.tries.saturating_add(1);
        entry.not_before = now.saturating_add(wait).unwrap_or(now);
        entry.state = entry.state.put_off(unclear);
        let (id, not_before, tries) = (entry.id, entry.not_before, entry.tries);
        self.note_pause(id, asked, not_before);
        tracing::debug!(effect = ?entry.effect, ?wait, "put off");
        if !unclear {
            work.batch.retried.push(Retry { id, not_before, tries });
        } else if entry.effect.is_run() {
            work.batch.replaced.push(entry.clone());
        }
        work.again.push(entry);
    }

    fn end(&mut self, entry: OutboxEntry, result: EffectResult, work: &mut Work) {
        fail_point::reach(Step::Learnt(entry.effect.kind()));
        self.report(&entry.effect, &result, work);
        self.dispatch.finished(entry.id);
        work.batch.struck.push(entry.id);
        if let EffectResult::Failed(why) = &result {
            logging::given_up(&entry.effect, why);
        }
        let outcome = Outcome { effect: entry.effect, result };
        // An answer does not move time: what was said before it may still be on its way from the ear.
        let at = self.mind.now();
        self.decide_one(Input { at, what: What::Outcome(outcome) }, work);
    }

    /// One transaction for all of it; only then is anything acted on.
    fn commit(&mut self, work: Work) -> anyhow::Result<()> {
        let idle = work.is_idle();
        let Work { batch, committed, answers, again, readdressed, obeyed, people } = work;
        if !idle {
            let (told, ticked_off) = (!batch.facts.is_empty(), !batch.struck.is_empty());
            if told {
                fail_point::reach(Step::Decided);
            }
            let store = &self.store;
            let done = tokio::task::block_in_place(|| store.commit(batch))
                .context("the journal can't be written")?;
            if told {
                fail_point::reach(Step::Journalled);
            }
            if ticked_off {
                fail_point::reach(Step::TickedOff);
            }
            let mut needless = Vec::new();
            for entry in done.entries {
                needless.extend(self.dispatch.add(entry));
            }
            self.strike(needless)?;
        }
        if people {
            self.write_permissions()?;
        }
        for entry in again {
            self.dispatch.later(entry);
        }
        let mut needless = Vec::new();
        for entry in readdressed {
            needless.extend(self.dispatch.add(entry));
        }
        self.strike(needless)?;
        for (caller, obeyed) in obeyed {
            let _ = caller.send(obeyed);
        }
        for told in committed {
            let _ = told.send(());
        }
        for (caller, answer) in answers {
            let _ = caller.send(Ok(answer));
        }
        self.shorten_journal()
    }

    fn strike(&mut self, struck: Vec<EffectId>) -> anyhow::Result<()> {
        let replaced = self.dispatch.rewritten();
        if struck.is_empty() && replaced.is_empty() {
            return Ok(());
        }
        let batch = Batch { struck, replaced, ..Batch::default() };
        tokio::task::block_in_place(|| self.store.commit(batch)).context("the outbox can't be written")?;
        Ok(())
    }

    fn shorten_journal(&self) -> anyhow::Result<()> {
        if self.store.since_snapshot() < SNAPSHOT_EVERY {
            return Ok(());
        }
        let (through, at) = (self.store.last(), self.mind.now());
        let facts = self.mind.mesh().to_facts();
        tokio::task::block_in_place(|| self.store.snapshot(at, through, facts)).context("no snapshot")
    }

    /// Hands every due effect to its adapter; returns when the next is due.
    fn send_what_is_due(&mut self) -> anyhow::Result<Option<Timestamp>> {
        self.dispatch.stop(self.mind.mesh().orders.stopped.is_some());
        self.note_pauses();
        loop {
            self.supply()?;
            match self.dispatch.next((self.clock)()) {
                Next::Perform(entry) => self.send(*entry)?,
                Next::Wait(until) => return Ok(Some(until)),
                Next::Idle => return Ok(None),
            }
        }
    }

    /// Reads what is next in long lines.
    fn supply(&mut self) -> anyhow::Result<()> {
        while let Some(id) = self.dispatch.lacks() {
            match self.store.effect(id).context("the outbox can't be read")? {
                Some(entry) => self.dispatch.supply(entry),
                None => self.dispatch.forget(id),
            }
        }
        Ok(())
    }

    fn send(&mut self, mut entry: OutboxEntry) -> anyhow::Result<()> {
        self.begin_notice(&mut entry).context("the outbox can't be written")?;
        self.begin_in_private(&mut entry).context("the outbox can't be written")?;
        let (before, letter) = (entry.clone(), self.letter(&entry));
        if entry.class != Class::Idempotent && entry.state == Progress::Waiting {
            tokio::task::block_in_place(|| self.store.start(entry.id))
                .context("the outbox can't be written")?;
            entry.state = Progress::Started;
            fail_point::reach(Step::Begun);
        }
        if let Effect::Restart { .. } = entry.effect {
            self.restarting = Some(entry.id);
        }
        let known = match &entry.effect {
            Effect::Look { what, .. } => self.look(what).map(Finished::Ended),
            _ => None,
        };
        let (voices, finished, now) = (self.voices.clone(), self.finished.0.clone(), (self.clock)());
        self.calls.spawn(async move {
            let kind = before.effect.kind();
            fail_point::reach(Step::Before(kind));
            let how = match (known, letter) {
                (Some(known), _) => known,
                (None, Some((agent, letter))) => voices.post_at_hook(agent, &letter).await,
                (None, None) => voices.perform(&before, now).await,
            };
            fail_point::reach(Step::After(kind));
            if matches!(how, Finished::NotHere) {
                return;
            }
            let _ = finished.send(Ended { entry, how }).await;
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
