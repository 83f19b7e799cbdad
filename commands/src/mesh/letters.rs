//! Dead letters: what was given up on its way to an agent.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use crate::fact::{Fact, Letter};
use crate::ids::{AgentId, UserId};

/// The last of them, of each agent.
const KEPT_MOST: usize = 20;

/// By agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Letters {
    of: BTreeMap<AgentId, Dead>,
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

    /// Since when an agent's hook lets nothing in, what is urgent passing it by, and what it said.
    pub fn shut(&self, agent: AgentId) -> Option<&(Timestamp, String)> {
        self.of.get(&agent)?.shut.as_ref()
    }

    pub(super) fn forget(&mut self, user: UserId) {
        self.of.remove(&AgentId(user.0));
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
        self.of.iter().flat_map(|(&agent, dead)| {
            let letters = dead.letters.iter().map(move |(at, why, text)| Letter::Dead {
                agent,
                at: *at,
                why: why.clone(),
                text: text.clone(),
            });
            let reached = (!dead.unreached).then_some(Letter::Reached { agent });
            let shut = dead.shut.clone().map(|(at, why)| Letter::Shut { agent, at, why });
            letters.chain(reached).chain(shut).map(Fact::Letter)
        })
    }
}
