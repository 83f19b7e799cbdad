//! One task: who owns it, how it stands, who waits for it.

use jiff::Timestamp;

use super::state::{Contest, Got, Hold, Notice, Offer, State, Waiting, Warned};
use crate::fact::{About, Fact, Warning};
use crate::ids::{Fence, MessageRef, Who};

/// One task.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The task as first written.
    pub task: String,
    /// Who owns it, or finished it; while it is contested, who owned it before.
    pub owner: Who,
    /// The owner's fence; none while it is contested, and for a task reported done without ever being claimed.
    pub fence: Option<Fence>,
    /// Since when.
    pub since: Timestamp,
    /// Where the lease begins.
    pub leased: Timestamp,
    /// End of the lease; none for people.
    pub until: Option<Timestamp>,
    /// The message that gave it to the owner, or finished it.
    pub by: MessageRef,
    /// The claim with which it began, where its owner was given it.
    pub first: Option<MessageRef>,
    /// How the owner came by it.
    pub got: Got,
    /// What it is about, where its claim said so.
    pub about: Option<String>,
    /// How it stands.
    pub state: State,
    /// Those refused, in order.
    pub next: Vec<Waiting>,
    /// Since when the lease does not run.
    pub stopped: Option<Timestamp>,
    /// Why the owner does not go on, if it said so or was told to.
    pub hold: Option<Hold>,
    /// What the owner was warned of.
    pub warned: Warned,
    /// Who wants it, if the owner stays silent.
    pub notice: Option<Notice>,
}

impl Claim {
    /// A task that came to its owner under that fence, without a lease.
    pub(super) fn new(
        task: String,
        owner: Who,
        fence: Option<Fence>,
        since: Timestamp,
        by: MessageRef,
    ) -> Self {
        Self {
            task,
            owner,
            fence,
            since,
            leased: since,
            until: None,
            by,
            first: None,
            got: Got::Claimed,
            about: None,
            state: State::Held,
            next: Vec::new(),
            stopped: None,
            hold: None,
            warned: Warned::default(),
            notice: None,
        }
    }

    /// Not finished.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Done { .. })
    }

    /// Who owns it; nobody while it is contested, nor once it is finished.
    pub fn holder(&self) -> Option<Who> {
        matches!(self.state, State::Held | State::Offered(_)).then_some(self.owner)
    }

    /// The open offer, if there is one.
    pub fn offer(&self) -> Option<&Offer> {
        match &self.state {
            State::Offered(offer) => Some(offer),
            _ => None,
        }
    }

    /// The open contest, if there is one.
    pub fn contest(&self) -> Option<&Contest> {
        match &self.state {
            State::Contested(contest) => Some(contest),
            _ => None,
        }
    }

    /// The fence by which buttons name it: the owner's, or the one that died when it was contested.
    pub fn mark(&self) -> Fence {
        let dead = self.contest().map(|contest| contest.fence);
        self.fence.or(dead).unwrap_or(Fence(0))
    }

    /// Who waits already keeps the place.
    pub(super) fn queue(&mut self, who: Who, by: MessageRef) {
        match self.next.iter_mut().find(|waiting| waiting.who == who) {
            Some(waiting) => waiting.by = by,
            None => self.next.push(Waiting { who, by }),
        }
    }

    /// A lease anew: what was said about the one before is void.
    pub(super) fn renew(&mut self, at: Option<Timestamp>, until: Option<Timestamp>) {
        self.leased = at.unwrap_or(self.leased);
        self.until = until;
        self.warned = Warned::default();
        self.notice = None;
    }

    /// Nobody owns it from now on; those who started it wait in no line.
    pub(super) fn contest_by(&mut self, contest: Contest) {
        self.next.retain(|waiting| !contest.has(waiting.who));
        self.renew(Some(self.since), None);
        (self.fence, self.stopped, self.hold) = (None, None, None);
        self.state = State::Contested(contest);
    }

    /// The lease stands still.
    pub(super) fn stop(&mut self, at: Timestamp) {
        let at = at.max(self.since);
        self.stopped = Some(self.stopped.map_or(at, |stopped| stopped.min(at)));
    }

    /// The lease runs on, with what was left of it. One that had ended ends anew, so that its owner is asked again.
    pub(super) fn run(&mut self, at: Timestamp) {
        let Some(stood) = self.stopped.take().map(|since| at.duration_since(since)) else { return };
        let Some(until) = self.until else { return };
        self.until = Some(until.saturating_add(stood).unwrap_or(until));
        self.leased = self.leased.saturating_add(stood).unwrap_or(self.leased);
        self.warned = Warned { soon: self.warned.soon, ..Warned::default() };
    }

    /// When its lease ends, if it has one that runs.
    pub fn runs_out(&self) -> Option<Timestamp> {
        self.until.filter(|_| self.holder().is_some() && self.stopped.is_none())
    }

    /// The lease is over and nothing was heard of it.
    pub fn overdue(&self, now: Timestamp) -> bool {
        self.runs_out().is_some_and(|until| until <= now)
    }

    /// Its lease ended, or somebody wants it: every word of its owner counts.
    pub(super) fn is_watched(&self) -> bool {
        self.warned.ended.is_some() || self.notice.is_some()
    }

    /// The owner said that it does not go on for now, without a reason of others.
    pub fn is_paused(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| !hold.blocked)
    }

    /// The owner waits for something.
    pub fn is_blocked(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.blocked)
    }
}

