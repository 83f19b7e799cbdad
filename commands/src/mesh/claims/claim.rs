//! One task: who owns it, how it stands, who waits for it.

use jiff::Timestamp;

use crate::fact::{About, Fact};
use crate::ids::{Fence, MessageRef, Who};

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
    pub(super) fn queue(&mut self, who: Who, by: MessageRef) {
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

/// Facts that make this task.
pub(super) fn to_facts(claim: &Claim, facts: &mut Vec<Fact>) {
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
