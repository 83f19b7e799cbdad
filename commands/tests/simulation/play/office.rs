//! The sequencer of one term: a mind, its journal, its ear, and what it performs.

use commands::check::{Check, check};
use commands::decide::Mind;
use commands::effect::Effect;
use commands::fact::{Fact, Roster};
use commands::grammar::{Said, Task};
use commands::ids::{AgentId, Ear, Fence, MessageRef, PersonId, UserId, VoiceId, Who, fingerprint};
use commands::input::{Call, Door, EffectResult, Handing, Heard, Input, Outcome, Sender, SenderKind, What};
use commands::mesh::Mesh;
use commands::rules::Rules;
use jiff::Timestamp;

use super::chance::Chance;
use super::door::{Question, Reply};
use super::journal::{Batch, Journal};
use super::talk::{GROUP, Post, is_agent};

/// An office: who holds it, since it was opened.
pub struct Office {
    pub node: usize,
    pub term: u32,
    pub journal: Journal,
    /// None while it has crashed, before it begins and after it ended.
    mind: Option<Mind>,
    pub has_begun: bool,
    pub has_ended: bool,
    /// The ear missed something, and has not read it back.
    missed: bool,
    posts: i32,
    asked: Vec<Asked>,
}

/// A question that arrived.
pub struct Asked {
    pub from: usize,
    pub key: String,
    pub who: UserId,
    pub question: Question,
}

/// What a batch of work led to; nothing of it counts before it is committed.
#[derive(Default)]
pub struct Work {
    pub batch: Batch,
    pub replies: Vec<(usize, String, UserId, Reply)>,
    checks: Vec<Asked>,
}

impl Office {
    pub fn new(node: usize, term: u32) -> Self {
        Self {
            node,
            term,
            journal: Journal::default(),
            mind: None,
            has_begun: false,
            has_ended: false,
            missed: false,
            posts: 0,
            asked: Vec::new(),
        }
    }

    /// Takes up the journal of the term before, or an empty one.
    pub fn begin(&mut self, journal: Journal, now: Timestamp, roster: Roster) {
        self.journal = journal;
        self.has_begun = true;
        self.restart(now);
        let settled =
            self.mind.as_mut().map(|mind| mind.decide(Input { at: now, what: What::Roster(roster) }));
        let decision = settled.unwrap_or_default();
        self.journal.commit(Batch { facts: decision.facts, effects: decision.effects, ..Batch::default() });
    }

    pub fn restart(&mut self, now: Timestamp) {
        let rules = Rules::new(GROUP, self.term);
        self.mind = Some(Mind::new(self.journal.mesh(), rules, now));
    }

    pub fn crash(&mut self) {
        self.mind = None;
        self.missed = false;
        self.asked.clear();
    }

    pub fn end(&mut self) {
        self.crash();
        self.has_ended = true;
    }

    pub fn is_running(&self) -> bool {
        self.mind.is_some()
    }

    pub fn mesh(&self) -> Option<&Mesh> {
        self.mind.as_ref().map(Mind::mesh)
    }

    pub fn ask(&mut self, asked: Asked) {
        if self.is_running() {
            self.asked.push(asked);
        }
    }

    /// Decides what the ear, the door, the clock and earlier effects brought. The mind is ahead of the journal until
    /// this is committed.
    pub fn work(&mut self, group: &[Post], now: Timestamp, chance: &mut Chance) -> Work {
        let mut work = Work::default();
        for what in self.hear(group, &mut work.batch, chance) {
            let at = if let What::Heard(heard) = &what { heard.message.at } else { now };
            self.decide(Input { at, what }, &mut work.batch);
        }
        for asked in std::mem::take(&mut self.asked) {
            match &asked.question {
                Question::Check { .. } => work.checks.push(asked),
                Question::Say(text) => self.call(&asked, text, now, &mut work),
            }
        }
        for (id, outcome) in self.perform(chance) {
            let at = self.mind.as_ref().map_or(now, Mind::now);
            self.decide(Input { at, what: What::Outcome(outcome) }, &mut work.batch);
            work.batch.ended.push(id);
        }
        if !self.missed && work.batch.cursor >= group.len() && chance.once_in(2) {
            self.decide(Input { at: now, what: What::Tick }, &mut work.batch);
        }
        work
    }

    fn call(&mut self, asked: &Asked, text: &str, at: Timestamp, work: &mut Work) {
        let user = asked.who;
        let who = if is_agent(user) { Who::Agent(AgentId(user.0)) } else { Who::Person(PersonId(user.0)) };
        let call =
            Call { who, key: asked.key.clone(), at, said: Said::plain(text), handing: Handing::Answered };
        let answer = self.decide(Input { at, what: What::Called(call) }, &mut work.batch);
        if let Some((_, answer)) = answer {
            work.replies.push((asked.from, asked.key.clone(), user, Reply::Said(answer)));
        }
    }

