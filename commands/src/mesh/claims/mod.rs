//! Tasks and who owns them: one owner at a time, each change of owner under the next fence.

mod claim;
mod done;
mod open;
mod state;

use jiff::Timestamp;

pub use self::claim::Claim;
use self::done::Finished;
use self::open::Open;
pub use self::state::{Contest, Got, Hold, Notice, Offer, State, Waiting, Warned};
use super::Floor;
use crate::fact::{About, Fact, Rival, Warning};
use crate::grammar::Task;
use crate::ids::{AgentId, Fence, MessageRef, Who};

/// All tasks, by their folded name: the open ones, and those finished lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    open: Open,
    done: Finished,
    last: Option<Fence>,
}

impl Claims {
    /// The task of that folded name: as it stands, or as it was finished last.
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.open.get(key).or_else(|| self.done.get(key))
    }

    /// The task of that folded name, unless it is finished.
    pub fn open(&self, key: &str) -> Option<&Claim> {
        self.open.get(key)
    }

    /// Every task, finished ones too; of one that was begun anew, only how it stands.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        let over = self.done.iter().filter(|(key, _)| self.open.get(key).is_none());
        self.open.iter().chain(over)
    }

    /// How many tasks are not finished.
    pub fn count_open(&self) -> usize {
        self.open.len()
    }

    /// Every task that is not finished, oldest first.
    pub fn all_open(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.open.oldest()
    }

    /// What was finished last and when, newest first, even if it was begun anew.
    pub fn newest_done(&self) -> impl Iterator<Item = (Timestamp, &Claim)> {
        self.done.newest()
    }

    /// How many tasks were finished at or after an instant on a quarter of an hour (every midnight is).
    pub fn count_done_since(&self, at: Timestamp) -> usize {
        self.done.count_since(at)
    }

    /// The last time a task of that folded name was finished.
    pub fn done(&self, key: &str) -> Option<&Claim> {
        self.done.get(key)
    }

    /// Whether somebody waits for the owner of an open task to be silent.
    pub fn is_watched(&self, owner: Who) -> bool {
        self.open.is_watched(owner)
    }

    /// The open tasks somebody owns.
    pub fn of(&self, owner: Who) -> Vec<(&str, &Claim)> {
        self.open.of(owner).collect()
    }

    /// Whether somebody owns an open task.
    pub fn owns(&self, who: Who) -> bool {
        self.open.owns(who)
    }

    /// The open tasks somebody owns, without a list of them.
    pub fn held_by(&self, owner: Who) -> impl Iterator<Item = (&str, &Claim)> {
        self.open.of(owner)
    }

    /// The tasks offered to somebody.
    pub fn offered_to(&self, who: Who) -> Vec<(&str, &Claim)> {
        self.open.offered_to(who).collect()
    }

    /// Every task that is offered to somebody.
    pub fn offered(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.open.offered()
    }

    /// Whether a message is a claim that was refused, and whose sender waits.
    pub fn is_refused(&self, message: &MessageRef) -> bool {
        self.open.is_refused(message)
    }

    /// The open task under that fence.
    pub fn by_fence(&self, fence: Fence) -> Option<(&str, &Claim)> {
        self.open.by_fence(fence)
    }

    /// The contested task whose fence that was.
    pub fn contested_under(&self, dead: Fence) -> Option<&Claim> {
        self.all_open().map(|(_, claim)| claim).find(|claim| claim.contest().is_some_and(|c| c.fence == dead))
    }

    pub(super) fn last_fence(&self) -> Fence {
        self.last.unwrap_or(Fence(0))
    }

    /// Whether that fence still holds the task of that folded name. While it is contested, none does.
    pub fn holds(&self, key: &str, fence: Fence) -> bool {
        self.open(key).is_some_and(|claim| claim.holder().is_some() && claim.fence == Some(fence))
    }

    pub(super) fn apply(&mut self, fact: &Fact, floor: &Floor) {
        match fact {
            Fact::Fenced { last } => self.last = self.last.max(Some(*last)),
            Fact::Claimed { task, owner, fence, at, until, by, about } => {
                let claim = Claim::new(task.clone(), *owner, Some(*fence), *at, *by);
                self.own(Claim { until: *until, about: about.clone(), ..claim }, floor);
            }
            Fact::Accepted { task, owner, fence, at, until, by } => {
                let claim = Claim::new(task.clone(), *owner, Some(*fence), *at, *by);
                self.own(Claim { until: *until, got: Got::Accepted, ..claim }, floor);
            }
            Fact::Assigned { task, owner, fence, at, until, by, how, first } => {
                let claim = Claim::new(task.clone(), *owner, Some(*fence), *at, *by);
                let got = Got::Assigned(*how);
                self.own(Claim { until: *until, got, first: *first, ..claim }, floor);
            }
            Fact::Done { task, by, at, result, message } => {
                self.finish(task, *by, *at, result.clone(), *message);
            }
            Fact::Resumed { task, at } => self.resume(task, *at, floor),
            _ => self.amend(fact),
        }
    }

    fn amend(&mut self, fact: &Fact) {
        match fact {
            Fact::Renewed { task, until, at } => self.with(task, |claim| claim.renew(*at, *until)),
            Fact::Queued { task, who, by } => self.with(task, |claim| claim.queue(*who, *by)),
            Fact::Offered { task, to, at, result, by } => self.with(task, |claim| {
                let result = result.clone();
                claim.state = State::Offered(Offer { to: *to, at: *at, result, by: *by, asked: 0 });
            }),
            Fact::OfferEnded { task } => self.with(task, |claim| claim.state = State::Held),
            Fact::AskedAgain { about: About::Offer(task), times } => self.with(task, |claim| {
                if let State::Offered(offer) = &mut claim.state {
                    offer.asked = *times;
                }
            }),
            Fact::Contested { task, rivals, at } => self.with(task, |claim| {
                let (rivals, fence) = (rivals.clone(), claim.mark());
                claim.contest_by(Contest { rivals, at: *at, fence });
            }),
            Fact::Paused { task, at, by, blocked, blocker } => self.with(task, |claim| {
                claim.stop(*at);
                claim.hold = Some(Hold { by: *by, blocked: *blocked, blocker: blocker.clone() });
            }),
            _ => self.warn(fact),
        }
    }

    fn warn(&mut self, fact: &Fact) {
        match fact {
            Fact::Warned { task, warning, at } => self.with(task, |claim| match warning {
                Warning::Soon => claim.warned.soon = true,
                Warning::Ended => claim.warned.ended = Some(*at),
                Warning::Free => claim.warned.free = true,
            }),
            Fact::TakeoverAsked { task, who, at, by } => self.with(task, |claim| {
                claim.notice = Some(Notice { who: *who, at: *at, by: *by });
            }),
            Fact::TakeoverVoid { task } => self.with(task, |claim| claim.notice = None),
            _ => {}
        }
    }

    fn with(&mut self, task: &str, change: impl FnOnce(&mut Claim)) {
        self.open.with(&Task::fold(task), change);
    }

    /// A new owner. Those who lost a contest are first in line.
    fn own(&mut self, mut claim: Claim, floor: &Floor) {
        let key = Task::fold(&claim.task);
        if let Some(before) = self.open.remove(&key) {
            let rivals = before.contest().map(|contest| contest.rivals.clone()).unwrap_or_default();
            let losers = rivals.into_iter().map(|Rival { who, by }| Waiting { who, by });
            claim.next = losers.chain(before.next).filter(|waiting| waiting.who != claim.owner).collect();
            claim.task = before.task;
        }
        claim.stopped = quiet_since(floor, claim.owner).map(|quiet| quiet.max(claim.since));
        self.last = self.last.max(claim.fence);
        self.open.insert(key.into(), claim);
    }

    fn finish(&mut self, task: &str, by: Who, at: Timestamp, result: Option<String>, message: MessageRef) {
        let key = Task::fold(task);
        let before = self.open.remove(&key);
        let shown = before.as_ref().map_or_else(|| task.to_owned(), |claim| claim.task.clone());
        // A fence stays with whom it was drawn for.
        let fence = before.filter(|claim| claim.holder() == Some(by)).and_then(|claim| claim.fence);
        let claim = Claim::new(shown, by, fence, at, message);
        self.done.insert(key.into(), Claim { state: State::Done { at, result }, ..claim });
    }

    /// Where its owner was told to stand down, the lease still does not run: since then.
    fn resume(&mut self, task: &str, at: Timestamp, floor: &Floor) {
        self.with(task, |claim| {
            let quiet = claim.holder().and_then(|owner| quiet_since(floor, owner));
            claim.hold = None;
            claim.run(quiet.unwrap_or(at).max(claim.stopped.unwrap_or(at)));
            if let Some(quiet) = quiet {
                claim.stop(quiet);
            }
        });
    }

    pub(super) fn stop_clocks(&mut self, agent: AgentId, at: Timestamp) {
        self.with_each_of(agent, |claim| claim.stop(at));
    }

    /// A task on hold waits for its own end.
    pub(super) fn run_clocks(&mut self, agent: AgentId, at: Timestamp) {
        self.with_each_of(agent, |claim| {
            if claim.hold.is_none() {
                claim.run(at);
            }
        });
    }

    /// One of two reasons is over: the leases stand still for the other, since then.
    pub(super) fn stop_clocks_since(&mut self, agent: AgentId, since: Timestamp) {
        self.with_each_of(agent, |claim| {
            if claim.hold.is_none() {
                claim.run(since.max(claim.stopped.unwrap_or(since)));
                claim.stop(since);
            }
        });
    }

    fn with_each_of(&mut self, agent: AgentId, change: impl Fn(&mut Claim)) {
        let keys: Vec<String> = self.open.of(Who::Agent(agent)).map(|(key, _)| key.to_owned()).collect();
        for key in keys {
            self.open.with(&key, &change);
        }
    }

    /// The finished tasks come first: what was begun anew is claimed after it was done.
    pub(super) fn to_facts(&self) -> Vec<Fact> {
        let mut facts: Vec<_> = self.last.map(|last| Fact::Fenced { last }).into_iter().collect();
        for (_, claim) in self.done.iter().chain(self.open.iter()) {
            claim::to_facts(claim, &mut facts);
        }
        facts
    }
}

fn quiet_since(floor: &Floor, owner: Who) -> Option<Timestamp> {
    match owner {
        Who::Agent(agent) => floor.stopped_since(agent),
        Who::Person(_) => None,
    }
}
