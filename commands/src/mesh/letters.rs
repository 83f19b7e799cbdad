//! What agents were handed, and dead letters: what was given up on its way to one.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use crate::fact::{Fact, Letter};
use crate::ids::{AgentId, Ear, MessageRef, UserId};
use crate::mesh::seen::TWIN_WITHIN;

/// The last of them, of each agent.
const KEPT_MOST: usize = 20;

/// What was handed to agents is remembered for so many times it was.
pub const HANDED_MOST: usize = 512;

/// By agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Letters {
    of: BTreeMap<AgentId, Dead>,
    handed: VecDeque<Handed>,
}

/// Somebody's words that went to an agent, oldest first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Handed {
    message: MessageRef,
    to: AgentId,
    addressed: bool,
}

impl Handed {
    /// The same message; or the same words of the same sender over the other door (the group, a hook) a moment ago.
    fn is(&self, message: &MessageRef) -> bool {
        let (before, now) = (&self.message, message);
        let same = (before.ear, before.id) == (now.ear, now.id);
        let other_door = (before.ear == Ear::Hook) != (now.ear == Ear::Hook);
        let soon = || now.at.duration_since(before.at).abs() <= TWIN_WITHIN;
        (before.chat, before.from, before.print) == (now.chat, now.from, now.print)
            && (same || other_door && soon())
    }
}

/// Those of one agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dead {
    /// The last of them, oldest first: when, what its hook said, what was to be said.
    pub letters: VecDeque<(Timestamp, String, String)>,
    /// Nothing has reached the agent since.
    pub unreached: bool,
    /// Since when its hook lets nothing in though its agent can be reached, and what it said.
    pub shut: Option<(Timestamp, String)>,
}

impl Letters {
    /// An agent's, if there are any.
    pub fn of(&self, agent: AgentId) -> Option<&Dead> {
        self.of.get(&agent)
    }

    /// Whether the last that an agent was sent was given up.
    pub fn is_unreached(&self, agent: AgentId) -> bool {
        self.of.get(&agent).is_some_and(|dead| dead.unreached)
    }

    /// Whether an agent has these words of their sender already; as a notice, they may still be said to it itself.
    pub fn was_handed(&self, message: &MessageRef, to: AgentId, addressed: bool) -> bool {
        let enough = |handed: &&Handed| handed.to == to && (handed.addressed || !addressed);
        self.handed.iter().rev().filter(enough).any(|handed| handed.is(message))
    }

    /// Since when an agent's hook lets nothing in, what is urgent passing it by, and what it said.
    pub fn shut(&self, agent: AgentId) -> Option<&(Timestamp, String)> {
        self.of.get(&agent)?.shut.as_ref()
    }

    pub(super) fn forget(&mut self, user: UserId) {
        let agent = AgentId(user.0);
        self.of.remove(&agent);
        self.handed.retain(|handed| handed.to != agent);
    }

    pub(super) fn apply(&mut self, letter: &Letter) {
        match letter {
            Letter::Dead { agent, at, why, text } => {
                let dead = self.of.entry(*agent).or_default();
                dead.unreached = true;
                if dead.letters.len() >= KEPT_MOST {
                    dead.letters.pop_front();
                }
                dead.letters.push_back((*at, why.clone(), text.clone()));
            }
            Letter::Handed { message, to, addressed } => {
                if self.handed.len() >= HANDED_MOST {
                    self.handed.pop_front();
                }
                self.handed.push_back(Handed { message: *message, to: *to, addressed: *addressed });
            }
            Letter::Reached { agent } => {
                if let Some(dead) = self.of.get_mut(agent) {
                    dead.unreached = false;
                }
            }
            Letter::Shut { agent, at, why } => {
                self.of.entry(*agent).or_default().shut = Some((*at, why.clone()));
            }
            Letter::Open { agent } => {
                if let Some(dead) = self.of.get_mut(agent) {
                    dead.shut = None;
                    if dead.letters.is_empty() {
                        self.of.remove(agent);
                    }
                }
            }
        }
    }

    pub(super) fn to_facts(&self) -> impl Iterator<Item = Fact> {
        let handed = self.handed.iter().map(|&Handed { message, to, addressed }| {
            Fact::Letter(Letter::Handed { message, to, addressed })
        });
        let dead = self.of.iter().flat_map(|(&agent, dead)| {
            let letters = dead.letters.iter().map(move |(at, why, text)| Letter::Dead {
                agent,
                at: *at,
                why: why.clone(),
                text: text.clone(),
            });
            let reached = (!dead.unreached).then_some(Letter::Reached { agent });
            let shut = dead.shut.clone().map(|(at, why)| Letter::Shut { agent, at, why });
            letters.chain(reached).chain(shut).map(Fact::Letter)
        });
        dead.chain(handed)
    }
}
