//! The agents of the configuration, as the parts of a node are told of them.

use std::collections::{BTreeMap, BTreeSet};

use bridge::hooks::{Good, Hook, Known, OtherNode, Params, Register};
use commands::fact::is_same_name;
use commands::ids::{AgentId, UserId};
use commands::rules;
use commands::secrets::KnownTokens;
use config::{Accepts, Agent, Config, Door};

use crate::agents::Driven;
use crate::{dispatch, tokens};

/// Agents that can be written to by the account.
pub fn by_dm(config: &Config) -> BTreeSet<AgentId> {
    let written = config.agents.iter().filter(|agent| agent.doors.contains(&Door::Dm));
    written.map(|agent| agent.agent.id).collect()
}

/// The hooks of agents.
pub fn hooks(config: &Config) -> BTreeMap<AgentId, Hook> {
    config.agents.iter().filter_map(|agent| Some((agent.agent.id, hook_of(agent)?))).collect()
}

fn hook_of(agent: &Agent) -> Option<Hook> {
    let hook = agent.hook.as_ref()?;
    Some(Hook::new(&hook.url, hook.token.as_ref()?.expose()))
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
        Some(Known { id: agent.id, names, tokens: vec![Good::new(token.as_ref()?.expose())] })
    });
    let nodes = config.nodes.iter().map(other_node).collect();
    Params { listen: config.hooks.listen, agents: Register::new(known.collect()), nodes }
}

/// Another node that may have agents driven.
pub fn other_node(node: &config::OtherNode) -> OtherNode {
    OtherNode { name: node.name.clone(), token: node.token.expose().to_owned() }
}

/// What the drivers are told of an agent.
pub fn driven(agent: &Agent) -> Driven {
    let names = std::iter::once(&agent.agent.name).chain(&agent.agent.aliases).cloned().collect();
    Driven { id: agent.agent.id, names, driver: agent.driver.clone(), hook: hook_of(agent) }
}

/// Agents whose gateway can be asked at all.
pub fn driven_ids(config: &Config) -> BTreeSet<AgentId> {
    let driven = config.agents.iter().filter(|agent| agent.driver.is_some() || hook_of(agent).is_some());
    driven.map(|agent| agent.agent.id).collect()
}

/// Those of which only the hook is known.
pub fn hook_alone(config: &Config) -> BTreeSet<AgentId> {
    let alone = config.agents.iter().filter(|agent| agent.driver.is_none() && hook_of(agent).is_some());
    alone.map(|agent| agent.agent.id).collect()
}

/// Every token of the agents: found in a message or a log, it is masked.
pub fn learn_tokens(agents: &[Agent], known: &mut KnownTokens) {
    for agent in agents {
        let of_hook = agent.hook.as_ref().and_then(|hook| hook.token.as_ref());
        let of_driver = agent.driver.as_ref().and_then(|driver| match driver {
            config::Driver::OpenClaw { token, .. } | config::Driver::Node { token, .. } => Some(token),
            config::Driver::Command(_) => None,
        });
        let tokens = [
            ("a hooks token", of_hook),
            (tokens::LABEL, agent.token.as_ref()),
            ("a gateway's token", of_driver),
        ];
        for (what, token) in tokens {
            if let Some(token) = token {
                known.learn(what, Some(agent.agent.id), token.expose());
            }
        }
    }
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
    let same = |known: &String| is_same_name(known, name);
    let mut agents = config.agents.iter().map(|agent| &agent.agent);
    let agent = agents.find(|agent| agent.names().any(same));
    let mut people = config.people.iter();
    agent
        .map(|agent| UserId(agent.id.0))
        .or_else(|| Some(UserId(people.find(|person| same(&person.name))?.id.0)))
}
