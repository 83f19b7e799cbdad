//! The node's own door: `/hooks/agent` and `/hooks/wake` as the newest gateways answer them, and beside them everything
//! that an agent could say in the group, answered in the same call.

mod asked;
mod body;
mod broken;
mod credentials;
mod description;
mod driving;
mod fields;
mod guard;
mod listener;
mod register;
mod reply;
mod run_id;
mod serving;

use std::net::SocketAddr;

use commands::ids::AgentId;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::oneshot;

pub use self::body::BODY_MOST;
pub use self::description::description;
pub use self::register::{Good, Known, Register};
pub use self::serving::{Door, serve};

/// What the door needs to know.
#[derive(Clone, Debug)]
pub struct Params {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who may speak.
    pub agents: Register,
    /// Who may have the agents of this machine driven.
    pub nodes: Vec<OtherNode>,
}

impl Default for Params {
    /// A free port of this machine, and nobody who may speak at it.
    fn default() -> Self {
        let listen = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
        Self { listen, agents: Register::default(), nodes: Vec::new() }
    }
}

/// Another node of the mesh.
#[derive(Clone)]
pub struct OtherNode {
    /// How it is called here.
    pub name: String,
    /// What it shows.
    pub token: String,
}

impl std::fmt::Debug for OtherNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtherNode").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Something that somebody asks of the node.
#[derive(Debug)]
pub struct Request {
    /// Who, as the token says; nobody for what asks for none.
    pub who: Option<AgentId>,
    /// What.
    pub ask: Ask,
    /// Where the answer goes, once what follows from it is written.
    pub answer: oneshot::Sender<Result<Answer, Refusal>>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Something is said.
    Say(Say),
    /// What to know before a task is begun.
    Preflight {
        /// The task.
        task: String,
    },
    /// Whether the caller's fence of a task still holds.
    Check {
        /// The task.
        task: String,
        /// The fence, whole or its counter.
        fence: u64,
    },
    /// The agent itself is throttled until then, or no longer.
    Throttled {
        /// Until then; none where it is over.
        until: Option<Timestamp>,
    },
    /// Who has what.
    Claims,
    /// Who works here, and how they are.
    Agents,
    /// Whether the node can do its work.
    Ready,
    /// Figures, as Prometheus reads them.
    Metrics,
    /// What can be asked, as `OpenAPI`.
    Description,
    /// Something of the gateway of an agent on this machine.
    Drive {
        /// The node that asks.
        node: String,
        /// What.
        order: crate::agents::node::Order,
    },
}

/// Something said at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// The same key is the same message: it is heard once, and gets the same answer.
    pub key: String,
    /// What, as it would be written in the group.
    pub text: String,
    /// How it is meant to go on.
    pub speaking: Speaking,
}

/// Where something said at the door goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaking {
    /// Nowhere: its speaker wants the answer alone.
    Asks,
    /// People are to read it in the group, if it came to something.
    Announces,
    /// As a hook: to a chat or an agent, and into the group unless that is not wanted.
    Delivers {
        /// Whether it is posted in the group.
        deliver: bool,
        /// A chat id, perhaps with a topic, or the name of an agent.
        to: Option<String>,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// As JSON.
    Json(Value),
    /// The same, of something that is not so: a task that is somebody else's.
    No(Value),
    /// The same, of a node that can't do its work now.
    Unready(Value),
    /// As text.
    Text(String),
}

/// Why nothing came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It may not be so; `reason` is one of a closed list.
    Forbidden {
        /// In one word, for programs.
        reason: &'static str,
        /// As a sentence.
        text: String,
    },
    /// It makes no sense.
    Senseless(String),
    /// The node can't tell now; the same key asks again.
    Unavailable(String),
}
