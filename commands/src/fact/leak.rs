//! A secret that was posted, as far as it may be told: what it is, never the thing itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, MessageRef};

/// A secret was posted in the group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaked {
    /// Its number, greater than any before; the buttons name it by this.
    pub leak: u64,
    /// The message it stood in.
    pub message: MessageRef,
    /// What people call it: `a hooks token`, `a bot token and a password`.
    pub what: String,
    /// Who posted it, as they were called.
    pub name: String,
    /// The agent that is to rotate it: whose it is, else the one that posted it.
    pub agent: Option<AgentId>,
    /// The open task after which it may be rotated.
    pub task: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What an Exec decided about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// It is to be rotated at once.
    RotateNow,
    /// It is to be rotated when the task is done.
    RotateAfter,
    /// It is no secret.
    FalseAlarm,
}

/// What became of the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// Ordered.
    Asked,
    /// It is gone.
    Done,
    /// It still stands; why.
    Failed(String),
}
