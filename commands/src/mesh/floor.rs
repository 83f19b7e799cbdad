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
    /// The agent that spoke last.
    pub last_spoke: Option<AgentId>,
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
    /// When the agent confirmed it.
    pub confirmed: Option<Timestamp>,
    /// How often it was asked again.
    pub asked: u8,
}

impl Floor {
    pub(super) fn stand_down(&mut self, agent: AgentId, by: PersonId, at: Timestamp, order: MessageRef) {
        let new = StandDown { by, at, order, confirmed: None, asked: 0 };
        self.stood_down.entry(agent).or_insert(new).order = order;
    }

    pub(super) fn confirm(&mut self, agent: AgentId, at: Timestamp) {
        if let Some(order) = self.stood_down.get_mut(&agent) {
            order.confirmed = Some(at);
        }
    }

    pub(super) fn asked_again(&mut self, agent: AgentId, times: u8) {
        if let Some(order) = self.stood_down.get_mut(&agent) {
            order.asked = times;
        }
    }

    pub(super) fn stand_up(&mut self, agent: AgentId) {
        self.stood_down.remove(&agent);
    }

    pub(super) fn to_facts(&self) -> Vec<Fact> {
        let mut facts = vec![Fact::LeadNamed { agent: self.lead }];
        for (&agent, order) in &self.stood_down {
            facts.push(Fact::StoodDown { agent, by: order.by, at: order.at, order: order.order });
            if let Some(at) = order.confirmed {
                facts.push(Fact::Confirmed { agent, at });
            }
            if order.asked > 0 {
                facts.push(Fact::AskedAgain { about: About::StandDown(agent), times: order.asked });
            }
        }
        facts
    }
}
