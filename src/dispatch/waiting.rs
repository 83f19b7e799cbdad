//! What waits, in lines: whatever holds back the first of a line holds back all behind it, so that only the first of
//! each is looked at, however many wait. Of a long line, what comes later lies in the outbox only, and is read again
//! when it is the first: what waits in memory is bounded, whatever waits.

use std::collections::{BTreeMap, BTreeSet};

use commands::effect::{Effect, Lane};
use commands::ids::{AgentId, ChatId};
use jiff::Timestamp;
use sessions::{EffectId, OutboxEntry};

use super::doors::may_go_by_dm;
use super::{Destination, Way, place_of, says_first};

/// Of more in one line, those behind are left in the outbox.
pub(super) const HERE_MOST: usize = 64;

/// By lane, then by age.
pub(super) type Key = (Lane, EffectId);

/// What all effects of one line have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    /// By an agent's first door, where it has several.
    way: Way,
    place: ChatId,
    /// What is said there goes first.
    after: Option<Destination>,
    /// It may go by the next door when the first fails.
    by_dm: bool,
    /// None for what is not told to an agent.
    word: Option<Word>,
    /// It goes even while the mesh is stopped, or its agent paused.
    passes: bool,
}

/// What an agent is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Notice,
    /// It goes alone.
    Run,
    /// It passes on an order, and goes alone.
    Order,
}

/// One that waits.
#[derive(Debug)]
enum Entry {
    Here(Box<OutboxEntry>),
    /// In the outbox.
    Kept {
        lane: Lane,
        at: Timestamp,
    },
}

/// One that was taken off.
#[derive(Debug)]
pub enum Gone {
    /// As it was.
    Here(Box<OutboxEntry>),
    /// What it was lies in the outbox.
    Kept(EffectId),
}

/// The effects that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    lines: BTreeMap<Line, BTreeMap<Key, Entry>>,
    /// The first of each line.
    first: BTreeMap<Key, Line>,
    /// Those of them that must be read from the outbox first.
    lacking: BTreeSet<Key>,
}

impl Line {
    fn of(entry: &OutboxEntry) -> Self {
        let effect = &entry.effect;
        let passes = match effect {
            Effect::Tell { envelope, .. } => envelope.passes,
            other => other.goes_while_stopped(),
        };
        let word = match effect {
            Effect::Tell { order: Some(_), .. } => Some(Word::Order),
            Effect::Tell { .. } if effect.is_run() => Some(Word::Run),
            Effect::Tell { .. } => Some(Word::Notice),
            _ => None,
        };
        let (way, place, after) = (Way::first_of(effect), place_of(entry), says_first(effect));
        Self { way, place, after, word, by_dm: may_go_by_dm(effect), passes }
    }

    fn tells(&self, agent: AgentId) -> bool {
        self.way == Way::Hooks && self.place == ChatId(agent.0)
    }

    /// Whether all of it is struck off when that agent is told to stand down: everything for it but orders.
    pub fn is_struck_for(&self, agent: AgentId) -> bool {
        self.tells(agent) && self.word != Some(Word::Order)
    }

    /// Whether it concerns a chat that goes on as another; every answer to a tap does.
    pub fn concerns(&self, chat: ChatId) -> bool {
        let there = self.place == chat && self.way != Way::Driven;
        there || self.way == Way::Taps || self.after == Some((Way::Posts, chat))
    }
}

impl Gone {
    /// Its number.
    pub fn id(&self) -> EffectId {
        match self {
            Self::Here(entry) => entry.id,
            Self::Kept(id) => *id,
        }
    }
}

impl Entry {
    fn here(&self) -> Option<&OutboxEntry> {
        match self {
            Self::Here(entry) => Some(entry),
            Self::Kept { .. } => None,
        }
    }
}

/// Where it stands in its line: what one agent is told stays in its order, whatever it is.
fn key_of(entry: &OutboxEntry) -> Key {
    let told = matches!(entry.effect, Effect::Tell { .. });
    (if told { Lane::Order } else { entry.lane }, entry.id)
}

/// Whether it may be left in the outbox: nothing that comes later changes what it says.
fn may_be_kept(effect: &Effect) -> bool {
    effect.is_run() || matches!(effect, Effect::Post { .. } | Effect::Dm { .. } | Effect::Speak { .. })
}

impl Waiting {
    /// Puts one where it belongs, as it is in the outbox; of a long line it is left there.
    pub fn insert(&mut self, entry: OutboxEntry) {
        let many = |line: &BTreeMap<Key, Entry>| line.len() >= HERE_MOST;
        self.change(Line::of(&entry), |line| {
            let (key, lane, at) = (key_of(&entry), entry.lane, entry.at);
            let kept = may_be_kept(&entry.effect) && many(line);
            line.insert(key, if kept { Entry::Kept { lane, at } } else { Entry::Here(Box::new(entry)) });
        });
    }

