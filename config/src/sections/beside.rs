//! What a node needs that only drives the agents beside it: who they are, by what, and for whom.

use crate::reading::{Reading, Section};

use super::{agents, hooks, nodes, read_state};

/// Such a node.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Where it keeps its key.
    pub state_dir: std::path::PathBuf,
    /// The agents beside it.
    pub agents: Vec<agents::Agent>,
    /// Who may have them driven.
    pub nodes: Vec<nodes::OtherNode>,
    /// Where it listens.
    pub hooks: hooks::Hooks,
}

pub(crate) fn read<'a>(reading: &mut Reading<'a>, document: &Section<'a>) -> Beside {
    reading.unknown_keys(document, super::KEYS);
    let (state_dir, _) = read_state(reading, document);
    let (hooks, registry) = hooks::read(reading, document);
    let agents: Vec<_> =
        agents::read(reading, document, registry.as_ref()).into_iter().map(|(_, agent)| agent).collect();
    let nodes = nodes::read(reading, document);
    if nodes.is_empty() {
        let todo = "add [[nodes]] with the name of the node that runs the mesh, and a token";
        reading.fault(&document.spot_of("nodes"), "names nobody who may drive the agents of this node", todo);
    }
    if !agents.iter().any(|agent| agent.driver.is_some()) {
        let todo = "add driver = { kind = \"openclaw\", token = { file = \"…\" } } to one of [[agents]]";
        reading.fault(&document.spot_of("agents"), "has no agent that this node can drive", todo);
    }
    Beside { state_dir, agents, nodes, hooks }
}
