//! The subcommands that speak with a running node: for agents, scripts and people at a terminal.

pub mod account;
pub mod agent;
pub mod agents;
pub mod agents_md;
pub mod audit;
pub mod claims;
pub mod login;
pub mod pipe;
pub mod preflight;
pub mod say;
pub mod session;
pub mod speak;
pub mod status;
pub mod token;
pub mod why;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

/// Shown below the help of each of them.
pub const EXIT_CODES: &str = "Exit codes: 0 done, granted, clear; 1 refused, the text says why; 2 the node can't be \
                              reached or did not answer; 64 the command was not understood; 78 the configuration is \
                              wrong.";

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is so now.
    Well,
    /// It is not, and the text said why.
    Refused,
    /// The node can't be reached.
    Unreachable,
    /// The command makes no sense.
    Misused,
    /// The configuration can't be read, or has faults.
    Misconfigured,
    /// Somebody pressed ctrl-c.
    GivenUp,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(match ended {
            Ended::Well => 0,
            Ended::Refused => 1,
            Ended::Unreachable => 2,
            Ended::Misused => 64,
            Ended::Misconfigured => 78,
            Ended::GivenUp => 130,
        })
    }
}

/// Which node is meant.
#[derive(Args)]
pub struct Where {
    /// The configuration of the running node.
    #[arg(long, global = true, value_name = "FILE", default_value = "mesh.toml", env = "MESH_CONFIG")]
    config: PathBuf,
}

/// Faults of the configuration: to try again would not help.
#[derive(Debug)]
pub struct Misconfigured(pub String);

impl std::error::Error for Misconfigured {}

impl std::fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the configuration has faults:\n{}", self.0)
    }
}

/// The command makes no sense with this configuration.
#[derive(Debug)]
pub struct Misused(pub String);

impl std::error::Error for Misused {}

impl std::fmt::Display for Misused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Where {
    /// The state directory of the node.
    ///
    /// # Errors
    /// A configuration that can't be read.
    fn state(&self) -> anyhow::Result<PathBuf> {
        config::state_dir(&self.config).map_err(|faults| Misconfigured(faults.to_string()).into())
    }
}

/// Who speaks.
#[derive(Args)]
pub struct Caller {
    /// Who speaks: an agent or a person of the mesh, by name. May be left out where there is only one agent.
    #[arg(long = "as", value_name = "NAME", env = "MESH_AS")]
    name: Option<String>,
}

/// What could not be done at all counts as unreachable: nothing was said about the task.
pub fn conclude(ended: anyhow::Result<Ended>) -> ExitCode {
    let ended = ended.unwrap_or_else(|error| {
        eprintln!("mesh: {error:#}");
        if error.is::<Misconfigured>() { Ended::Misconfigured } else { Ended::Unreachable }
    });
    ended.into()
}

/// The question makes no sense to the node.
fn misused(why: &str) -> Ended {
    eprintln!("mesh: {why}");
    Ended::Misused
}

/// Asks a node something; nothing where the question makes no sense to it, which is said.
async fn ask(
    state: &Path,
    path: &str,
    arguments: &[(&str, &str)],
) -> anyhow::Result<Result<serde_json::Value, Ended>> {
    let answer = crate::control::ask(state, path, arguments).await?;
    Ok(answer.map_err(|why| misused(&why)))
}
