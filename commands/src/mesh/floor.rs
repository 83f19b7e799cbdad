//! Who leads, who was told to be quiet, who spoke last.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::fact::{About, Fact};
use crate::ids::{AgentId, MessageRef, PersonId};

/// The floor of the group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floor {
    /// Who leads; "all" does not mean the lead.
    pub lead: Option<AgentId>,
    /// Agents that were told to stand down.
    pub stood_down: BTreeMap<AgentId, StandDown>,
    /// Agents that did not confirm, and that people keep out: by whom, and since when.
    pub paused: BTreeMap<AgentId, (PersonId, Timestamp)>,
    /// Agents that are throttled.
    pub throttled: BTreeMap<AgentId, Throttle>,
    /// The agent that spoke last.
    pub last_spoke: Option<AgentId>,
}

/// An agent is made to wait, by its model's provider or by its gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Since when that is known.
    pub at: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

/// A stand-down in force.
#[derive(Clone, Debug, PartialEq)]
pub struct StandDown {
    /// Who ordered it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The order; the last one, where it was given again.
    pub order: MessageRef,
    /// When the order reached the agent, where that is known.
    pub delivered: Option<Timestamp>,
    /// When somebody last spoke to the agent, which has not answered yet.
    pub addressed: Option<Timestamp>,
    /// When the agent confirmed it.
    pub confirmed: Option<Timestamp>,
    /// How often it was asked again.
    pub asked: u8,
}

impl Floor {
    pub(super) fn stand_down(&mut self, agent: AgentId, by: PersonId, at: Timestamp, order: MessageRef) {
        let new = StandDown { by, at, order, delivered: None, addressed: None, confirmed: None, asked: 0 };
        self.stood_down.entry(agent).or_insert(new).order = order;
    }

    /// Whether an agent was told to be quiet, or is kept out.
    pub fn is_quiet(&self, agent: AgentId) -> bool {
        self.stood_down.contains_key(&agent) || self.paused.contains_key(&agent)
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Delivered { agent, at } => {
                self.with(*agent, |order| _ = order.delivered.get_or_insert(*at));
            }
            Fact::Confirmed { agent, at } => self.with(*agent, |order| order.confirmed = Some(*at)),
            Fact::Addressed { agent, at } => self.with(*agent, |order| order.addressed = Some(*at)),
            Fact::SpokeOnce { agent } => self.with(*agent, |order| order.addressed = None),
            Fact::AgentPaused { agent, by, at } => _ = self.paused.insert(*agent, (*by, *at)),
            Fact::Throttled { agent, until, at } => {
                let new = Throttle { at: *at, until: *until };
                self.throttled.entry(*agent).or_insert(new).until = *until;
            }
            Fact::Unthrottled { agent, .. } => _ = self.throttled.remove(agent),
            _ => {}
        }
    }

    /// Since when an agent's leases do not run, if they do not: it was told to stand down, or is throttled.
    pub fn stopped_since(&self, agent: AgentId) -> Option<Timestamp> {
        let stood_down = self.stood_down.get(&agent).map(|order| order.at);
        let throttled = self.throttled.get(&agent).map(|throttle| throttle.at);
        stood_down.into_iter().chain(throttled).min()
    }

    fn with(&mut self, agent: AgentId, change: impl FnOnce(&mut StandDown)) {
        if let Some(order) = self.stood_down.get_mut(&agent) {
            change(order);
        }
    }

    pub(super) fn asked_again(&mut self, agent: AgentId, times: u8) {
        self.with(agent, |order| order.asked = times);
    }

    pub(super) fn stand_up(&mut self, agent: AgentId) {
        self.stood_down.remove(&agent);
        self.paused.remove(&agent);
    }

    pub(super) fn to_facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::LeadNamed { agent: self.lead }];
        for (&agent, order) in &self.stood_down {
            facts.push(Fact::StoodDown { agent, by: order.by, at: order.at, order: order.order });
            facts.extend(order.delivered.map(|at| Fact::Delivered { agent, at }));
            facts.extend(order.addressed.map(|at| Fact::Addressed { agent, at }));
            facts.extend(order.confirmed.map(|at| Fact::Confirmed { agent, at }));
            if order.asked > 0 {
                facts.push(Fact::AskedAgain { about: About::StandDown(agent), times: order.asked });
            }
        }
        let paused = self.paused.iter();
        facts.extend(paused.map(|(&agent, &(by, at))| Fact::AgentPaused { agent, by, at }));
        let throttled = self.throttled.iter();
        facts.extend(throttled.map(|(&agent, &Throttle { at, until })| Fact::Throttled { agent, until, at }));
        facts
    }
}