    /// Puts one back that is not as in the outbox; or one that was read there.
    pub fn put(&mut self, entry: OutboxEntry) {
        self.change(Line::of(&entry), |line| line.insert(key_of(&entry), Entry::Here(Box::new(entry))));
    }

    /// One that must be read from the outbox before anything is looked at: [`Self::put`] or [`Self::forget`] it.
    pub fn lacks(&self) -> Option<EffectId> {
        self.lacking.first().map(|(_, id)| *id)
    }

    /// One of those is not in the outbox.
    pub fn forget(&mut self, id: EffectId) {
        let key = self.lacking.iter().find(|(_, lacking)| *lacking == id).copied();
        if let Some((key, line)) = key.and_then(|key| Some((key, *self.first.get(&key)?))) {
            self.change(line, |line| line.remove(&key));
        }
    }

    /// Takes off whole lines.
    pub fn take_lines(&mut self, is: impl Fn(&Line) -> bool) -> Vec<Gone> {
        let lines: Vec<_> = self.lines.keys().filter(|line| is(line)).copied().collect();
        let mut taken = BTreeMap::new();
        for line in lines {
            taken.append(&mut self.change(line, std::mem::take));
        }
        let gone = |((_, id), entry)| match entry {
            Entry::Here(entry) => Gone::Here(entry),
            Entry::Kept { .. } => Gone::Kept(id),
        };
        taken.into_iter().map(gone).collect()
    }

    /// Takes off what satisfies `is` in one place, in order; what may be left in the outbox is not looked at.
    pub fn take_at(&mut self, place: ChatId, is: impl Fn(&OutboxEntry) -> bool) -> Vec<OutboxEntry> {
        let lines: Vec<_> = self.lines.keys().filter(|line| line.place == place).copied().collect();
        let mut taken = BTreeMap::new();
        for line in lines {
            let is = |entry: &OutboxEntry| !may_be_kept(&entry.effect) && is(entry);
            let is = |entry: &mut Entry| entry.here().is_some_and(is);
            self.change(line, |line| taken.extend(line.extract_if(.., |_, entry| is(entry))));
        }
        let here = |entry| match entry {
            Entry::Here(entry) => Some(*entry),
            Entry::Kept { .. } => None,
        };
        taken.into_values().filter_map(here).collect()
    }

    /// Takes off one of those that [`Self::firsts`] gave.
    pub fn take_first(&mut self, key: Key) -> Option<Box<OutboxEntry>> {
        let line = *self.first.get(&key)?;
        match self.change(line, |line| line.remove(&key))? {
            Entry::Here(entry) => Some(entry),
            Entry::Kept { .. } => None,
        }
    }

    /// The first of each line, in order.
    pub fn firsts(&self) -> impl Iterator<Item = (Key, &OutboxEntry)> {
        let first = |(key, line): (&Key, &Line)| Some((*key, self.lines.get(line)?.get(key)?.here()?));
        self.first.iter().filter_map(first)
    }

    /// Of all: in which lane, and when it was decided.
    pub fn all(&self) -> impl Iterator<Item = (Lane, Timestamp)> {
        let entries = self.lines.values().flat_map(BTreeMap::values);
        entries.map(|entry| match entry {
            Entry::Here(entry) => (entry.lane, entry.at),
            Entry::Kept { lane, at } => (*lane, *at),
        })
    }

    /// How much waits to be told to an agent.
    pub fn told(&self, agent: AgentId) -> usize {
        self.lines.iter().filter(|(line, _)| line.tells(agent)).map(|(_, entries)| entries.len()).sum()
    }

    /// The oldest run that waits for an agent.
    pub fn first_run(&self, agent: AgentId) -> Option<EffectId> {
        let runs = self.lines.iter().filter(|(line, _)| line.tells(agent) && line.word != Some(Word::Notice));
        runs.filter_map(|(_, entries)| entries.first_key_value()).map(|((_, id), _)| *id).min()
    }

    /// The notices that wait for an agent, line by line.
    pub fn notices(&self, agent: AgentId) -> impl Iterator<Item = &OutboxEntry> {
        let lines =
            self.lines.iter().filter(move |(line, _)| line.tells(agent) && line.word == Some(Word::Notice));
        lines.flat_map(|(_, line)| line.values().filter_map(Entry::here))
    }

    fn change<T>(&mut self, line: Line, change: impl FnOnce(&mut BTreeMap<Key, Entry>) -> T) -> T {
        let entries = self.lines.entry(line).or_default();
        if let Some((before, _)) = entries.first_key_value() {
            self.first.remove(before);
            self.lacking.remove(before);
        }
        let changed = change(entries);
        match entries.first_key_value() {
            None => drop(self.lines.remove(&line)),
            Some((key, entry)) => {
                self.first.insert(*key, line);
                if entry.here().is_none() {
                    self.lacking.insert(*key);
                }
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests;
