//! Who can't be reached: agents, and the mesh itself.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::fact::Fact;
use crate::ids::{AgentId, MessageRef, PersonId, UserId};

/// Of what could not be heard it is told for so long.
const UNHEARD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Which agents are down, of whom nobody wants to hear, and since when the mesh was away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// Agents that can't be reached.
    pub down: BTreeMap<AgentId, Down>,
    /// The mesh is back, and has yet to hear what was said meanwhile.
    pub away: Option<Away>,
    /// The last time of which not everything could be heard.
    pub unheard: Option<Unheard>,
    silenced: BTreeMap<AgentId, (Timestamp, PersonId)>,
    reached: BTreeMap<AgentId, Timestamp>,
}

/// An agent that can't be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Down {
    /// Since when that is known.
    pub at: Timestamp,
    /// When it was heard of last.
    pub seen: Option<Timestamp>,
}

/// A time in which the mesh heard nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Away {
    /// Since when.
    pub since: Timestamp,
    /// So many messages of that time were acted on by now.
    pub applied: u32,
}

/// A time of which not everything could be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Unheard {
    /// From when ...
    pub since: Timestamp,
    /// ... until when.
    pub until: Timestamp,
}

impl Health {
    /// Whether nobody wants to hear of that agent at that time.
    pub fn is_silenced(&self, agent: AgentId, now: Timestamp) -> bool {
        self.silenced.get(&agent).is_some_and(|(until, _)| now < *until)
    }

    /// When an agent that had been down was reached again.
    pub fn reached(&self, agent: AgentId) -> Option<Timestamp> {
        self.reached.get(&agent).copied()
    }

    /// The last time of which not everything could be heard, for a day.
    pub fn not_heard(&self, now: Timestamp) -> Option<Unheard> {
        self.unheard.filter(|unheard| now.duration_since(unheard.until) < UNHEARD_FOR)
    }

    pub(super) fn acted_on(&mut self, message: &MessageRef) {
        if let Some(away) = self.away.as_mut().filter(|away| message.at >= away.since) {
            away.applied = away.applied.saturating_add(1);
        }
    }

    pub(super) fn forget(&mut self, user: UserId) {
        self.down.remove(&AgentId(user.0));
        self.silenced.remove(&AgentId(user.0));
        self.reached.remove(&AgentId(user.0));
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Unreachable { agent, at, seen } => {
                self.down.insert(*agent, Down { at: *at, seen: *seen });
            }
            Fact::Reachable { agent, at } => {
                self.down.remove(agent);
                self.reached.insert(*agent, *at);
            }
            Fact::Silenced { agent, until, by } => {
                self.silenced.insert(*agent, (*until, *by));
            }
            Fact::Away { since, applied } => self.away = Some(Away { since: *since, applied: *applied }),
            Fact::Back { .. } => self.away = None,
            Fact::Unheard { since, until } => {
                self.unheard = Some(Unheard { since: *since, until: *until });
            }
            _ => {}
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        let reached = self.reached.iter().map(|(&agent, &at)| Fact::Reachable { agent, at });
        let down = self.down.iter().map(|(&agent, down)| {
            let Down { at, seen } = *down;
            Fact::Unreachable { agent, at, seen }
        });
        let silenced = self.silenced.iter().map(|(&agent, &(until, by))| Fact::Silenced { agent, until, by });
        let away = self.away.map(|Away { since, applied }| Fact::Away { since, applied });
        let unheard = self.unheard.map(|Unheard { since, until }| Fact::Unheard { since, until });
        reached.chain(down).chain(silenced).chain(away).chain(unheard)
    }
}
