//! Tasks and who owns them: one owner at a time, each change of owner under the next fence.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Floor;
use crate::fact::{About, Fact};
use crate::grammar::Task;
use crate::ids::{AgentId, Fence, MessageRef, Who};

/// Finished tasks are remembered for seven days (preflight looks that far back) ...
const DONE_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// ... and so many at most.
const DONE_MOST: usize = 1_024;

/// All tasks, by their folded name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    by_task: BTreeMap<String, Claim>,
    last: Option<Fence>,
}

/// One task.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The task as first written.
    pub task: String,
    /// Who owns it, or finished it.
    pub owner: Who,
    /// The owner's fence; none for a task that was reported done without ever being claimed.
    pub fence: Option<Fence>,
    /// Since when.
    pub since: Timestamp,
    /// End of the lease; none for people.
    pub until: Option<Timestamp>,
    /// The message that gave it to the owner, or finished it.
    pub by: MessageRef,
    /// How it stands.
    pub state: State,
    /// Those refused, in order.
    pub next: Vec<Waiting>,
    /// Since when the lease does not run.
    pub stopped: Option<Timestamp>,
}

/// How a task stands.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Owned.
    Held,
    /// Owned, and offered to somebody.
    Offered(Offer),
    /// Finished.
    Done {
        /// When.
        at: Timestamp,
        /// What came of it.
        result: Option<String>,
    },
}

/// An open offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// To whom.
    pub to: Who,
    /// When.
    pub at: Timestamp,
    /// What was achieved.
    pub result: Option<String>,
    /// The message that offered it.
    pub by: MessageRef,
    /// How often it was asked again.
    pub asked: u8,
}

/// Somebody whose claim was refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// Who.
    pub who: Who,
    /// The refused claim.
    pub by: MessageRef,
}

impl Claim {
    /// Not finished.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Done { .. })
    }

    /// The open offer, if there is one.
    pub fn offer(&self) -> Option<&Offer> {
        match &self.state {
            State::Offered(offer) => Some(offer),
            _ => None,
        }
    }

    /// Who waits already keeps the place.
    fn queue(&mut self, who: Who, by: MessageRef) {
        match self.next.iter_mut().find(|waiting| waiting.who == who) {
            Some(waiting) => waiting.by = by,
            None => self.next.push(Waiting { who, by }),
        }
    }

    /// When its lease ends, if it has one that runs.
    pub fn runs_out(&self) -> Option<Timestamp> {
        self.until.filter(|_| self.is_open() && self.stopped.is_none())
    }

    /// The lease is over and nothing was heard of it.
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.runs_out().is_some_and(|until| until <= now)
    }
}

impl Claims {
    /// The task of that folded name.
    pub fn get(&self, key: &str) -> Option<&Claim> {
        self.by_task.get(key)
    }

    /// The task of that folded name, unless it is finished.
    pub fn open(&self, key: &str) -> Option<&Claim> {
        self.get(key).filter(|claim| claim.is_open())
    }

