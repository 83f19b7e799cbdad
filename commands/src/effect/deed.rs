//! What is done to the gateway behind an agent, by whatever drives it.

use serde::{Deserialize, Serialize};

/// What can be done to an agent's gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// End it and start it anew.
    Restart,
    /// Change a setting of its.
    Set {
        /// Its name there.
        key: String,
        /// Its new value, as that gateway writes it.
        value: String,
    },
    /// Nothing is done: a restart was begun, nobody knows what came of it, and whether the agent answers is looked at.
    Look,
}

impl Deed {
    /// Whether it may be done again where its outcome is not known.
    pub fn may_be_repeated(&self) -> bool {
        matches!(self, Self::Look)
    }
}
