//! Who works here, as programs read it.

use commands::ids::Who;
use commands::rules::Followed;
use commands::say::board::is_online;
use serde_json::{Value, json};

use super::Engine;

/// What a gateway does about its agent's pause.
pub(super) fn follows(how: &Followed) -> String {
    match how {
        Followed::Suspended => "suspended".to_owned(),
        Followed::CannotBe(why) => format!("not suspended: {why}"),
        Followed::NotYet(why) => format!("not suspended yet: {why}"),
        Followed::NotLetGo(why) => format!("still suspended: {why}"),
    }
}

impl Engine {
    /// Every agent: its names, when it was heard of, what it owns.
    pub(super) fn agents(&self) -> Value {
        let (mesh, rules, now) = (self.mind.mesh(), self.mind.rules(), (self.clock)());
        let agents = mesh.roll.agents().map(|agent| {
            let who = Who::Agent(agent.id);
            let open = mesh.claims.all_open().filter(|(_, claim)| claim.holder() == Some(who));
            let mut told = json!({
                "id": agent.id,
                "name": agent.name,
                "aliases": agent.aliases,
                "address": agent.address,
                "online": is_online(mesh, rules, agent.id, now),
                "unreachable": mesh.health.down.contains_key(&agent.id),
                "last_heard": mesh.alive.get(&agent.id),
                "stood_down": mesh.floor.stood_down.contains_key(&agent.id),
                "paused": mesh.floor.paused.contains_key(&agent.id),
                "throttled_until": mesh.floor.throttled.get(&agent.id).map(|throttle| throttle.until),
                "hook_shut": mesh.letters.shut(agent.id).map(|(at, why)| json!({ "since": at, "why": why })),
                "gateway": rules.followed.get(&agent.id).map(follows),
                "claims": open.map(|(_, claim)| claim.task.clone()).collect::<Vec<_>>(),
            });
            if let Some((figures, waiting)) = self.dispatch.of_agent(agent.id, now) {
                let figures = serde_json::to_value(figures).unwrap_or_default();
                for (key, value) in figures.as_object().into_iter().flatten() {
                    told[key] = value.clone();
                }
                told["waiting"] = waiting.into();
            }
            for (key, value) in self.pulse(agent.id).iter().filter_map(Value::as_object).flatten() {
                told[key] = value.clone();
            }
            told
        });
        json!({ "agents": agents.collect::<Vec<_>>() })
    }
}
