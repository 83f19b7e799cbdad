//! The ways in to each agent, the first that works being taken: its hook, or a private message. A hook that fails is
//! left alone for longer and longer; after a minute, what is urgent goes by the next door meanwhile. Whenever the wait is
//! over, one letter tells whether the hook is back.

mod breaker;

use std::collections::BTreeMap;

use commands::effect::Effect;
use commands::ids::AgentId;
use jiff::{SignedDuration, Timestamp};

use self::breaker::Breaker;
use super::retry;

/// A private message has room for 4,096 UTF-16 units (`message_length_max` of help.getConfig), of which the rest is for
/// what is said before the words. What is longer waits for the hook, whole.
const DM_MOST: usize = 4_000;

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Its gateway's hook.
    Hook,
    /// A private message of the dedicated account.
    Dm,
}

/// The doors of all agents.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    /// A hook that has failed for so long is passed by, where there is another door.
    passed_by_after: SignedDuration,
    agents: BTreeMap<AgentId, Agent>,
}

#[derive(Clone, Debug, Default)]
struct Agent {
    doors: Vec<Door>,
    breaker: Breaker,
    /// It takes no private messages until then.
    dm_closed_until: Option<Timestamp>,
    /// A private message is under way to it; whether it is the first attempt at it.
    in_private: Option<bool>,
    figures: Figures,
    day: i64,
}

/// What an agent was told since the node was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Figures {
    /// Runs of its model: by its hook, or by a private message, each of which is one.
    pub runs: u64,
    /// Runs since midnight UTC, also before the start.
    pub runs_today: u64,
    /// Notices by its hook; several folded into one are one.
    pub notices: u64,
    /// Attempts at its hook that failed.
    pub failures: u64,
    /// Messages that were given up.
    pub dead_letters: u64,
}

impl Doors {
    /// The doors of each agent, those that can be used at all, in their order.
    pub fn new(doors: BTreeMap<AgentId, Vec<Door>>, passed_by_after: SignedDuration) -> Self {
        let agent = |(id, doors)| (id, Agent { doors, ..Agent::default() });
        Self { passed_by_after, agents: doors.into_iter().map(agent).collect() }
    }

    /// The door by which a word to an agent goes now; none where it has none, or for what is no such word.
    pub fn of(&self, effect: &Effect, now: Timestamp) -> Option<Door> {
        let Effect::Tell { agent, .. } = effect else { return None };
        let agent = self.agents.get(agent)?;
        let dm_is_closed = agent.dm_closed_until.is_some_and(|until| until > now);
        let by_dm = !dm_is_closed && agent.breaker.is_passed_by(now, self.passed_by_after);
        Some(match agent.doors.first()? {
            Door::Hook if by_dm && agent.has(Door::Dm) && may_go_by_dm(effect) => Door::Dm,
            Door::Dm if (dm_is_closed || !fits_dm(effect)) && agent.has(Door::Hook) => Door::Hook,
            first => *first,
        })
    }

    /// Whether a word goes by another door than the agent's first.
    pub fn is_passed_by(&self, effect: &Effect, now: Timestamp) -> bool {
        let Effect::Tell { agent, .. } = effect else { return false };
        let first = self.agents.get(agent).and_then(|agent| agent.doors.first());
        self.of(effect, now) != first.copied()
    }

    /// Whether an agent has that door.
    pub fn has(&self, agent: AgentId, door: Door) -> bool {
        self.agents.get(&agent).is_some_and(|agent| agent.has(door))
    }

    /// When its hook is tried again, if it is left alone.
    pub fn open_until(&self, agent: AgentId) -> Option<Timestamp> {
        self.agents.get(&agent)?.breaker.open_until()
    }

    /// When a word that would go by the hook now may go by private message, if the hook goes on failing.
    pub fn passed_by_from(&self, effect: &Effect) -> Option<Timestamp> {
        let Effect::Tell { agent, .. } = effect else { return None };
        let agent = self.agents.get(agent).filter(|agent| agent.has(Door::Dm))?;
        match agent.doors.first()? {
            Door::Hook if may_go_by_dm(effect) => {
                let from = agent.breaker.passed_by_from(self.passed_by_after)?;
                Some(agent.dm_closed_until.map_or(from, |closed| from.max(closed)))
            }
            Door::Dm if fits_dm(effect) => agent.dm_closed_until,
            _ => None,
        }
    }

    /// The hook took something.
    pub fn worked(&mut self, agent: AgentId, is_run: bool, now: Timestamp) {
        let Some(agent) = self.agents.get_mut(&agent) else { return };
        agent.breaker = Breaker::default();
        if is_run {
            agent.count_run(now);
        } else {
            agent.figures.notices += 1;
        }
    }

