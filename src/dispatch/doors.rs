//! The ways in to each agent, the first that works being taken: its hook, or a private message. A hook that fails is
//! left alone for longer and longer; after a minute, what is urgent goes by the next door.

use std::collections::BTreeMap;

use commands::effect::Effect;
use commands::ids::AgentId;
use jiff::{SignedDuration, Timestamp};

use super::retry;

/// Sooner nothing is tried again, whatever a hook asks for.
const LEAST: std::time::Duration = std::time::Duration::from_secs(1);
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
    figures: Figures,
    day: i64,
}

/// What went by an agent's hook since the node was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Figures {
    /// Runs of its model.
    pub runs: u64,
    /// Runs since midnight UTC.
    pub runs_today: u64,
    /// Notices; several folded into one are one.
    pub notices: u64,
    /// Attempts that failed.
    pub failures: u64,
    /// Messages that were given up.
    pub dead_letters: u64,
}

/// Whether a hook is worth an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Breaker {
    /// Failures in a row.
    failures: u32,
    /// When the first of them was.
    since: Option<Timestamp>,
    /// It said that nothing would ever come in there: a wrong token, a wrong address.
    shut: bool,
    /// Left alone until then; after it, one attempt tells.
    open_until: Option<Timestamp>,
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
        let by_dm = || {
            agent.doors.contains(&Door::Dm)
                && may_go_by_dm(effect)
                && agent.breaker.is_passed_by(now, self.passed_by_after)
        };
        match agent.doors.first()? {
            Door::Hook if by_dm() => Some(Door::Dm),
            first => Some(*first),
        }
    }

    /// Whether a word goes by another door than the agent's first.
    pub fn is_passed_by(&self, effect: &Effect, now: Timestamp) -> bool {
        let Effect::Tell { agent, .. } = effect else { return false };
        let first = self.agents.get(agent).and_then(|agent| agent.doors.first());
        self.of(effect, now) != first.copied()
    }

    /// When its hook is tried again, if it is left alone.
    pub fn open_until(&self, agent: AgentId) -> Option<Timestamp> {
        self.agents.get(&agent)?.breaker.open_until
    }

    /// When what is urgent will go by another door, if the hook goes on failing.
    pub fn passed_by_from(&self, effect: &Effect) -> Option<Timestamp> {
        let Effect::Tell { agent, .. } = effect else { return None };
        let by_dm = |agent: &&Agent| agent.doors.contains(&Door::Dm) && may_go_by_dm(effect);
        let agent = self.agents.get(agent).filter(by_dm)?;
        agent.breaker.since?.checked_add(self.passed_by_after).ok()
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
        agent.breaker.failed(now, None, chance);
        agent.breaker.shut = true;
    }

    /// Since when an agent's hook has failed, if it does.
    pub fn failing_since(&self, agent: AgentId) -> Option<Timestamp> {
        self.agents.get(&agent)?.breaker.since
    }

    /// It failed already before this start: the minute after which it is passed by goes on.
    pub fn failed_before(&mut self, agent: AgentId, since: Timestamp) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.breaker.since = Some(since);
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

    /// What went by its hook; none where it has none.
    pub fn figures(&self, agent: AgentId, now: Timestamp) -> Option<Figures> {
        let agent = self.agents.get(&agent).filter(|agent| agent.doors.contains(&Door::Hook))?;
        let today = agent.day == day(now);
        let runs_today = if today { agent.figures.runs_today } else { 0 };
        Some(Figures { runs_today, ..agent.figures })
    }
}

/// Whether it may go by private message while the hook fails: it is urgent, and short enough.
pub(super) fn may_go_by_dm(effect: &Effect) -> bool {
    let fits = |text: &str| text.len() <= DM_MOST || text.encode_utf16().nth(DM_MOST).is_none();
    matches!(effect, Effect::Tell { text, urgent: true, .. } if fits(text))
}

impl Agent {
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

impl Breaker {
    fn failed(
        &mut self,
        now: Timestamp,
        asked: Option<std::time::Duration>,
        chance: u64,
    ) -> std::time::Duration {
        // A wait that was asked for says nothing of the next; shorter than a second is none.
        let wait = retry::delay(asked.map(|asked| asked.max(LEAST)), self.failures, chance);
        self.failures = self.failures.saturating_add(u32::from(asked.is_none()));
        self.since.get_or_insert(now);
        self.open_until = now.checked_add(wait).ok();
        wait
    }

