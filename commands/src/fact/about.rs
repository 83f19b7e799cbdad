//! What facts name besides people and tasks: what was asked again, what is said once.

use serde::{Deserialize, Serialize};

use crate::ids::AgentId;

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An offer of this task.
    Offer(String),
    /// A stand-down of this agent.
    StandDown(AgentId),
}

/// Things said once in a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Once {
    /// That a role is required (a stranger: once a day).
    NoRole,
    /// The polite line to a stranger's DM (once a day).
    Stranger,
    /// That a username is somebody else's now (Execs, once a day).
    ChangedHands,
}