/// Facts that make this task.
pub(super) fn to_facts(claim: &Claim, facts: &mut Vec<Fact>) {
    let task = || claim.task.clone();
    owned(claim, facts);
    facts.extend(claim.contest().map(|contest| {
        let (rivals, at) = (contest.rivals.clone(), contest.at);
        Fact::Contested { task: task(), rivals, at }
    }));
    if claim.leased != claim.since {
        facts.push(Fact::Renewed { task: task(), until: claim.until, at: Some(claim.leased) });
    }
    if let (Some(Hold { by, blocked, blocker: why }), Some(at)) = (claim.hold.clone(), claim.stopped) {
        facts.push(Fact::Paused { task: task(), at, by, blocked, blocker: why });
    }
    let line = claim.next.iter();
    facts.extend(line.map(|waiting| Fact::Queued { task: task(), who: waiting.who, by: waiting.by }));
    warned(claim, facts);
    if let Some(Notice { who, at, by }) = claim.notice {
        facts.push(Fact::TakeoverAsked { task: task(), who, at, by });
    }
    offered_or_done(claim, facts);
}

fn owned(claim: &Claim, facts: &mut Vec<Fact>) {
    if claim.fence.is_none() && claim.contest().is_none() {
        return;
    }
    let (task, owner, fence, about) = (claim.task.clone(), claim.owner, claim.mark(), claim.about.clone());
    let (at, until, by) = (claim.since, claim.until, claim.by);
    facts.push(match claim.got {
        Got::Claimed => Fact::Claimed { task, owner, fence, at, until, by, about },
        Got::Accepted => Fact::Accepted { task, owner, fence, at, until, by },
        Got::Assigned(how) => {
            let first = claim.first;
            Fact::Assigned { task, owner, fence, at, until, by, how, first }
        }
    });
}

fn warned(claim: &Claim, facts: &mut Vec<Fact>) {
    let Warned { soon, ended, free } = claim.warned;
    let mut warned = |warning, at| facts.push(Fact::Warned { task: claim.task.clone(), warning, at });
    if soon {
        warned(Warning::Soon, claim.since);
    }
    if let Some(at) = ended {
        warned(Warning::Ended, at);
    }
    if free {
        warned(Warning::Free, claim.since);
    }
}

fn offered_or_done(claim: &Claim, facts: &mut Vec<Fact>) {
    let task = claim.task.clone();
    match &claim.state {
        State::Held | State::Contested(_) => {}
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
