//! Tasks and who owns them: one owner at a time, each change of owner under the next fence.

mod claim;
mod done;
mod open;

use jiff::Timestamp;

pub use self::claim::{Claim, Offer, State, Waiting};
use self::done::Finished;
use self::open::Open;
use super::Floor;
use crate::fact::{About, Fact};
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

    /// The open tasks somebody owns.
    pub fn of(&self, owner: Who) -> Vec<(&str, &Claim)> {
        self.open.of(owner).collect()
    }

    /// Whether somebody owns an open task.
    pub fn owns(&self, who: Who) -> bool {
        self.open.of(who).next().is_some()
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

    pub(super) fn last_fence(&self) -> Fence {
        self.last.unwrap_or(Fence(0))
    }

    pub(super) fn apply(&mut self, fact: &Fact, floor: &Floor) {
        match fact {
            Fact::Fenced { last } => self.last = self.last.max(Some(*last)),
            Fact::Claimed { task, owner, fence, at, until, by }
            | Fact::Accepted { task, owner, fence, at, until, by } => {
                self.own(task, *owner, *fence, *at, *until, *by, floor);
            }
            Fact::Done { task, by, at, result, message } => {
                self.finish(task, *by, *at, result.clone(), *message);
            }
            _ => self.amend(fact),
        }
    }

    fn amend(&mut self, fact: &Fact) {
        match fact {
            Fact::Renewed { task, until } => self.with(task, |claim| claim.until = *until),
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
            _ => {}
        }
    }

    fn with(&mut self, task: &str, change: impl FnOnce(&mut Claim)) {
        self.open.with(&Task::fold(task), change);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one fact")]
    fn own(
        &mut self,
        task: &str,
        owner: Who,
        fence: Fence,
        since: Timestamp,
        until: Option<Timestamp>,
        by: MessageRef,
        floor: &Floor,
    ) {
        let key = Task::fold(task);
        let before = self.open.remove(&key);
        let shown = before.as_ref().map_or_else(|| task.to_owned(), |c| c.task.clone());
        let mut next = before.map(|claim| claim.next).unwrap_or_default();
        next.retain(|waiting| waiting.who != owner);
        let stopped = quiet_since(floor, owner).map(|quiet| quiet.max(since));
        let state = State::Held;
        let fence = Some(fence);
        self.last = self.last.max(fence);
        let claim = Claim { task: shown, owner, fence, since, until, by, state, next, stopped };
        self.open.insert(key, claim);
    }

    fn finish(&mut self, task: &str, by: Who, at: Timestamp, result: Option<String>, message: MessageRef) {
        let key = Task::fold(task);
        let before = self.open.remove(&key);
        let claim = Claim {
            task: before.as_ref().map_or_else(|| task.to_owned(), |claim| claim.task.clone()),
            owner: by,
            fence: before.and_then(|claim| claim.fence),
            since: at,
            until: None,
            by: message,
            state: State::Done { at, result },
            next: Vec::new(),
            stopped: None,
        };
        self.done.insert(key, claim);
    }

    pub(super) fn stop_clocks(&mut self, agent: AgentId, at: Timestamp) {
        self.with_each_of(agent, |claim| {
            claim.stopped.get_or_insert(claim.since.max(at));
        });
    }

    pub(super) fn run_clocks(&mut self, agent: AgentId, at: Timestamp) {
        self.with_each_of(agent, |claim| {
            let stood = claim.stopped.take().map(|since| at.duration_since(since));
            claim.until = match (claim.until, stood) {
                (Some(until), Some(stood)) => Some(until.saturating_add(stood).unwrap_or(until)),
                (until, _) => until,
            };
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
        Who::Agent(agent) => floor.stood_down.get(&agent).map(|order| order.at),
        Who::Person(_) => None,
    }
}
