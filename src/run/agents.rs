//! The agents of the configuration, as the parts of a node are told of them.

use std::collections::{BTreeMap, BTreeSet};

use bridge::hooks::{Hook, Known, Params};
use commands::ids::{AgentId, UserId};
use commands::rules;
use config::{Accepts, Agent, Config, Door};

use crate::dispatch;

/// Agents that can be written to by the account.
pub fn by_dm(config: &Config) -> BTreeSet<AgentId> {
    let written = config.agents.iter().filter(|agent| agent.doors.contains(&Door::Dm));
    written.map(|agent| agent.agent.id).collect()
}

/// The hooks of agents.
pub fn hooks(config: &Config) -> BTreeMap<AgentId, Hook> {
    let hook = |agent: &Agent| {
        let hook = agent.hook.as_ref()?;
        Some((agent.agent.id, Hook::new(&hook.url, hook.token.as_ref()?.expose())))
    };
    config.agents.iter().filter_map(hook).collect()
}

/// The ways in to each agent.
pub fn doors(config: &Config) -> BTreeMap<AgentId, Vec<dispatch::Door>> {
    let door = |door: &Door| match door {
        Door::Hook => dispatch::Door::Hook,
        Door::Dm => dispatch::Door::Dm,
    };
    let doors = |agent: &Agent| (agent.agent.id, agent.doors.iter().map(door).collect());
    config.agents.iter().map(doors).collect()
}

/// Who may speak at the node's door, and where it is.
pub fn door(config: &Config) -> Params {
    let known = config.agents.iter().filter_map(|Agent { agent, token, .. }| {
        let names = std::iter::once(&agent.name).chain(&agent.aliases).cloned().collect();
        Some(Known { id: agent.id, names, tokens: vec![token.as_ref()?.expose().to_owned()] })
    });
    Params { listen: config.hooks.listen, agents: known.collect() }
}

/// Whose messages each agent takes, by number.
pub fn accepts_from(config: &Config) -> BTreeMap<AgentId, rules::Accepts> {
    let accepts = |agent: &Agent| match &agent.accepts_from {
        Accepts::Everybody => rules::Accepts::Everybody,
        Accepts::These(names) => {
            rules::Accepts::These(names.iter().filter_map(|name| user(config, name)).collect())
        }
    };
    let all = config.agents.iter().map(|agent| (agent.agent.id, accepts(agent)));
    all.filter(|(_, accepts)| *accepts != rules::Accepts::These(BTreeSet::new())).collect()
}

fn user(config: &Config, name: &str) -> Option<UserId> {
    let same = |known: &String| known.to_lowercase() == name.to_lowercase();
    let mut agents = config.agents.iter().map(|agent| &agent.agent);
    let agent = agents.find(|agent| std::iter::once(&agent.name).chain(&agent.aliases).any(same));
    let mut people = config.people.iter();
    agent
        .map(|agent| UserId(agent.id.0))
        .or_else(|| Some(UserId(people.find(|person| same(&person.name))?.id.0)))
}
