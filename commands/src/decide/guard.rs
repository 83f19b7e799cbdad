//! The loop guard: two bots that answer each other without end are not listened to for a while.
//!
//! While a pair is held back, its talk, its almosts, its announcements and its `/mesh` commands come to nothing.
//! What it says about tasks still counts, and is answered: to lose a claim would be worse than a loop. Volatile: it
//! holds nobody over a restart.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::Turn;
use crate::effect::Reaction;
use crate::grammar::{Reading, Utterance};
use crate::ids::{AgentId, Ear, UserId, Who};
use crate::input::{Door, Heard, SenderKind};
use crate::rules::Rules;
use crate::say::guard as words;

/// Messages are counted over this time.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// A pair that was silent for so long is forgotten.
const IDLE: SignedDuration = SignedDuration::from_hours(1);
/// So many pairs are watched; of more, those are forgotten that were silent longest.
const PAIRS_MOST: usize = 256;

/// What two bots say to each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    pairs: BTreeMap<(AgentId, AgentId), Pair>,
    last: Option<Spoke>,
    /// How often a person spoke: what was counted before the last time is over.
    people: u64,
    /// The last message counted: heard again, it is not counted again.
    counted: Option<(Ear, i32)>,
}

/// Who spoke last, with whom, and when.
#[derive(Clone, Copy, Debug)]
struct Spoke {
    agent: AgentId,
    with: Option<AgentId>,
    at: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Pair {
    times: VecDeque<Timestamp>,
    turns: usize,
    speaker: Option<AgentId>,
    last: Option<Timestamp>,
    held: Option<Held>,
    /// The guard's `people` as it was then.
    people: u64,
}

/// Why a pair is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// Too fast: until then.
    Until(Timestamp),
    /// Too long: until a person speaks.
    ForAPerson,
}

/// Counts a message of the group. Whether it is to come to nothing.
pub(super) fn holds_back(turn: &mut Turn<'_>, heard: &Heard, who: Option<Who>, reading: &Reading) -> bool {
    let ear = matches!(heard.door, Door::Ear | Door::Only) && heard.message.ear != Ear::Hook;
    if !ear || heard.edited || heard.message.chat != turn.rules().group {
        return false;
    }
    match who {
        Some(Who::Agent(agent)) => agent_spoke(turn, heard, agent, reading),
        _ if heard.sender.kind == SenderKind::Person => {
            turn.mind.guard.a_person_spoke();
            false
        }
        _ => false,
    }
}

/// Counts what an agent hands another by a hook, as what it says to it in the group. Whether it may.
pub(super) fn may_hand(turn: &mut Turn<'_>, from: AgentId, to: AgentId) -> bool {
    let at = turn.now();
    let mind = &mut *turn.mind;
    let pair = mind.guard.pair(from, to, at);
    let before = pair.held;
    if before.is_none() {
        pair.count(from, at, &mind.rules);
    }
    let held = pair.held;
    if let Some(held) = held.filter(|_| before.is_none()) {
        tell_both(turn, from, to, held);
    }
    held.is_none()
}

fn agent_spoke(turn: &mut Turn<'_>, heard: &Heard, agent: AgentId, reading: &Reading) -> bool {
    let at = turn.now();
    let partner = partner(turn, heard, agent, reading);
    let guard = &mut turn.mind.guard;
    let again = guard.counted.replace((heard.message.ear, heard.message.id))
        == Some((heard.message.ear, heard.message.id));
    guard.last = Some(Spoke { agent, with: partner, at });
    let Some(other) = partner else { return false };
    let mind = &mut *turn.mind;
    let pair = mind.guard.pair(agent, other, at);
    let before = pair.held;
    if before.is_none() && !again {
        pair.count(agent, at, &mind.rules);
    }
    let held = pair.held;
    if let Some(held) = held.filter(|_| before.is_none()) {
        turn.react(heard.message, Reaction::HeldBack);
        tell_both(turn, agent, other, held);
    }
    held.is_some() && !is_about_tasks(reading)
}

/// The bot it replies to; for talk, the one it names, else the one that spoke a moment ago, else the one with
/// which it is held back.
fn partner(turn: &Turn<'_>, heard: &Heard, agent: AgentId, reading: &Reading) -> Option<AgentId> {
    let roll = &turn.mesh().roll;
    let bot = |user: UserId| roll.agent(AgentId(user.0)).map(|agent| agent.id).filter(|id| *id != agent);
    if heard.reply_to.is_some() {
        return heard.reply_to_from.and_then(bot);
    }
    if is_about_tasks(reading) {
        return None;
    }
    let within = turn.rules().spoke_within;
    let before = turn.mind.guard.last.filter(|last| turn.now().duration_since(last.at) <= within);
    let held = |with: &AgentId| turn.mind.guard.is_held(agent, *with);
    let before =
        before.and_then(|last| if last.agent == agent { last.with.filter(held) } else { Some(last.agent) });
    roll.named_in(&heard.said.text).find_map(bot).or(before)
}

