//! The node's own door: `/hooks/agent` and `/hooks/wake` as the newest gateways answer them, and beside them everything
//! that an agent could say in the group, answered in the same call.

mod asked;
mod body;
mod broken;
mod credentials;
mod fields;
mod guard;
mod reply;
mod run_id;
mod serving;

use std::net::SocketAddr;

use commands::ids::AgentId;
use serde_json::Value;
use tokio::sync::oneshot;

pub use self::body::BODY_MOST;
pub use self::serving::{Door, serve};

/// What the door needs to know.
#[derive(Clone, Debug)]
pub struct Params {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who may speak.
    pub agents: Vec<Known>,
}

/// An agent that may speak at the door.
#[derive(Clone)]
pub struct Known {
    /// Which.
    pub id: AgentId,
    /// Its name and its aliases.
    pub names: Vec<String>,
    /// What it shows, the newest first; each is good.
    pub tokens: Vec<String>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("id", &self.id).field("names", &self.names).finish_non_exhaustive()
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
    /// Who has what.
    Claims,
    /// Who works here, and how they are.
    Agents,
    /// Whether the node can do its work.
    Ready,
    /// Figures, as Prometheus reads them.
    Metrics,
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
