//! What did not reach an agent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, MessageRef};

/// One thing about what an agent was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// A message was given up: what its agent's hook said will not change by itself.
    Dead {
        /// The agent.
        agent: AgentId,
        /// When.
        at: Timestamp,
        /// What the hook said.
        why: String,
        /// The message, cut short.
        text: String,
    },
    /// Somebody's words were handed to the agent: heard again, or over another door, they are not handed to it again.
    Handed {
        /// The message.
        message: MessageRef,
        /// The agent.
        to: AgentId,
        /// As what may be answered; else as a notice.
        addressed: bool,
    },
    /// Something reached the agent again.
    Reached {
        /// The agent.
        agent: AgentId,
    },
    /// Its hook lets nothing in; what is urgent goes to it by private message.
    Shut {
        /// The agent.
        agent: AgentId,
        /// When.
        at: Timestamp,
        /// What the hook said.
        why: String,
    },
    /// Its hook takes something again.
    Open {
        /// The agent.
        agent: AgentId,
    },
}
