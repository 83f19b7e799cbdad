//! Whether agents answer: the core hears of it where that has changed, and the figures are kept over restarts.

use bridge::hooks::Probed;
use commands::ids::AgentId;
use commands::input::{Input, What};
use commands::rules;
use serde_json::{Value, json};

use super::Engine;
use super::work::Work;
use crate::health::{Asked, Pulse};

/// The name of the cursor under which an agent's figures are kept.
fn cursor(agent: AgentId) -> String {
    format!("pulse/{agent}")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
fn tenths(percent: f64) -> u16 {
    (percent.clamp(0.0, 100.0) * 10.0) as u16
}

impl Engine {
    /// Takes in what came of asking an agent.
    pub(super) fn feel(&mut self, asked: &Asked, caught_up: bool, work: &mut Work) {
        let (agent, now) = (asked.agent, (self.clock)());
        let pulse = match self.pulses.entry(agent) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                let kept = self.store.cursor(&cursor(agent)).ok().flatten().unwrap_or_default();
                new.insert(Pulse::read(&kept, self.mind.mesh().health.down.contains_key(&agent)))
            }
        };
        if let Probed::Well(_) = asked.probed {
            self.dispatch.doors().answered(agent);
        }
        // A gateway that the mesh itself has suspended says so.
        let paused = self.mind.mesh().floor.paused.contains_key(&agent);
        let probed = match &asked.probed {
            Probed::Closed(took) if paused => Probed::Well(*took),
            other => other.clone(),
        };
        let verdict = pulse.learn(&probed, now);
        work.batch.cursors.push((cursor(agent), pulse.kept()));
        let felt = rules::Pulse {
            took_ms: pulse.latency.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            uptime: pulse.uptime(now).map(tenths),
        };
        self.mind.felt(agent, felt);
        if let Some(up) = verdict {
            // What the node finds out does not move time while the ear is behind.
            let at = if caught_up { now } else { self.mind.now() };
            self.decide(Input { at, what: What::Health { agent, up } }, work);
        }
    }

    /// What asking an agent told, for programs.
    pub(super) fn pulse(&self, agent: AgentId) -> Option<Value> {
        let pulse = self.pulses.get(&agent)?;
        Some(json!({
            "answers": pulse.latency.is_some(),
            "latency_ms": pulse.latency.map(|took| took.as_secs_f64() * 1_000.0),
            "last_seen": pulse.seen,
            "refuses": pulse.shut,
            "uptime_7d": pulse.uptime((self.clock)()),
        }))
    }
}
