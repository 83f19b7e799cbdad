//! The people and agents of a mesh, as a configuration names them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, PersonId};

/// Roles of people, the higher includes the lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Manages agents and tasks.
    Operator,
    /// Decides.
    Exec,
}

/// A person of the mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The Telegram user.
    pub id: PersonId,
    /// How the mesh calls them.
    pub name: String,
    /// What they may do; none means nothing.
    pub role: Option<Role>,
}

/// An agent of the mesh. Agents are Operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The Telegram user of its bot.
    pub id: AgentId,
    /// How the mesh calls it.
    pub name: String,
    /// Other names it answers to.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where it lives, for people to read.
    #[serde(default)]
    pub address: Option<String>,
    /// Whether it should always be there: only then is it news that it is not.
    #[serde(default = "yes", skip_serializing_if = "is_so")]
    pub always_on: bool,
}

impl Agent {
    /// Its name, then its aliases.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.name).chain(&self.aliases)
    }
}

/// Whether a configuration, or whoever is at a shell, means the same by both: letter case makes no difference.
pub fn is_same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_so(told: &bool) -> bool {
    *told
}

/// The people and agents of a mesh, as a configuration names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// The people.
    #[serde(default)]
    pub people: Vec<Person>,
    /// The agents.
    #[serde(default)]
    pub agents: Vec<Agent>,
    /// Who leads at first.
    #[serde(default)]
    pub lead: Option<String>,
    /// The domain registry: which agent decides what two dispute, by a word of the task or of its `Type: …`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub domains: BTreeMap<String, String>,
}