/// What is said about tasks and orders; talk, almosts, announcements and commands are not.
fn is_about_tasks(reading: &Reading) -> bool {
    let Reading::Utterance(utterance) = reading else { return false };
    !matches!(
        utterance,
        Utterance::Command(_)
            | Utterance::ConfigUpdate { .. }
            | Utterance::CodePush { .. }
            | Utterance::CodeReceived { .. }
            | Utterance::Deploy { .. }
            | Utterance::Override { .. }
    )
}

/// Neither urgent nor in the group.
fn tell_both(turn: &mut Turn<'_>, one: AgentId, other: AgentId, held: Held) {
    let (messages, turns) = (turn.rules().loop_messages, turn.rules().loop_turns);
    for (agent, with) in [(one, other), (other, one)] {
        let with = turn.name(Who::Agent(with));
        let text = match held {
            Held::Until(_) => words::too_fast(&with, messages, turn.rules().loop_silence.as_secs()),
            Held::ForAPerson => words::too_long(&with, turns),
        };
        turn.tell(agent, text, false);
    }
}

/// The same, whoever comes first.
fn pair_of(one: AgentId, other: AgentId) -> (AgentId, AgentId) {
    (one.min(other), one.max(other))
}

impl Guard {
    fn a_person_spoke(&mut self) {
        self.people += 1;
    }

    fn is_held(&self, one: AgentId, other: AgentId) -> bool {
        let pair = self.pairs.get(&pair_of(one, other));
        pair.is_some_and(|pair| match pair.held {
            Some(Held::ForAPerson) => pair.people == self.people,
            held => held.is_some(),
        })
    }

    /// What two say to each other, whoever speaks; what has ended is forgotten.
    fn pair(&mut self, one: AgentId, other: AgentId, at: Timestamp) -> &mut Pair {
        let key = pair_of(one, other);
        if self.pairs.len() >= PAIRS_MOST && !self.pairs.contains_key(&key) {
            let oldest = self.pairs.iter().min_by_key(|(_, pair)| pair.last).map(|(key, _)| *key);
            oldest.map(|oldest| self.pairs.remove(&oldest));
        }
        let pair = self.pairs.entry(key).or_default();
        let idle = pair.last.replace(at).is_some_and(|last| at.duration_since(last) >= IDLE);
        if idle {
            *pair = Pair { last: Some(at), ..Pair::default() };
        }
        if pair.people != self.people {
            pair.people = self.people;
            pair.turns = 0;
            pair.held = pair.held.filter(|held| *held != Held::ForAPerson);
        }
        pair.held = pair.held.filter(|held| !matches!(held, Held::Until(until) if *until <= at));
        pair
    }
}

impl Pair {
    fn count(&mut self, agent: AgentId, at: Timestamp, rules: &Rules) {
        while self.times.front().is_some_and(|first| at.duration_since(*first) >= WINDOW) {
            self.times.pop_front();
        }
        self.turns += usize::from(self.speaker.replace(agent) != Some(agent));
        self.times.push_back(at);
        if self.times.len() > rules.loop_messages {
            self.times.clear();
            self.held = Some(Held::Until(at.saturating_add(rules.loop_silence).unwrap_or(at)));
        } else if self.turns > rules.loop_turns {
            self.held = Some(Held::ForAPerson);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_bounded_and_forgotten() {
        let (mut guard, start) = (Guard::default(), Timestamp::UNIX_EPOCH);
        for second in 0..2_000_i64 {
            guard.pair(AgentId(second), AgentId(second + 1), start + SignedDuration::from_secs(second));
        }
        assert_eq!(guard.pairs.len(), PAIRS_MOST);
        let last = |guard: &mut Guard, hours| {
            let at = start + SignedDuration::from_hours(hours);
            guard.pair(AgentId(1_999), AgentId(2_000), at).turns
        };
        guard.pairs.values_mut().for_each(|pair| pair.turns = 5);
        assert_eq!((last(&mut guard, 1), last(&mut guard, 3)), (5, 0));
    }
}
