//! The settings of a node, typed. [`load`] reads them whole and reports every fault at once, each with its line, its key
//! and what to do; [`mesh.example.toml`](../mesh.example.toml) explains every key, and a test reads it.

mod check;
mod fault;
mod reading;
pub mod registry;
mod secret;
mod sections;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use commands::fact::{Person, Roster};
use commands::rules::Rules;

pub use fault::{Fault, Faults};
pub use secret::Secret;
pub use sections::account::{Account, AccountKind};
pub use sections::agents::{Accepts, Agent, Door, Hook};
pub use sections::beside::Beside;
pub use sections::bot::{Bot, Webhook};
pub use sections::driver::{Commands, Driver};
pub use sections::hooks::Hooks;
pub use sections::limits::Limits;
pub use sections::machines::{Machine, Reference};
pub use sections::mesh::Mesh;
pub use sections::nodes::OtherNode;
pub use sections::sign_in::{Depth, SignIn};
pub use sections::telegram::{DataCenter, Telegram};

/// The longest configuration that is read, in bytes.
pub const FILE_MOST: u64 = 1024 * 1024;

/// Everything a node is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[mesh]`
    pub mesh: Mesh,
    /// `[state] dir`: where the node keeps what survives a restart; relative to the file.
    pub state_dir: PathBuf,
    /// `[state] permissions`: where roles are written for people to read and edit; relative to the file.
    pub permissions: PathBuf,
    /// `[telegram]`; there is one wherever there is an account.
    pub telegram: Option<Telegram>,
    /// The account that hears the group: `[account]`, or the `[accounts.NAME]` that is the ear. Where there is none, the
    /// bot is the ear.
    pub account: Option<Account>,
    /// The other `[accounts.NAME]`, by name.
    pub other_accounts: Vec<Account>,
    /// `[bot]`; where there is none, a dedicated account speaks.
    pub bot: Option<Bot>,
    /// `[[people]]`
    pub people: Vec<Person>,
    /// `[[agents]]`
    pub agents: Vec<Agent>,
    /// `[[nodes]]`
    pub nodes: Vec<OtherNode>,
    /// `[hooks]`
    pub hooks: Hooks,
    /// `[domains]`: the agent, by name or alias, that decides what two dispute about these words.
    pub domains: BTreeMap<String, String>,
    /// `[limits]`
    pub limits: Limits,
    /// What is accepted but better written otherwise; to be shown once at start.
    pub warnings: Vec<Fault>,
    rules: Rules,
}

impl Config {
    /// The rules: those of `[rules]`, the others as [`Rules::new`] has them. The users the mesh speaks as are known
    /// only once it is connected.
    pub fn rules(&self) -> Rules {
        self.rules.clone()
    }

    /// Every account, the ear first.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.account.iter().chain(&self.other_accounts)
    }

    /// The people and agents, as the core wants to hear of them.
    pub fn roster(&self) -> Roster {
        Roster {
            people: self.people.clone(),
            agents: self.agents.iter().map(|agent| agent.agent.clone()).collect(),
            lead: self.mesh.lead.clone(),
            domains: self.domains.clone(),
        }
    }
}

/// Reads a configuration file. Files it names are sought beside it; variables are asked of `env`.
///
/// # Errors
/// All faults at once. Where the file is not TOML, those of its syntax come alone.
pub fn load(path: &Path, env: impl Fn(&str) -> Option<String>) -> Result<Config, Faults> {
    parse(path, &read(path)?, env)
}

/// Where the node of a configuration keeps its state: enough to ask it something. No secret is read for it.
///
/// # Errors
/// The file can't be read, is not TOML, or its `[state]` is wrong.
pub fn state_dir(path: &Path) -> Result<PathBuf, Faults> {
    sections::read_state_dir(path, &read(path)?)
}

/// What a node needs that only drives the agents beside it. Warnings come beside it.
///
/// # Errors
/// All faults of these parts at once.
pub fn beside(path: &Path, env: impl Fn(&str) -> Option<String>) -> Result<(Beside, Vec<Fault>), Faults> {
    sections::read_beside(path, &read(path)?, &env)
}

/// Where each agent's machine is, and what its configuration and the registry refer to. No secret is handed out.
///
/// # Errors
/// All faults of these parts at once.
pub fn machines(path: &Path) -> Result<Vec<Machine>, Faults> {
    sections::read_machines(path, &read(path)?)
}

/// The `mesh-config.json` that the configuration names, if it names one.
///
/// # Errors
/// All faults of this part at once.
pub fn registry_file(path: &Path) -> Result<Option<PathBuf>, Faults> {
    sections::read_registry_file(path, &read(path)?)
}

/// What signing one account in needs: the one that is called `account`, or the only one. Warnings come beside it.
///
/// # Errors
/// All faults of these parts at once.
pub fn sign_in(
    path: &Path,
    env: impl Fn(&str) -> Option<String>,
    account: Option<&str>,
    depth: Depth,
) -> Result<(SignIn, Vec<Fault>), Faults> {
    sections::read_sign_in(path, &read(path)?, &env, (account, depth))
}

/// What [`load`] does, for a text; `path` is what faults call it, and where files it names are sought.
pub fn parse(path: &Path, source: &str, env: impl Fn(&str) -> Option<String>) -> Result<Config, Faults> {
    sections::read(path, source, &env)
}

fn read(path: &Path) -> Result<String, Faults> {
    let fault = |what: String| {
        let todo = "name a readable file with --config; config/mesh.example.toml is one to start from";
        Faults::of(vec![Fault::of_file(path, what, todo)])
    };
    let unreadable = |error: std::io::Error| fault(format!("cannot be read ({error})"));
    if fs::metadata(path).map_err(unreadable)?.len() > FILE_MOST {
        return Err(fault(format!("is longer than {FILE_MOST} bytes")));
    }
    fs::read_to_string(path).map_err(unreadable)
}