    fn is_passed_by(&self, now: Timestamp, after: SignedDuration) -> bool {
        self.shut || self.since.is_some_and(|since| now.duration_since(since) >= after)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use commands::effect::Envelope;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;
    const ORACLE: AgentId = AgentId(12);

    fn tell(urgent: bool) -> Effect {
        Effect::Tell { agent: ORACLE, text: "x".into(), urgent, order: None, envelope: Envelope::default() }
    }

    fn after(seconds: i64) -> Timestamp {
        START + SignedDuration::from_secs(seconds)
    }

    fn doors(doors: &[Door]) -> Doors {
        Doors::new([(ORACLE, doors.to_vec())].into(), SignedDuration::from_secs(60))
    }

    #[test]
    fn a_hook_that_fails_for_a_minute_is_passed_by_for_what_is_urgent() {
        let mut doors = doors(&[Door::Hook, Door::Dm]);
        let by = |doors: &Doors, second| [true, false].map(|urgent| doors.of(&tell(urgent), after(second)));
        let hook = Some(Door::Hook);
        assert_eq!(by(&doors, 0), [hook, hook]);
        doors.failed(ORACLE, START, None, 0);
        assert_eq!(by(&doors, 59), [hook, hook]);
        assert_eq!(doors.passed_by_from(&tell(true)), Some(after(60)));
        assert_eq!(by(&doors, 60), [Some(Door::Dm), hook]);
        doors.worked(ORACLE, true, after(61));
        assert_eq!(by(&doors, 62), [hook, hook]);
    }

    #[test]
    fn what_is_too_long_for_a_private_message_waits_for_the_hook() {
        let mut doors = doors(&[Door::Hook, Door::Dm]);
        doors.failed(ORACLE, START, None, 0);
        let long = |units: usize| {
            let (text, envelope) = ("x".repeat(units - 2) + "🦊", Envelope::default());
            Effect::Tell { agent: ORACLE, text, urgent: true, order: None, envelope }
        };
        assert_eq!(doors.of(&long(DM_MOST), after(60)), Some(Door::Dm));
        assert_eq!(doors.of(&long(DM_MOST + 1), after(60)), Some(Door::Hook));
        assert_eq!(doors.passed_by_from(&long(DM_MOST + 1)), None);
    }

    #[test]
    fn the_minute_goes_on_over_a_restart() {
        let mut doors = doors(&[Door::Hook, Door::Dm]);
        doors.failed_before(ORACLE, START);
        assert_eq!(doors.of(&tell(true), after(59)), Some(Door::Hook));
        doors.failed(ORACLE, after(58), None, 0);
        assert_eq!(
            (doors.failing_since(ORACLE), doors.of(&tell(true), after(60))),
            (Some(START), Some(Door::Dm))
        );
        doors.worked(ORACLE, true, after(61));
        assert_eq!(doors.failing_since(ORACLE), None);
    }

    #[test]
    fn without_another_door_the_hook_is_tried_for_ever() {
        let mut doors = doors(&[Door::Hook]);
        let waits: Vec<_> = (0..12).map(|_| doors.failed(ORACLE, START, None, 0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(doors.of(&tell(true), after(1_000)), Some(Door::Hook));
        assert_eq!(doors.failed(ORACLE, START, Some(Duration::from_secs(7)), 0).as_secs(), 7);
        doors.worked(ORACLE, true, START);
        let asked: Vec<_> =
            (0..20).map(|_| doors.failed(ORACLE, START, Some(Duration::ZERO), 0).as_secs()).collect();
        assert_eq!((asked, doors.failed(ORACLE, START, None, 0).as_secs()), (vec![1; 20], 1));
    }

    #[test]
    fn a_door_that_is_shut_is_passed_by_at_once() {
        let mut doors = doors(&[Door::Hook, Door::Dm]);
        doors.shut(ORACLE, START, 0);
        assert_eq!(doors.of(&tell(true), START), Some(Door::Dm));
        assert!(doors.is_passed_by(&tell(true), START) && !doors.is_passed_by(&tell(false), START));
        assert_eq!(doors.of(&tell(true), START).zip(Doors::default().of(&tell(true), START)), None);
    }

    #[test]
    fn runs_are_counted_by_day() {
        let mut doors = doors(&[Door::Hook]);
        for second in [0, 1, 86_400] {
            doors.worked(ORACLE, true, after(second));
        }
        doors.worked(ORACLE, false, after(86_401));
        let figures = doors.figures(ORACLE, after(86_402)).unwrap();
        assert_eq!((figures.runs, figures.runs_today, figures.notices), (3, 1, 1));
        assert_eq!(doors.figures(ORACLE, after(3 * 86_400)).unwrap().runs_today, 0);
    }
}
