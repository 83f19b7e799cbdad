//! What facts about a task are made of.

use serde::{Deserialize, Serialize};

use crate::ids::{MessageRef, PersonId, Who};

/// On what ground a task was given to an owner that did not simply claim it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// An Exec said so.
    Word(PersonId),
    /// The domain registry decided a contest.
    Domain,
    /// The first claim heard decided a contest.
    First,
    /// Everybody else withdrew from a contest.
    Left,
    /// The owner before was silent for too long, or let it go.
    Takeover,
}

/// One of those who started the same task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rival {
    /// Who.
    pub who: Who,
    /// The message that said so; its date is when.
    pub by: MessageRef,
}

/// What an owner, and then the people, are told about a lease that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// It will end soon.
    Soon,
    /// It ended: answer, or the task may be taken over.
    Ended,
    /// The owner stayed silent: the task is free to take over.
    Free,
}
