//! How the node is, as the loop knows it: what waits, what was heard, what is certain.

use commands::ids::{AgentId, Who};
use commands::input::{Input, What};
use commands::mesh::{State, Unheard};
use commands::say::board::{is_online, online};
use jiff::Timestamp;
use serde::Serialize;

use super::Engine;
use crate::dispatch::Queue;

/// What the loop knows of the node's health.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Vitals {
    /// Effects that are decided and not done.
    pub outbox: Queue,
    /// Facts in the journal so far.
    pub journal: u64,
    /// What was heard.
    pub heard: Heard,
    /// Tasks.
    pub claims: Claims,
    /// Agents.
    pub agents: Agents,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heard {
    /// Whether everything said by now was heard.
    pub caught_up: bool,
    /// Everything up to then was heard: up to now where it is caught up.
    pub everything_until: Option<Timestamp>,
    /// But for this, of the last day: it could not be heard, nor read later.
    pub unheard: Option<Unheard>,
    /// When the last message since the start was heard.
    pub last: Option<Timestamp>,
}

/// How many tasks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// Owned, offered or contested.
    pub open: usize,
    /// Open while part of the chat is known to be missed.
    pub uncertain: usize,
    /// With a lease that has run out.
    pub overdue: usize,
    /// That two claim and nobody has decided.
    pub contested: usize,
}

/// The agents of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agents {
    /// All of them.
    pub known: usize,
    /// Heard of lately.
    pub online: usize,
    /// Names of those that are not.
    pub quiet: Vec<String>,
    /// Those that are throttled.
    pub throttled: Vec<Throttled>,
    /// Those that are paused.
    pub paused: Vec<Paused>,
}

/// An agent that is made to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Throttled {
    /// Its name.
    pub name: String,
    /// Until then.
    pub until: Timestamp,
}

/// An agent that is kept out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paused {
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// What its gateway does about it, where one is driven.
    pub gateway: Option<String>,
}

impl Engine {
    pub(super) fn note_heard(&mut self, input: &Input) {
        if matches!(input.what, What::Heard(_)) {
            self.heard_last = self.heard_last.max(Some(input.at));
        }
    }

    pub(super) fn vitals(&self, caught_up: bool) -> Vitals {
        let (mesh, rules, now) = (self.mind.mesh(), self.mind.rules(), (self.clock)());
        let open = || mesh.claims.all_open().map(|(_, claim)| claim);
        let all = open().count();
        let (online, known) = online(mesh, rules, now);
        let quiet = mesh.roll.agents().filter(|agent| !is_online(mesh, rules, agent.id, now));
        Vitals {
            outbox: self.dispatch.queue(now),
            journal: self.store.last().0,
            heard: Heard {
                caught_up,
                everything_until: if caught_up { Some(now) } else { self.present },
                unheard: mesh.health.not_heard(now),
                last: self.heard_last,
            },
            claims: Claims {
                open: all,
                uncertain: if mesh.missed.is_empty() { 0 } else { all },
                overdue: open().filter(|claim| claim.overdue(now)).count(),
                contested: open().filter(|claim| matches!(claim.state, State::Contested(_))).count(),
            },
            agents: Agents {
                known,
                online,
                quiet: quiet.map(|agent| agent.name.clone()).collect(),
                throttled: self.throttled(),
                paused: self.paused(),
            },
        }
    }

    fn throttled(&self) -> Vec<Throttled> {
        let mesh = self.mind.mesh();
        let throttled = mesh.floor.throttled.iter();
        throttled
            .map(|(agent, throttle)| Throttled { name: mesh.name(Who::Agent(*agent)), until: throttle.until })
            .collect()
    }

    fn paused(&self) -> Vec<Paused> {
        let (mesh, followed) = (self.mind.mesh(), &self.mind.rules().followed);
        let gateway = |agent: &AgentId| followed.get(agent).map(super::agents::follows);
        let paused = mesh.floor.paused.iter().map(|(agent, (_, since))| Paused {
            name: mesh.name(Who::Agent(*agent)),
            since: *since,
            gateway: gateway(agent),
        });
        paused.collect()
    }
}