    /// It did not. How long it is left alone: what it asked for, else a second, doubling.
    pub fn failed(
        &mut self,
        agent: AgentId,
        now: Timestamp,
        asked: Option<std::time::Duration>,
        chance: u64,
    ) -> std::time::Duration {
        let Some(agent) = self.agents.get_mut(&agent) else { return retry::delay(asked, 0, chance) };
        agent.figures.failures += 1;
        agent.breaker.failed(now, asked, chance)
    }

    /// It says that what is sent can never come in there.
    pub fn shut(&mut self, agent: AgentId, now: Timestamp, chance: u64) {
        let Some(agent) = self.agents.get_mut(&agent) else { return };
        agent.figures.failures += 1;
        agent.breaker.shut(now, chance);
    }

    /// Asking it told that the agent is well: its hook is worth an attempt now, unless it asked for a wait itself.
    pub fn answered(&mut self, agent: AgentId) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.breaker.answered();
        }
    }

    /// A private message is under way to an agent; whether it is the first attempt at it.
    pub fn begin_in_private(&mut self, agent: AgentId, first: bool) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.in_private = Some(first);
        }
    }

    /// It is no longer under way; whether it was the first attempt.
    pub fn end_in_private(&mut self, agent: AgentId) -> bool {
        self.agents.get_mut(&agent).and_then(|agent| agent.in_private.take()).unwrap_or_default()
    }

    /// Those to whom one is under way: what follows it follows it.
    pub fn in_private(&self) -> impl Iterator<Item = AgentId> {
        self.agents.iter().filter(|(_, agent)| agent.in_private.is_some()).map(|(id, _)| *id)
    }

    /// An agent takes no private messages until then.
    pub fn close_dm(&mut self, agent: AgentId, until: Timestamp) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.dm_closed_until = Some(until);
        }
    }

    /// A private message arrived: it is a run.
    pub fn ran(&mut self, agent: AgentId, now: Timestamp) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.dm_closed_until = None;
            agent.count_run(now);
        }
    }

    /// The day since the epoch, in UTC, and an agent's runs on it: kept over restarts.
    pub fn runs(&self, agent: AgentId) -> Option<(i64, u64)> {
        self.agents.get(&agent).map(|agent| (agent.day, agent.figures.runs_today))
    }

    /// What [`Self::runs`] told before this start.
    pub fn ran_before(&mut self, agent: AgentId, day: i64, runs: u64) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            (agent.day, agent.figures.runs_today) = (day, runs);
        }
    }

    /// Since when an agent's hook has failed, if it does.
    pub fn failing_since(&self, agent: AgentId) -> Option<Timestamp> {
        self.agents.get(&agent)?.breaker.since()
    }

    /// It failed already before this start: the minute after which it is passed by goes on.
    pub fn failed_before(&mut self, agent: AgentId, since: Timestamp) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.breaker.failed_before(since);
        }
    }

    /// Every agent with a door.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.agents.keys().copied()
    }

    /// Something was given up.
    pub fn gave_up(&mut self, agent: AgentId) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.figures.dead_letters += 1;
        }
    }

    /// What it was told; none where it has no door.
    pub fn figures(&self, agent: AgentId, now: Timestamp) -> Option<Figures> {
        let agent = self.agents.get(&agent).filter(|agent| !agent.doors.is_empty())?;
        let today = agent.day == day(now);
        let runs_today = if today { agent.figures.runs_today } else { 0 };
        Some(Figures { runs_today, ..agent.figures })
    }
}

/// Whether it may go by private message while the hook fails: it is urgent, and short enough.
pub(super) fn may_go_by_dm(effect: &Effect) -> bool {
    matches!(effect, Effect::Tell { urgent: true, .. }) && fits_dm(effect)
}

/// Whether a private message has room for it.
fn fits_dm(effect: &Effect) -> bool {
    let fits = |text: &str| text.len() <= DM_MOST || text.encode_utf16().nth(DM_MOST).is_none();
    effect.text().is_some_and(fits)
}

impl Agent {
    fn has(&self, door: Door) -> bool {
        self.doors.contains(&door)
    }

    fn count_run(&mut self, now: Timestamp) {
        if self.day != day(now) {
            self.day = day(now);
            self.figures.runs_today = 0;
        }
        self.figures.runs += 1;
        self.figures.runs_today += 1;
    }
}

fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(86_400)
}

#[cfg(test)]
mod tests;
