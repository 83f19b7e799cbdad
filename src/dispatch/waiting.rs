//! What waits, in lines: whatever holds back the first of a line holds back all behind it, so that only the first of
//! each is looked at, however many wait.

use std::collections::BTreeMap;

use commands::effect::{Effect, Lane};
use commands::ids::{AgentId, ChatId};
use sessions::{EffectId, OutboxEntry};

use super::doors::may_go_by_dm;
use super::{Destination, Way, place_of, says_first};

/// By lane, then by age.
pub(super) type Key = (Lane, EffectId);

/// What all effects of one line have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    /// By an agent's first door, where it has several.
    way: Way,
    place: ChatId,
    after: Option<Destination>,
    /// It may go by the next door when the first fails.
    by_dm: bool,
    /// It is no notice: it goes alone.
    run: bool,
    /// It goes even while the mesh is stopped, or its agent paused.
    passes: bool,
}

/// The effects that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    lines: BTreeMap<Line, BTreeMap<Key, Box<OutboxEntry>>>,
    /// The first of each line.
    first: BTreeMap<Key, Line>,
}

impl Line {
    fn of(entry: &OutboxEntry) -> Self {
        let effect = &entry.effect;
        let passes = match effect {
            Effect::Tell { envelope, .. } => envelope.passes,
            other => other.goes_while_stopped(),
        };
        let after = says_first(effect);
        let (way, place, run) = (Way::first_of(effect), place_of(entry), effect.is_run());
        Self { way, place, after, by_dm: may_go_by_dm(effect), run, passes }
    }

    fn tells(&self, agent: AgentId) -> bool {
        self.way == Way::Hooks && self.place == ChatId(agent.0)
    }
}

impl Waiting {
    /// Puts one where it belongs.
    pub fn insert(&mut self, entry: OutboxEntry) {
        self.change(Line::of(&entry), |line| {
            line.insert((entry.lane, entry.id), Box::new(entry));
        });
    }

    /// Takes off what satisfies `is`, in order; only lines in which the place satisfies `at` are looked at.
    pub fn take_all(
        &mut self,
        at: impl Fn(ChatId) -> bool,
        is: impl Fn(&OutboxEntry) -> bool,
    ) -> Vec<OutboxEntry> {
        let lines: Vec<_> = self.lines.keys().filter(|line| at(line.place)).copied().collect();
        let mut taken = BTreeMap::new();
        for line in lines {
            self.change(line, |line| taken.extend(line.extract_if(.., |_, entry| is(entry))));
        }
        taken.into_values().map(|entry| *entry).collect()
    }

    /// Takes off one of those that [`Self::firsts`] gave.
    pub fn take_first(&mut self, key: Key) -> Option<Box<OutboxEntry>> {
        let line = *self.first.get(&key)?;
        self.change(line, |line| line.remove(&key))
    }

    /// The first of each line, in order.
    pub fn firsts(&self) -> impl Iterator<Item = (Key, &OutboxEntry)> {
        let first = |(key, line): (&Key, &Line)| Some((*key, &**self.lines.get(line)?.get(key)?));
        self.first.iter().filter_map(first)
    }

    /// All, line by line.
    pub fn all(&self) -> impl Iterator<Item = &OutboxEntry> {
        self.lines.values().flat_map(|line| line.values().map(|entry| &**entry))
    }

    /// How much waits to be told to an agent.
    pub fn told(&self, agent: AgentId) -> usize {
        self.lines.iter().filter(|(line, _)| line.tells(agent)).map(|(_, entries)| entries.len()).sum()
    }

    /// The notices that wait for an agent, line by line.
    pub fn notices(&self, agent: AgentId) -> impl Iterator<Item = &OutboxEntry> {
        let lines = self.lines.iter().filter(move |(line, _)| line.tells(agent) && !line.run);
        lines.flat_map(|(_, line)| line.values().map(|entry| &**entry))
    }

    fn change<T>(&mut self, line: Line, change: impl FnOnce(&mut BTreeMap<Key, Box<OutboxEntry>>) -> T) -> T {
        let entries = self.lines.entry(line).or_default();
        let before = entries.first_key_value().map(|(key, _)| *key);
        let changed = change(entries);
        let after = entries.first_key_value().map(|(key, _)| *key);
        if after.is_none() {
            self.lines.remove(&line);
        }
        if before != after {
            before.map(|before| self.first.remove(&before));
            after.map(|after| self.first.insert(after, line));
        }
        changed
    }
}

#[cfg(test)]
mod tests;