    /// What is held as of now, for those who asked; only of what is committed.
    pub fn checked(&self, work: &mut Work, step: usize) {
        for asked in std::mem::take(&mut work.checks) {
            let Question::Check { task, fence } = &asked.question else { continue };
            let held = self.mesh().and_then(|mesh| held(mesh, task, *fence, asked.who));
            let reply = held.map_or(Reply::DoesNot, |fence| Reply::Holds { task: task.clone(), fence, step });
            work.replies.push((asked.from, asked.key, asked.who, reply));
        }
    }

    fn decide(&mut self, input: Input, batch: &mut Batch) -> Option<(Who, commands::answer::Answer)> {
        let decision = self.mind.as_mut()?.decide(input);
        batch.facts.extend(decision.facts);
        batch.effects.extend(decision.effects);
        decision.answer
    }

    /// The next messages: late, some of them twice, in any order within a batch; or a gap, read back later.
    fn hear(&mut self, group: &[Post], batch: &mut Batch, chance: &mut Chance) -> Vec<What> {
        let from = self.journal.cursor;
        batch.cursor = from;
        if self.missed && !chance.once_in(3) {
            return Vec::new();
        }
        if !self.missed && chance.once_in(40) {
            self.missed = true;
            let latest = group.len().checked_sub(1).filter(|latest| *latest >= from);
            let latest = latest.map(|id| self.heard(group, id));
            return [What::Gap(GROUP)].into_iter().chain(latest).collect();
        }
        let most = if self.missed { group.len() } else { (from + chance.below(6)).min(group.len()) };
        let mut ids: Vec<usize> = (from..most).collect();
        if from > 0 && chance.once_in(3) {
            ids.push(chance.below(from));
        }
        if chance.once_in(4) && ids.len() > 1 {
            let (a, b) = (chance.below(ids.len()), chance.below(ids.len()));
            ids.swap(a, b);
        }
        batch.cursor = most.max(from);
        let refetched = std::mem::take(&mut self.missed).then_some(What::Refetched(GROUP));
        ids.into_iter().map(|id| self.heard(group, id)).chain(refetched).collect()
    }

    fn heard(&self, group: &[Post], id: usize) -> What {
        let post = &group[id];
        let number = |id: usize| i32::try_from(id + 1).unwrap_or(i32::MAX);
        let kind = if is_agent(post.from) { SenderKind::Bot } else { SenderKind::Person };
        let ear = Ear::Account(i64::try_from(self.node).unwrap_or(0) + 1);
        What::Heard(Heard {
            door: Door::Ear,
            message: MessageRef {
                ear,
                chat: GROUP,
                id: number(id),
                from: post.from,
                at: post.at,
                print: fingerprint(&post.text),
            },
            sender: Sender { id: post.from, name: "somebody".into(), username: None, kind },
            said: Said::plain(post.text.clone()),
            reply_to: post.reply_to.map(number),
            reply_to_from: post.reply_to.map(|to| group[to].from),
            edited: false,
            forwarded: false,
            heard_at: post.at,
        })
    }

    /// Some effects of the outbox, done; those that were done before a crash are done again.
    fn perform(&mut self, chance: &mut Chance) -> Vec<(u64, Outcome)> {
        let due: Vec<_> =
            self.journal.outbox.iter().take(12).map(|(id, effect)| (*id, effect.clone())).collect();
        let mut done = Vec::new();
        for (id, effect) in due {
            if chance.once_in(4) {
                continue;
            }
            let result = self.result(&effect, chance);
            done.push((id, Outcome { effect, result }));
        }
        done
    }

    fn result(&mut self, effect: &Effect, chance: &mut Chance) -> EffectResult {
        match effect {
            Effect::Post { .. } => {
                self.posts += 1;
                let message = VoiceId(self.posts);
                match chance.below(8) {
                    0 => EffectResult::Unknown,
                    1 => EffectResult::Failed("refused".into()),
                    _ => EffectResult::Done(Some(message)),
                }
            }
            Effect::Edit { .. } if chance.once_in(10) => EffectResult::Gone,
            Effect::Tell { agent, .. } if chance.once_in(5) => EffectResult::NoDoor(*agent),
            _ => EffectResult::Done(None),
        }
    }

    /// The facts of a committed batch of this office, from there on.
    pub fn facts_since(&self, before: usize) -> &[Fact] {
        &self.journal.facts[before..]
    }
}

/// The fence that holds the task, if the one that was asked about does.
fn held(mesh: &Mesh, task: &str, fence: Fence, who: UserId) -> Option<Fence> {
    let holds = check(mesh, task, fence, Some(Who::Agent(AgentId(who.0)))) == Check::Holds;
    mesh.claims.open(&Task::fold(task)).filter(|_| holds)?.fence
}