    /// Every task, by folded name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Claim)> {
        self.by_task.iter().map(|(key, claim)| (key.as_str(), claim))
    }

    /// Every task that is not finished, oldest first.
    pub fn all_open(&self) -> Vec<(&str, &Claim)> {
        let mut open: Vec<_> = self.iter().filter(|(_, claim)| claim.is_open()).collect();
        open.sort_by_key(|(_, claim)| (claim.since, claim.fence));
        open
    }

    /// The open tasks somebody owns.
    pub fn of(&self, owner: Who) -> Vec<(&str, &Claim)> {
        self.iter().filter(|(_, claim)| claim.is_open() && claim.owner == owner).collect()
    }

    /// The tasks offered to somebody.
    pub fn offered_to(&self, who: Who) -> Vec<(&str, &Claim)> {
        self.iter().filter(|(_, claim)| claim.offer().is_some_and(|offer| offer.to == who)).collect()
    }

    /// The open task under that fence.
    pub fn by_fence(&self, fence: Fence) -> Option<(&str, &Claim)> {
        self.iter().find(|(_, claim)| claim.is_open() && claim.fence == Some(fence))
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
        if let Some(claim) = self.by_task.get_mut(&Task::fold(task)) {
            change(claim);
        }
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
        let before = self.by_task.remove(&key).filter(Claim::is_open);
        let shown = before.as_ref().map_or_else(|| task.to_owned(), |c| c.task.clone());
        let mut next = before.map(|claim| claim.next).unwrap_or_default();
        next.retain(|waiting| waiting.who != owner);
        let stopped = quiet_since(floor, owner).map(|quiet| quiet.max(since));
        let state = State::Held;
        let fence = Some(fence);
        self.last = self.last.max(fence);
        let claim = Claim { task: shown, owner, fence, since, until, by, state, next, stopped };
        self.by_task.insert(key, claim);
    }

    fn finish(&mut self, task: &str, by: Who, at: Timestamp, result: Option<String>, message: MessageRef) {
        let key = Task::fold(task);
        let before = self.by_task.remove(&key).filter(Claim::is_open);
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
        self.by_task.insert(key, claim);
        self.forget_old(at);
    }

    fn forget_old(&mut self, now: Timestamp) {
        self.by_task.retain(|_, claim| match claim.state {
            State::Done { at, .. } => now.duration_since(at) < DONE_FOR,
            _ => true,
        });
        let mut done: Vec<_> = self
            .by_task
            .iter()
            .filter_map(|(key, claim)| match claim.state {
                State::Done { at, .. } => Some((at, key.clone())),
                _ => None,
            })
            .collect();
        done.sort();
        for (_, key) in done.iter().take(done.len().saturating_sub(DONE_MOST)) {
            self.by_task.remove(key);
        }
    }

    pub(super) fn stop_clocks(&mut self, agent: AgentId, at: Timestamp) {
        for claim in self.open_of(agent) {
            claim.stopped.get_or_insert(claim.since.max(at));
        }
    }

    pub(super) fn run_clocks(&mut self, agent: AgentId, at: Timestamp) {
        for claim in self.open_of(agent) {
            let stood = claim.stopped.take().map(|since| at.duration_since(since));
            claim.until = match (claim.until, stood) {
                (Some(until), Some(stood)) => Some(until.saturating_add(stood).unwrap_or(until)),
                (until, _) => until,
            };
        }
    }

    fn open_of(&mut self, agent: AgentId) -> impl Iterator<Item = &mut Claim> {
        self.by_task.values_mut().filter(move |claim| claim.is_open() && claim.owner == Who::Agent(agent))
    }

    pub(super) fn to_facts(&self) -> Vec<Fact> {
        let mut facts: Vec<_> = self.last.map(|last| Fact::Fenced { last }).into_iter().collect();
        for claim in self.by_task.values() {
            claim_facts(claim, &mut facts);
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

fn claim_facts(claim: &Claim, facts: &mut Vec<Fact>) {
    let task = claim.task.clone();
    if let Some(fence) = claim.fence {
        let (owner, at, until, by) = (claim.owner, claim.since, claim.until, claim.by);
        facts.push(Fact::Claimed { task: task.clone(), owner, fence, at, until, by });
    }
    for waiting in &claim.next {
        facts.push(Fact::Queued { task: task.clone(), who: waiting.who, by: waiting.by });
    }
    match &claim.state {
        State::Held => {}
        State::Offered(offer) => {
            let (to, at, result, by) = (offer.to, offer.at, offer.result.clone(), offer.by);
            facts.push(Fact::Offered { task: task.clone(), to, at, result, by });
            if offer.asked > 0 {
                facts.push(Fact::AskedAgain { about: About::Offer(task), times: offer.asked });
            }
        }
        State::Done { at, result } => {
            let (by, at, result, message) = (claim.owner, *at, result.clone(), claim.by);
            facts.push(Fact::Done { task, by, at, result, message });
        }
    }
}
